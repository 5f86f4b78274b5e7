import AuspexConfiguration
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining

/// The cost of a run: work and memory counted from shapes, time from this machine's rates, which take a second or two to measure.
public struct TrainingForecast: Codable, Sendable, Equatable {
    /// The version of the fields.
    public var schema = 1
    /// Trainable numbers in the generator.
    public var generatorParameters: Int
    /// Trainable numbers in the discriminators.
    public var discriminatorParameters: Int
    /// Bytes of live tensors at the peak.
    public var peakBytes: Int
    /// Peak memory of the process: tensors, what their pool keeps for reuse, clips read ahead, libraries.
    public var peakResidentBytes: Int
    /// Operations of a step's convolutions and matrix products, as papers count them.
    public var gflopPerStep: Double
    /// Mean over all steps of the run, in seconds.
    public var secondsPerStep: Double
    /// For all steps; without validation and reading.
    public var totalSeconds: Double

    /// What libraries and the program itself take besides the storage pool: code, prepared primitives, stacks, decoders.
    private static let processBytes = 96 << 20
    /// The allowed multiple of this machine's memory: the forecast may be for a larger machine. Beyond this it is refused, and shapes would take long to
    /// count.
    private static let mostMemories = 16.0

    /// - Throws: `ConfigurationError` for sizes that are far beyond this machine's memory.
    public init(_ configuration: Configuration) throws {
        try configuration.refuseWhatDoesNotFit(in: Self.mostMemories)
        let cost = try StepCost(configuration)
        generatorParameters = cost.generatorParameters
        discriminatorParameters = cost.discriminatorParameters
        peakBytes = cost.peakTensorBytes
        peakResidentBytes = cost.storageBytes + Self.processBytes
        let steps = Double(configuration.training.steps)
        // If the run has steps of several kinds, a step's figures are means over all of them.
        gflopPerStep =
            cost.kinds.reduce(0) { $0 + $1.work.nominalFLOP * Double($1.steps) } * cost.repeats * 1e-9 / steps
        totalSeconds = cost.kinds.reduce(0) {
            $0 + MachineRates(for: $1.work).seconds(for: $1.work) * cost.repeats * Double($1.steps)
        }
        secondsPerStep = totalSeconds / steps
    }
}

/// Clips of noise in the shape that a configuration trains on: the cost of a step does not depend on the pixels.
package enum BenchmarkClips {
    package static func batch(_ configuration: Configuration) -> TrainingBatch {
        let model = configuration.model
        let noise = RandomStream(seed: 1, name: "benchmark")
            .uniform(model.shape(clips: configuration.training.batch, frames: model.clipFrames))
        return TrainingBatch(
            clips: noise * 2 - 1, contextFrames: model.contextFrames,
            classes: model.classes > 0 ? (0..<configuration.training.batch).map { $0 % model.classes } : nil)
    }
}
