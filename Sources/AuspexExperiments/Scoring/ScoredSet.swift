import AuspexTensors
import AuspexVideo
import Foundation

/// One of two sets of clips that are compared: every item of a source, whole and at its own size.
struct ScoredSet {
    let source: any ClipSource
    let items: [SourceReport.Item]

    /// - Throws: `VideoError` where the source has no items, or one of them cannot be used: a score over what happens to be readable would be another score.
    init(_ text: String, options: SourceOptions) throws {
        source = try openSource(text, options: options)
        items = source.inspect(for: ClipRequest(frames: 1, size: FrameSize(8))).items
        guard !items.isEmpty else {
            throw VideoError(
                .badSource, text, "has no files that could be scored: write some first with 'auspex data synthesize'")
        }
        if let broken = items.first(where: { $0.problem != nil }), let problem = broken.problem {
            throw VideoError(.nothingUsable, text, "\(problem); mend the file or take it out of the set")
        }
    }

    /// Whether the items are elements of an array, which have numbers and no names.
    var isArray: Bool { source.description.hasSuffix(".npy") }

    /// Whether pixels are exactly those that were written.
    var isLossless: Bool {
        let lossless: Set = [
            "ffv1", "rawvideo", "png", "huffyuv", "ffvhuff", "utvideo", "qtrle", "apng", "bmp", "tiff",
        ]
        return items.allSatisfy { $0.video.map { lossless.contains($0.codec) } ?? true }
    }

    /// An item's frames from its first on, `[1, T, H, W, C]`, uint8.
    func clip(_ item: Int, frames: Int, size: FrameSize) throws -> Tensor {
        let request = ClipRequest(frames: frames, size: size)
        let clip = try source.clip(at: ClipPlace(item: item, firstFrame: items[item].firstFrame), request: request)
        let pixels = clip.frames.elementType == .uint8 ? clip.frames : clip.frames.valuesAsPixels()
        return pixels.reshaped(to: [1] + pixels.shape)
    }

    /// What an item is called apart from folder, ending, and the words that `auspex predict` adds.
    static func key(_ name: String) -> String {
        let stem = ((name as NSString).lastPathComponent as NSString).deletingPathExtension
        return stem.hasSuffix("-predicted") ? String(stem.dropLast("-predicted".count)) : stem
    }
}

/// Which clip is compared with which.
struct Pairing {
    let pairs: [(real: Int, predicted: Int)]
    /// The rule, in words.
    let rule: String

    /// - Throws: `VideoError` where a clip has no partner: nothing is left out in silence.
    init(_ real: ScoredSet, _ predicted: ScoredSet) throws {
        if real.items.count == 1, predicted.items.count == 1 {
            pairs = [(0, 0)]
            rule = "one clip each"
            return
        }
        if real.isArray || predicted.isArray {
            guard real.items.count == predicted.items.count else {
                throw VideoError(
                    .badSource, predicted.source.description,
                    "has \(predicted.items.count) clips, \(real.source.description) has \(real.items.count): elements of "
                        + "arrays are paired in their order, so there must be as many")
            }
            pairs = real.items.indices.map { ($0, $0) }
            rule = "by order"
            return
        }
        let keys = predicted.items.map { ScoredSet.key($0.name) }
        guard Set(keys).count == keys.count else {
            throw VideoError(
                .badSource, predicted.source.description,
                "has several clips of one name (\(Self.firstTwice(keys) ?? "")): clips are paired by name")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
        pairs = try real.items.indices.map { index in
            let key = ScoredSet.key(real.items[index].name)
            guard let partner = places[key] else {
                throw VideoError(
                    .badSource, predicted.source.description,
                    "has no clip named \(key) for \(real.items[index].name): clips are paired by name, endings and "
                        + "'-predicted' apart")
            }
            return (index, partner)
        }
        rule = "by name"
    }

    private static func firstTwice(_ keys: [String]) -> String? {
        var seen: Set<String> = []
        return keys.first { !seen.insert($0).inserted }
    }
}
