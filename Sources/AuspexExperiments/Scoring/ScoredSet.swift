import AuspexTensors
import AuspexVideo
import Foundation

/// One of two sets of clips that are compared: every item of a source, whole and at its own size.
struct ScoredSet {
    let source: any ClipSource
    let items: [Item]
    /// Whether pixels are exactly those that were written.
    let isLossless: Bool
    private let range: ClosedRange<Float>?
    private let clamping = Clamping()

    /// A clip that can be had: the little of it that must be known of all 50,000 of a set at once.
    struct Item {
        let name: String
        /// Counted from 0 in the file.
        let firstFrame: Int
        let frameCount: Int
        let size: FrameSize?
    }

    /// What of an array of floats lay outside of the range that was said to be its own.
    private final class Clamping {
        var values = 0
        var of = 0
        /// What was seen, on the scale that the range has as −1…1.
        var seen: (lowest: Float, highest: Float) = (.infinity, -.infinity)
    }

    private static let losslessCodecs: Set = [
        "ffv1", "rawvideo", "png", "huffyuv", "ffvhuff", "utvideo", "qtrle", "apng", "bmp", "tiff", "ppm", "pgm", "pnm",
    ]

    /// - Throws: `VideoError` where the source has no items, or one of them cannot be used: a score over what happens to be readable would be another score.
    init(_ text: String, options: SourceOptions) throws {
        if ScoredSide.isFeatures(text), FileManager.default.fileExists(atPath: text) {
            throw VideoError(
                .badSource, text, "holds tensors, expected clips: name a video, a folder, a list or an array (.npy)")
        }
        source = try openSource(text, options: options)
        range = options.range
        var items: [Item] = []
        var isLossless = true
        try source.inspectEach(for: ClipRequest(frames: 1, size: FrameSize(8))) { item in
            if let problem = item.problem {
                throw VideoError(.nothingUsable, text, "\(problem); mend the file or take it out of the set")
            }
            if let video = item.video {
                // A GIF's transparent pixels are those that do not change: they are no alpha.
                if video.hasAlpha, video.codec != "gif" {
                    throw VideoError(
                        .badSource, item.name,
                        "has an alpha channel (\(video.pixelFormat)), expected RGB or grey: what alpha hides would be scored; "
                            + "lay the pictures on a background first")
                }
                isLossless = isLossless && Self.losslessCodecs.contains(video.codec)
            }
            items.append(
                Item(name: item.name, firstFrame: item.firstFrame, frameCount: item.frameCount, size: item.size))
        }
        guard !items.isEmpty else {
            throw VideoError(
                .badSource, text, "has no files that could be scored: write some first with 'auspex data synthesize'")
        }
        self.items = items
        self.isLossless = isLossless
    }

    /// Whether the items are elements of an array, which have numbers and no names.
    var isArray: Bool { source.description.hasSuffix(".npy") }

    /// Some of an item's frames, counted from its first, `[1, T, H, W, C]`, uint8.
    ///
    /// - Throws: `VideoError` where floats are no numbers, or lie so far outside of their range that it must be another.
    func clip(_ item: Int, frames: Range<Int>, size: FrameSize) throws -> Tensor {
        let place = ClipPlace(item: item, firstFrame: items[item].firstFrame + frames.lowerBound)
        let clip = try source.clip(at: place, request: ClipRequest(frames: frames.count, size: size))
        let channels = clip.frames.shape[3]
        guard channels == 1 || channels == 3 else {
            throw VideoError(
                .badArray, items[item].name,
                "holds clips of \(channels) channels, expected 3 (RGB) or 1 (grey): "
                    + (channels == 4
                        ? "what alpha hides would be scored; lay the pictures on a background first"
                        : "say with --axes which side is what"))
        }
        if clip.frames.elementType != .uint8 {
            try check(clip.frames, from: frames.lowerBound, name: items[item].name)
        }
        let pixels = clip.frames.elementType == .uint8 ? clip.frames : clip.frames.valuesAsPixels()
        return pixels.reshaped(to: [1] + pixels.shape)
    }

    /// Looks at values, −1…1 where they keep to their range. As pixels NaN would be black, and what is outside would be brought to the nearer end.
    private func check(_ clip: Tensor, from first: Int, name: String) throws {
        let frameSize = clip.count / clip.shape[0]
        try clip.withScalars(as: Float.self) { values in
            var outside = 0
            var (lowest, highest) = clamping.seen
            for value in values { (lowest, highest) = (min(lowest, value), max(highest, value)) }
            clamping.seen = (lowest, highest)
            for (place, value) in values.enumerated() where !(abs(value) <= 1 + 1e-5) {
                guard value.isFinite else {
                    throw VideoError(
                        .badArray, name,
                        "frame \(first + place / frameSize) holds NaN or infinity, expected finite numbers: look at what wrote it"
                    )
                }
                guard abs(value) <= 2 else {
                    let (low, high) = (range?.lowerBound ?? -1, range?.upperBound ?? 1)
                    throw VideoError(
                        .badArray, name,
                        "frame \(first + place / frameSize) holds \(low + (value + 1) / 2 * (high - low)), which is far outside of "
                            + "--range \(low),\(high): give the range that the array has")
                }
                outside += 1
            }
            clamping.values += outside
            clamping.of += values.count
        }
    }

    /// A line where one side went through a lossy codec and the other did not.
    static let lossyNote = "one side is lossy and the other is not: some of the difference is compression"

    /// A line where values keep to one half of their range, or nearly: 0…1 taken for −1…1 makes differences half as large.
    var rangeNote: String? {
        let (lowest, highest) = clamping.seen
        guard clamping.of > 0, lowest >= -0.2 || highest <= 0.2, lowest < highest else { return nil }
        let (low, high) = (range?.lowerBound ?? -1, range?.upperBound ?? 1)
        func value(_ seen: Float) -> Double { Double(low + (seen + 1) / 2 * (high - low)) }
        return "\(source.description): all values lie between \(EvaluationReport.number(value(lowest))) and "
            + "\(EvaluationReport.number(value(highest))), little more than half of --range \(low),\(high) or less: if another range is meant, "
            + "the numbers are wrong"
    }

    /// A line where values were brought into their range.
    var clampingNote: String? {
        guard clamping.values > 0 else { return nil }
        let share = Double(clamping.values) / Double(clamping.of) * 100
        return
            "\(source.description): \(EvaluationReport.number(share))% of the values lay outside of --range and were "
            + "brought to its nearer end"
    }
}
