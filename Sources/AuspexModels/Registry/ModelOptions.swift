import AuspexLayers
import AuspexSupport

/// A model's options: the section `model` of a configuration, except its name.
///
/// Plain values with defaults in code. The keys that a configuration file may give are the type's own stored properties.
public protocol ModelOptions: Codable, Sendable, Equatable {
    /// The model's name in `model.name`: `trivd-gan`.
    static var name: String { get }

    /// One sentence or two for each property, by its name: comments of the YAML that people read and edit.
    static var fieldDocumentation: [String: String] { get }

    /// The defaults.
    init()

    /// Height and width of frames, in pixels. Clips of another aspect are scaled to cover it and cropped at the centre. If declared with
    /// `@FrameSizeOption`, a configuration may give `64` or `[height, width]`.
    var size: FrameSize { get set }
    /// Tc, the frames that are given.
    var contextFrames: Int { get set }
    /// Tp, the frames that are predicted in training.
    var predictedFrames: Int { get set }
    /// Channels of a frame: 3 for RGB, 1 for grey or a radar field.
    var frameChannels: Int { get set }
    /// Classes that condition the model; 0 for none.
    var classes: Int { get }
    /// Whether losses that the model adds depend on the fraction of the training that is done: such a run cannot be made longer.
    var lossesDependOnSteps: Bool { get }
    /// Whether the trained network predicts frames of any size, whatever it was trained at.
    var predictsAnySize: Bool { get }
    /// The size to train at for frames of a size, for a model that predicts any: that at which it would learn most of the same frames.
    func trainingSize(for size: FrameSize) -> FrameSize
    /// Whether the network copes with a context of two frames or more that begins with repeats of its first frame.
    var acceptsRepeatedFrames: Bool { get }
    /// ch of discriminators for which the configuration gives none.
    var discriminatorChannels: Int { get }

    /// Refuses options for which no network can be built.
    ///
    /// - Throws: `ModelConfigurationError` that names the key, what was found, and what was expected.
    func validate() throws(ModelConfigurationError)

    /// Lower bounds of what the network needs, one for each option that makes it large, in closed form: computed before a network is built or
    /// described. The first is the option that users should lower first.
    var leastSizes: [LeastModelSize] { get }

    /// A network of these options with new weights, drawn by `initializer`; the options must be valid.
    func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator
}

extension ModelOptions {
    public var classes: Int { 0 }

    public var lossesDependOnSteps: Bool { false }

    public var predictsAnySize: Bool { false }

    public func trainingSize(for size: FrameSize) -> FrameSize { size }

    public var acceptsRepeatedFrames: Bool { false }

    /// Frames of a clip that the model is trained on.
    public var clipFrames: Int { contextFrames + predictedFrames }

    /// The shape of a batch of frames: `[clips, frames, H, W, C]`.
    package func shape(clips: Int, frames: Int) -> [Int] { [clips, frames] + size.sides + [frameChannels] }

    /// The model's name in `model.name`.
    public var name: String { Self.name }
}

/// A lower bound for one option of a model; in `Double`, because sizes that must be refused overflow an `Int`.
public struct LeastModelSize: Sendable, Equatable {
    /// The option: `channels`.
    public let field: String
    /// The option's value.
    public let value: Int
    /// Trainable numbers.
    public let parameters: Double
    /// Numbers that a training step keeps for each clip of a micro-batch.
    public let activationsPerClip: Double
    /// Advice if it is too much: `lower it: the weights grow with its square`.
    public let advice: String

    /// A lower bound for one option of a model.
    public init(
        field: String, value: Int, parameters: Double = 0, activationsPerClip: Double = 0, advice: String
    ) {
        self.field = field
        self.value = value
        self.parameters = parameters
        self.activationsPerClip = activationsPerClip
        self.advice = advice
    }
}

/// A configuration for which no model can be built.
public struct ModelConfigurationError: Error, CustomStringConvertible, Equatable {
    public let description: String

    /// An error with a complete message, which begins with the key: `model.size is 48: …`.
    public init(_ description: String) { self.description = description }
}

/// The largest allowed count: sums and products of a few of them fit in an `Int`.
package let largestCount = 1 << 30

extension ModelOptions {
    /// Refuses counts below 1, or so large that they could overflow.
    public static func checkCounts(_ counts: [(field: String, value: Int)]) throws(ModelConfigurationError) {
        for (field, value) in counts {
            guard value >= 1 else { throw ModelConfigurationError("model.\(field) is \(value): it must be at least 1") }
            guard value <= largestCount else {
                throw ModelConfigurationError("model.\(field) is \(value): it must be at most \(largestCount)")
            }
        }
    }

    /// Refuses a size that a network cannot halve often enough.
    ///
    /// - Parameters:
    ///   - multiple: what both sides must be a multiple of.
    ///   - reason: the reason, which follows the multiple in the message: `as the generator halves a side 4 times`.
    public func checkSize(multipleOf multiple: Int, _ reason: String) throws(ModelConfigurationError) {
        for side in size.sides where side < 1 || side > largestCount || side % multiple != 0 {
            func nearest(_ side: Int) -> Int {
                // Clamped first: the refused value may be the largest integer.
                max(1, (min(max(side, 0), largestCount) + multiple / 2) / multiple) * multiple
            }
            let near = FrameSize(height: nearest(size.height), width: nearest(size.width))
            throw ModelConfigurationError(
                "model.size is \(FrameSizeOption.text(size)): its sides must be multiples of \(multiple), \(reason); the nearest is "
                    + FrameSizeOption.text(near))
        }
    }
}
