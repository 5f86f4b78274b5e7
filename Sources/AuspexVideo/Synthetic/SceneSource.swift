import AuspexSupport
import AuspexTensors

/// A world of which any frame can be drawn, at any size.
public protocol DrawnScene: Sendable {
    /// Draws frames.
    ///
    /// - Parameters:
    ///   - frames: which ones, in order; any from 0.
    ///   - channels: 3, or 1 for a scene made in grey.
    /// - Returns: `[T, H, W, C]`, uint8.
    func drawn(_ frames: [Int], size: FrameSize, channels: Int) -> Tensor

    /// Where the pixels of a frame go.
    ///
    /// - Parameters:
    ///   - frame: any from 0.
    ///   - later: the frames they are followed to.
    func motion(of frame: Int, to later: [Int], size: FrameSize) -> SceneMotion
}

/// A source that draws a scene for every clip.
///
/// A clip is a pure function of the stream and its number, the same bits on every processor; a longer clip begins with the shorter one's frames.
/// Clips for training are drawn from the run's stream, held-out ones from a separate stream that no run uses.
public protocol SceneSource: ClipSource {
    /// The scene that is drawn.
    associatedtype Scene: DrawnScene

    /// The source's name, without `synthetic:`.
    static var name: String { get }

    /// The scene that a stream determines; frames have the request's size and colour.
    func scene(from stream: RandomStream, for request: ClipRequest) -> Scene
}

extension SceneSource {
    public var description: String { SyntheticSources.prefix + Self.name }
    public var classNames: [String] { [] }

    public func format(for request: ClipRequest) throws -> FrameFormat { .pixels(channels: request.colour.channels) }

    /// The scene of clip number `index` of a run.
    public func scene(at index: Int, from stream: RandomStream, request: ClipRequest) -> Scene {
        scene(from: stream.named(Self.name).at(step: index), for: request)
    }

    public func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
        let name = "\(description)/seed-\(stream.seed)/\(index)"
        return try clip(of: scene(at: index, from: stream, request: request), name: name, firstFrame: 0, request)
    }

    public func places(
        for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void
    ) throws -> [ClipPlace] {
        guard let limit else {
            throw VideoError(
                .badSource, description, "has clips without end: say how many are wanted", remedies: [.clipCount])
        }
        return (0..<limit).map { ClipPlace(item: $0) }
    }

    /// The scene of a held-out clip.
    public func scene(at place: ClipPlace, request: ClipRequest) -> Scene {
        scene(from: RandomStream(seed: 0, name: "held-out/" + Self.name, step: place.item), for: request)
    }

    public func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip {
        try clip(
            of: scene(at: place, request: request), name: name(at: place), firstFrame: place.firstFrame, request)
    }

    public func name(at place: ClipPlace) -> String { heldOutPrefix + "\(place.item)" }

    private var heldOutPrefix: String { "\(description)/held-out/" }

    public func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] {
        wanted.map { name, firstFrame in
            guard name.hasPrefix(heldOutPrefix), let number = Int(name.dropFirst(heldOutPrefix.count)), number >= 0
            else {
                return nil
            }
            return ClipPlace(item: number, firstFrame: firstFrame)
        }
    }

    private func clip(of scene: Scene, name: String, firstFrame: Int, _ request: ClipRequest) throws -> Clip {
        guard min(request.size.height, request.size.width) >= 8 else {
            throw VideoError(.badSource, description, "draws frames of 8×8 pixels or more, not \(request.size)")
        }
        try request.checkMemory(description, channels: request.colour.channels)
        let own = SyntheticSources.frameIntervalSeconds
        let indices = try frameIndices(from: firstFrame, request)
        let frames = scene.drawn(indices, size: request.size, channels: request.colour.channels)
        let moved = Double((indices.last ?? firstFrame) - firstFrame)
        return Clip(
            frames: frames, name: name, startSeconds: Double(firstFrame) * own, frameIndices: indices,
            frameIntervalSeconds: indices.count > 1 ? moved / Double(indices.count - 1) * own : own)
    }

    /// The scene's frames that a clip has.
    private func frameIndices(from firstFrame: Int, _ request: ClipRequest) throws -> [Int] {
        let interval = request.step.framesApart(ownInterval: SyntheticSources.frameIntervalSeconds)
        // Frames are numbered by Int, and whole numbers of that size are exact.
        let lastIndex = Double(firstFrame) + Double(request.frames - 1) * interval
        guard lastIndex < 0x1p53 else {
            throw VideoError(
                .badSource, description, "has no frame \(lastIndex): ask for a shorter step or fewer frames")
        }
        return (0..<request.frames).map { firstFrame + Int((Double($0) * interval).rounded()) }
    }

    public func motion(at place: ClipPlace, request: ClipRequest, from position: Int) throws -> SceneMotion? {
        let frames = try frameIndices(from: place.firstFrame, request)
        return scene(at: place, request: request).motion(
            of: frames[position], to: Array(frames[(position + 1)...]), size: request.size)
    }
}
