import AuspexSupport
import AuspexTensors

/// `synthetic:moving-shapes`: textured discs, rings and polygons of constant velocity that bounce off the walls and cover each other.
///
/// Two frames tell where everything goes, and every later frame is known exactly. A clip is a pure function of the stream and its number,
/// the same bits on every processor; a longer clip begins with the shorter one's frames. Clips for training are drawn from the run's
/// stream, held-out ones from a stream of their own that no run draws from.
public struct MovingShapes: ClipSource {
    /// What the source is called after `synthetic:`.
    public static let name = "moving-shapes"
    /// The time that one frame stands for.
    public static let frameIntervalSeconds = 0.1

    /// What the scenes are like. Lengths are in shorter sides of the frame.
    public struct Options: Sendable, Hashable, Codable {
        /// How many shapes, each number equally likely.
        public var shapes = 1...3
        /// How far a shape moves in a frame. With the defaults, repeating the last of 5 frames gives 21.4 dB over the next 11 (32×32, mean over clips).
        public var speeds = 0.015...0.045
        /// Radius of the circle around a shape; under 0.5.
        public var radii = 0.13...0.24
        /// How much the shapes' colours differ from the background's, 0 to 1.
        public var contrast = 0.65
        /// What the shapes move over.
        public var background = Background.textured

        /// What the shapes move over; it stands still.
        public enum Background: String, Sendable, Hashable, Codable, CaseIterable {
            /// One colour.
            case plain
            /// A pattern between two colours.
            case textured
        }

        /// One to three shapes over a textured background, as the presets train on.
        public init() {}
    }

    /// What the scenes are like.
    public let options: Options

    /// Makes a source of scenes.
    ///
    /// - Parameter options: counts and speeds of 0 or more, radii between 0 and 0.5.
    public init(_ options: Options = Options()) {
        require(
            options.shapes.lowerBound >= 0 && options.radii.lowerBound > 0 && options.radii.upperBound < 0.5
                && options.speeds.lowerBound >= 0, "MovingShapes", "no scene can be drawn with \(options)")
        self.options = options
    }

    public var description: String { SyntheticSources.prefix + Self.name }
    public var classNames: [String] { [] }

    public func format(for request: ClipRequest) throws -> FrameFormat { .pixels(channels: request.colour.channels) }

    /// The scene of clip number `index` of a run.
    public func scene(at index: Int, from stream: RandomStream, request: ClipRequest) -> MovingShapesScene {
        scene(from: stream.named(Self.name).at(step: index), request)
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
    public func scene(at place: ClipPlace, request: ClipRequest) -> MovingShapesScene {
        scene(from: RandomStream(seed: 0, name: "held-out/" + Self.name, step: place.item), request)
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

    private func scene(from stream: RandomStream, _ request: ClipRequest) -> MovingShapesScene {
        MovingShapesScene(
            options, from: stream, aspect: Double(request.size.width) / Double(request.size.height),
            grey: request.colour == .grey)
    }

    private func clip(
        of scene: MovingShapesScene, name: String, firstFrame: Int, _ request: ClipRequest
    ) throws -> Clip {
        guard min(request.size.height, request.size.width) >= 8 else {
            throw VideoError(.badSource, description, "draws frames of 8×8 pixels or more, not \(request.size)")
        }
        try request.checkMemory(description, channels: request.colour.channels)
        let interval = request.step.framesApart(ownInterval: Self.frameIntervalSeconds)
        // Frames are numbered by Int, and whole numbers of that size are exact.
        let lastIndex = Double(firstFrame) + Double(request.frames - 1) * interval
        guard lastIndex < 0x1p53 else {
            throw VideoError(
                .badSource, description, "has no frame \(lastIndex): ask for a shorter step or fewer frames")
        }
        let indices = (0..<request.frames).map { firstFrame + Int((Double($0) * interval).rounded()) }
        let frames = scene.drawn(indices, size: request.size, channels: request.colour.channels)
        let moved = Double((indices.last ?? firstFrame) - firstFrame)
        return Clip(
            frames: frames, name: name, startSeconds: Double(firstFrame) * Self.frameIntervalSeconds,
            frameIndices: indices,
            frameIntervalSeconds: indices.count > 1
                ? moved / Double(indices.count - 1) * Self.frameIntervalSeconds : Self.frameIntervalSeconds)
    }
}
