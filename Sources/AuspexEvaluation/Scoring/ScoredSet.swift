import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// One of two sets of clips that are compared: every item of a source, whole and at its own size.
struct ScoredSet {
    let source: any ClipSource
    let items: [Item]
    /// Whether pixels are exactly those that were written.
    let isLossless: Bool
    /// Whether every video of the set is stored without colour.
    let isStoredGrey: Bool
    /// What videos are read as.
    var colour = ClipRequest.Colour.rgb
    /// The format of all clips, as the source declares it.
    private let values: FrameFormat.Values
    /// The common format of both sets; nil leaves frames in their own format.
    var scale: FrameFormat?

    /// An available clip: the few facts that must be known about all 50,000 of a set at once.
    struct Item {
        let name: String
        /// Counted from 0 in the file.
        let firstFrame: Int
        let frameCount: Int
        let size: FrameSize?
    }

    private static let losslessCodecs: Set = [
        "ffv1", "rawvideo", "png", "huffyuv", "ffvhuff", "utvideo", "qtrle", "apng", "bmp", "tiff", "ppm", "pgm", "pnm",
    ]

    /// - Throws: `VideoError` where the source has no items, or one of them cannot be used: scoring only the readable ones would give another score.
    init(_ text: String, options: SourceOptions) throws {
        if ScoredSide.isFeatures(text), FileManager.default.fileExists(atPath: text) {
            throw VideoError(
                .badSource, text, "holds tensors, expected clips: name a video, a folder, a list or an array (.npy)")
        }
        try self.init(try openSource(text, options: options))
    }

    /// - Throws: `VideoError` where the source has no items, where one of them cannot be used, or for a field without a range.
    init(_ source: any ClipSource) throws {
        self.source = source
        let text = source.description
        var items: [Item] = []
        var isLossless = true
        var isStoredGrey = true
        try source.inspectEach(for: ClipRequest(frames: 1, size: FrameSize(8)), thorough: false) { item in
            if let problem = item.problem {
                throw VideoError(.nothingUsable, text, "\(problem); repair the file or take it out of the set")
            }
            if let oddity = item.oddities.first {
                throw VideoError(.nothingUsable, text, "\(oddity); repair the folder or take it out of the set")
            }
            if let video = item.video {
                // A GIF's transparent pixels are those that do not change, not alpha.
                if video.hasAlpha, video.codec != "gif" {
                    throw VideoError(
                        .badSource, item.name,
                        "has an alpha channel (\(video.pixelFormat)), expected RGB or grey: what alpha hides would be scored; "
                            + "lay the pictures on a background first")
                }
                isStoredGrey = isStoredGrey && Self.isGrey(video.pixelFormat)
                isLossless = isLossless && Self.losslessCodecs.contains(video.codec)
            }
            items.append(
                Item(name: item.name, firstFrame: item.firstFrame, frameCount: item.frameCount, size: item.size))
        }
        guard !items.isEmpty else {
            throw VideoError(
                .badSource, text, "has no files that could be scored: write some first", remedies: [.synthesize])
        }
        self.items = items
        self.isLossless = isLossless
        self.isStoredGrey = isStoredGrey
        let format = try source.format(for: ClipRequest(frames: 1, size: FrameSize(8)))
        // Without a range, no metric could know the field's peak.
        _ = try InputTransform(of: format, from: text)
        values = format.values
    }

    /// `gray`, `gray10le`, `monob` and the like.
    private static func isGrey(_ pixelFormat: String) -> Bool {
        pixelFormat.hasPrefix("gray") || pixelFormat.hasPrefix("mono")
    }

    /// The format of the set's clips.
    var format: FrameFormat {
        get throws { try source.format(for: ClipRequest(frames: 1, size: FrameSize(8), colour: colour)) }
    }

    /// Two sets whose pairs have the same number of channels: beside a grey array, videos that are stored grey are read as grey.
    ///
    /// - Throws: `VideoError` with the way out where one set is grey and the other has colour.
    static func alike(_ real: ScoredSet, _ predicted: ScoredSet) throws -> (real: ScoredSet, predicted: ScoredSet) {
        var sets = (real: real, predicted: predicted)
        let (first, second) = (try real.format.channels, try predicted.format.channels)
        guard first != second, Set([first, second]) == [1, 3] else { return sets }
        let (grey, colour) = first == 1 ? (real, predicted) : (predicted, real)
        guard !colour.isArray, colour.isStoredGrey else {
            throw VideoError(
                .badSource, colour.source.description,
                "has colour, \(grey.source.description) is grey: "
                    + (colour.isArray
                        ? "save the grey one with np.repeat(array, 3, axis=…), or one channel of the other"
                        : "save the grey one with np.repeat(array, 3, axis=…), or make the videos grey with "
                            + "'ffmpeg -i IN -c:v ffv1 -pix_fmt gray OUT.mkv'"))
        }
        if first == 1 { sets.predicted.colour = .grey } else { sets.real.colour = .grey }
        return sets
    }

    /// Whether the items are elements of an array, which have numbers and no names.
    var isArray: Bool { source.description.hasSuffix(".npy") }

    /// Some of an item's frames, counted from its first, as the source gives them.
    ///
    /// - Throws: `VideoError` where a frame cannot be read or its values cannot be used.
    func clip(_ item: Int, frames: Range<Int>, size: FrameSize) throws -> Clip {
        let place = ClipPlace(item: item, firstFrame: items[item].firstFrame + frames.lowerBound)
        let clip = try source.clip(at: place, request: ClipRequest(frames: frames.count, size: size, colour: colour))
        let channels = clip.frames.shape[3]
        guard channels == 1 || channels == 3 else {
            throw VideoError(
                .badArray, items[item].name,
                "holds clips of \(channels, "channel"), expected 3 (RGB) or 1 (grey): "
                    + (channels == 4
                        ? "what alpha hides would be scored; lay the pictures on a background first"
                        : "say which side of the array is what"),
                remedies: channels == 4 ? [] : [.axes([])])
        }
        return clip
    }

    /// A clip as metrics take it, `[1, T, H, W, C]`: bytes as they are, values of a field unrounded.
    ///
    /// - Throws: `VideoError.badSource` where its format differs from the source's, or cannot be converted to the other set's range.
    func measured(_ clip: Clip) throws -> Tensor {
        // Channels may differ: metrics check which of them they accept.
        guard clip.format.values == values else {
            let said = FrameFormat(values, channels: clip.format.channels)
            throw VideoError(
                .badSource, clip.name,
                "gives \(clip.format), where \(source.description) as a whole gives \(said): score clips of one format at a time"
            )
        }
        let frames = try (scale ?? clip.format).measured(clip.frames, of: clip.format, from: source.description)
        return frames.reshaped(to: [1] + frames.shape)
    }

    /// A note if one side went through a lossy codec and the other did not.
    static let lossyNote = "one side is lossy and the other is not: some of the difference is compression"
}
