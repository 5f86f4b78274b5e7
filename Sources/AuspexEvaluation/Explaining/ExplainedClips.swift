import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// The first clips of a set, all equally long, which can be read repeatedly.
final class ExplainedClips {
    let set: ScoredSet
    let side: MetricSide
    let count: Int
    let frames: Int
    private let size: FrameSize?
    private var kept: [Int: Tensor] = [:]
    private var keptBytes = 0

    /// Clips of small frames are decoded once; clips of large ones are decoded again for every pass, because the pass takes longer than decoding.
    private static let mostBytes = 256 << 20

    /// - Parameters:
    ///   - most: clips to take; nil takes all.
    ///   - frames: frames of every clip, from its first on; nil takes whole clips.
    ///   - size: frames are resized to it; nil leaves them.
    /// - Throws: `VideoError` where the source cannot be read, or where its clips differ in length.
    init(
        _ source: String, side: MetricSide, options: SourceOptions, most: Int?, frames wanted: Int?, size: FrameSize?
    ) throws {
        var set = try ScoredSet(source, options: options)
        // Whatever a clip's format, other people's preprocessing starts from numbers from 0 to 255.
        set.scale = try set.format.elementType == .uint8 ? nil : .field(channels: set.format.channels, range: 0...255)
        self.set = set
        self.side = side
        self.size = size
        count = min(most ?? set.items.count, set.items.count)
        let items = set.items.prefix(count)
        let shortest = items.min { $0.frameCount < $1.frameCount }
        let longest = items.max { $0.frameCount < $1.frameCount }
        frames = wanted ?? shortest?.frameCount ?? 0
        if let shortest, let longest, wanted == nil, shortest.frameCount != longest.frameCount {
            throw VideoError(
                .badSource, longest.name,
                "has \(longest.frameCount, "frame"), \(shortest.name) has \(shortest.frameCount): cut all to "
                    + "\(shortest.frameCount)", remedies: [.clipFrames(shortest.frameCount)])
        }
        if let shortest, shortest.frameCount < frames {
            throw VideoError(
                .tooShort, shortest.name,
                "has \(shortest.frameCount, "frame"), \(frames) of every clip were asked for: ask for fewer",
                remedies: [.clipFrames(nil)])
        }
    }

    /// The distinct sizes of the frames.
    var sizes: Set<FrameSize> { size.map { [$0] } ?? Set(set.items.prefix(count).compactMap(\.size)) }

    /// `[1, T, H, W, C]`, uint8, or float32 in 0…255; the same storage as long as the clip is kept.
    func clip(_ number: Int) throws -> Tensor {
        if let clip = kept[number] { return clip }
        guard let size = size ?? set.items[number].size else {
            throw VideoError(
                .badSource, set.items[number].name, "has frames of no size: resize them",
                remedies: [.frameSize])
        }
        let clip = try set.measured(try set.clip(number, frames: 0..<frames, size: size))
        if keptBytes + clip.sizeBytes <= Self.mostBytes {
            kept[number] = clip
            keptBytes += clip.sizeBytes
        }
        return clip
    }

    /// A clip after a recipe's codec and choice of frames, before it is prepared for the network.
    func clip(_ number: Int, _ recipe: MetricPipeline.Side) throws -> Tensor {
        var clip = try clip(number)
        if let codec = recipe.codec {
            let shape = clip.shape
            let bytes = (set.scale ?? .pixels(channels: shape[4])).shown(clip)
            clip = try codec.reencoded(bytes.reshaped(to: Array(shape.dropFirst()))).reshaped(to: shape)
        }
        guard recipe.frames != .all else { return clip }
        return joined(recipe.frames.frames(of: frames).map { clip.sliced(1, from: $0, count: 1) }, along: 1)
    }
}
