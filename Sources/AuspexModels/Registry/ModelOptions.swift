import AuspexLayers
import AuspexSupport

/// What a model is made from: the section `model` of a configuration, beside its name.
///
/// Plain values with defaults in code. The keys that a configuration file may give are the type's own stored properties.
public protocol ModelOptions: Codable, Sendable, Equatable {
    /// What `model.name` calls the model: `trivd-gan`.
    static var name: String { get }

    /// One sentence or two for each property, by its name: comments of the YAML that people read and edit.
    static var fieldDocumentation: [String: String] { get }

    /// The defaults.
    init()

    /// Height and width of frames, in pixels. Clips of another aspect are scaled to cover it and cut at the centre. Declared with
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
    /// Whether losses that the model brings depend on the share of the training that is done: such a run can't be made longer.
    var lossesDependOnSteps: Bool { get }
    /// ch of discriminators for which the configuration gives none.
    var discriminatorChannels: Int { get }

    /// Refuses what no network can be made of.
    ///
    /// - Throws: `ModelConfigurationError` that names the key, what was found, and what was expected.
    func validate() throws(ModelConfigurationError)

    /// Lower bounds of what the network takes, one for each option that makes it large, in closed form: before a network is built or
    /// described. The first is the one that a person lowers first.
    var leastSizes: [LeastModelSize] { get }

    /// A network of these options with new weights, drawn by `initializer`; the options must be valid.
    func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator
}

extension ModelOptions {
    public var classes: Int { 0 }

    public var lossesDependOnSteps: Bool { false }

    /// Frames of a clip that the model is trained on.
    public var clipFrames: Int { contextFrames + predictedFrames }

    /// The shape of a batch of frames: `[clips, frames, H, W, C]`.
    package func shape(clips: Int, frames: Int) -> [Int] { [clips, frames] + size.sides + [frameChannels] }

    /// What `model.name` calls the model.
    public var name: String { Self.name }
}

/// The least that one option of a model takes; in `Double`, because sizes that have to be refused overflow an `Int`.
public struct LeastModelSize: Sendable, Equatable {
    /// The option: `channels`.
    public let field: String
    /// What the option is set to.
    public let value: Int
    /// Numbers that training changes.
    public let parameters: Double
    /// Numbers that a training step keeps for each clip of a micro-batch.
    public let activationsPerClip: Double
    /// What to do where it is too much: `lower it: the weights grow with its square`.
    public let advice: String

    /// What one option of a model takes at least.
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

/// A configuration that no model can be made of.
public struct ModelConfigurationError: Error, CustomStringConvertible, Equatable {
    public let description: String

    /// An error of a whole message that begins with the key: `model.size is 48: …`.
    public init(_ description: String) { self.description = description }
}

/// The largest number that a count may be: sums and products of a few of them fit in an `Int`.
package let largestCount = 1 << 30

extension ModelOptions {
    /// Refuses counts below 1, or too large to count with.
    public static func checkCounts(_ counts: [(field: String, value: Int)]) throws(ModelConfigurationError) {
        for (field, value) in counts {
            guard value >= 1 else { throw ModelConfigurationError("model.\(field) is \(value): it must be at least 1") }
            guard value <= largestCount else {
                throw ModelConfigurationError("model.\(field) is \(value): it must be at most \(largestCount)")
            }
        }
    }

    /// Refuses a size that a network cannot halve as often as it does.
    ///
    /// - Parameters:
    ///   - multiple: what both sides must be a multiple of.
    ///   - reason: why, behind the multiple: `as the generator halves a side 4 times`.
    public func checkSize(multipleOf multiple: Int, _ reason: String) throws(ModelConfigurationError) {
        for side in size.sides where side < 1 || side > largestCount || side % multiple != 0 {
            func nearest(_ side: Int) -> Int {
                // Clamped first: what has to be refused may be the largest number that there is.
                max(1, (min(max(side, 0), largestCount) + multiple / 2) / multiple) * multiple
            }
            let near = FrameSize(height: nearest(size.height), width: nearest(size.width))
            throw ModelConfigurationError(
                "model.size is \(FrameSizeOption.text(size)): its sides must be multiples of \(multiple), \(reason); the nearest is "
                    + FrameSizeOption.text(near))
        }
    }
}
