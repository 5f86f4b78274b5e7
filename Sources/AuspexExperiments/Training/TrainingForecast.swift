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

    /// Takes a few steps on one clip of noise and on two, and draws the line through them to the configured batch.
    ///
    /// Memory and time are what networks, optimisers and scratch space take, and a part that is linear in the batch.
    public init(_ configuration: Configuration) throws {
        try configuration.ofOneMicroBatch(clips: 1).refuseWhatDoesNotFit()
        let trainer = TrainingRun.trainer(configuration.ofOneMicroBatch(clips: 1))
        generatorParameters = trainer.generator.parameterCount
        discriminatorParameters = trainer.discriminators.parameterCount
        let training = configuration.training
        let one = try Cost(of: trainer, on: BenchmarkClips.batch(configuration.ofOneMicroBatch(clips: 1)))
        guard training.batch > 1 else {
            peakBytes = one.peakBytes
            secondsPerStep = one.seconds * Double(training.accumulation)
            return
        }
        let two = try Cost(of: trainer, on: BenchmarkClips.batch(configuration.ofOneMicroBatch(clips: 2)))
        let more = training.batch - 1
        peakBytes = one.peakBytes + more * max(0, two.peakBytes - one.peakBytes)
        // A clip more costs no less than nothing and no more than the first did, whatever a busy machine makes of the clock.
        let slope = min(max(0, two.seconds - one.seconds), one.seconds)
        secondsPerStep = (one.seconds + Double(more) * slope) * Double(training.accumulation)
    }

    /// What a step took.
    private struct Cost {
        static let mostSteps = 8
        static let enoughSeconds = 2.0
        let peakBytes: Int
        let seconds: Double

        /// The first step also makes primitives; where steps are short there are others, and the shortest counts.
        init(of trainer: AdversarialTrainer, on clips: TrainingBatch) throws {
            StoragePool.shared.resetPeak()
            var times: [Double] = []
            while times.count < Self.mostSteps, times.reduce(0, +) < Self.enoughSeconds {
                let start = ContinuousClock.now
                _ = try trainer.advance { clips }
                times.append((ContinuousClock.now - start) / .seconds(1))
            }
            peakBytes = StoragePool.shared.statistics.peakLiveBytes
            seconds = times.min() ?? 0
        }
    }
}

extension Configuration {
    /// The same with updates of a single micro-batch of so many clips.
    fileprivate func ofOneMicroBatch(clips: Int) -> Configuration {
        var other = self
        other.training.batch = clips
        other.training.accumulation = 1
        return other
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
