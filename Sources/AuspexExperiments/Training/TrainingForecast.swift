import AuspexModels
import AuspexTensors
import AuspexTraining

/// What a run will cost, measured on one small step instead of guessed.
public struct TrainingForecast: Codable, Sendable, Equatable {
    public var schema = 1
    public var generatorParameters: Int
    public var discriminatorParameters: Int
    /// Tensors alive at the worst moment of a step.
    public var peakBytes: Int
    public var secondsPerStep: Double

    /// Takes a step on one clip of noise, twice, and scales what it cost to the configured batch.
    ///
    /// Time is linear in the batch; memory is what the networks and their optimisers hold, and a part that is linear in the batch.
    public init(_ configuration: Configuration) throws {
        let single = Self.single(configuration)
        let trainer = TrainingRun.trainer(single)
        generatorParameters = trainer.generator.parameterCount
        discriminatorParameters = trainer.discriminators.parameterCount
        let clips = BenchmarkClips.batch(single)
        _ = try trainer.advance { clips }
        let resting = StoragePool.shared.statistics.liveBytes
        StoragePool.shared.resetPeak()
        let start = ContinuousClock.now
        _ = try trainer.advance { clips }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let moving = StoragePool.shared.statistics.peakLiveBytes - resting
        let training = configuration.training
        peakBytes = resting + moving * training.batch
        secondsPerStep = seconds * Double(training.batch * training.accumulation)
    }

    private static func single(_ configuration: Configuration) -> Configuration {
        var single = configuration
        single.training.batch = 1
        single.training.accumulation = 1
        return single
    }
}

/// Clips of noise in the shape that a configuration trains on: what a step costs does not depend on what it sees.
enum BenchmarkClips {
    static func batch(_ configuration: Configuration) -> TrainingBatch {
        let model = configuration.model
        let frames = model.contextFrames + model.predictedFrames
        let noise = RandomStream(seed: 1, name: "benchmark")
            .uniform([configuration.training.batch, frames, model.size, model.size, model.frameChannels])
        return TrainingBatch(
            clips: noise * 2 - 1, contextFrames: model.contextFrames,
            classes: model.classes > 0 ? (0..<configuration.training.batch).map { $0 % model.classes } : nil)
    }
}
