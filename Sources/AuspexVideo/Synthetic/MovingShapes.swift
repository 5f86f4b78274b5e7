import AuspexSupport
import AuspexTensors

/// `synthetic:moving-shapes`: textured discs, rings and polygons of constant velocity that bounce off the walls and cover each other.
///
/// Two frames determine where everything goes, and every later frame is known exactly.
public struct MovingShapes: SceneSource {
    /// The source's name after `synthetic:`.
    public static let name = "moving-shapes"
    /// The duration of one frame.
    public static let frameIntervalSeconds = SyntheticSources.frameIntervalSeconds

    /// Parameters of the scenes. Lengths are in shorter sides of the frame.
    public struct Options: Sendable, Hashable, Codable {
        /// How many shapes, each number equally likely.
        public var shapes = 1...3
        /// How far a shape moves per frame. With the defaults, repeating the last of 5 frames gives 21.4 dB over the next 11 (32×32, mean over clips).
        public var speeds = 0.015...0.045
        /// Radius of the circle around a shape; under 0.5.
        public var radii = 0.13...0.24
        /// How much the shapes' colours differ from the background's, 0 to 1.
        public var contrast = 0.65
        /// The background of the shapes.
        public var background = Background.textured

        /// The background of the shapes, which does not move.
        public enum Background: String, Sendable, Hashable, Codable, CaseIterable {
            /// One colour.
            case plain
            /// A pattern between two colours.
            case textured
        }

        /// One to three shapes over a textured background, as the presets train on.
        public init() {}
    }

    /// Parameters of the scenes.
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

    public func scene(from stream: RandomStream, for request: ClipRequest) -> MovingShapesScene {
        MovingShapesScene(
            options, from: stream, aspect: Double(request.size.width) / Double(request.size.height),
            grey: request.colour == .grey)
    }
}
