import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import AuspexVideo

/// The cost of a run, counted by passing shapes through the training code: exact, in milliseconds, and without the memory.
public struct StepCost: Sendable, Equatable {
    /// Trainable numbers in the generator.
    public let generatorParameters: Int
    /// Trainable numbers in the discriminators.
    public let discriminatorParameters: Int
    /// Bytes of live tensors at the peak of a run.
    public let peakTensorBytes: Int
    /// The largest size of the storage pool, and clips that are read ahead or kept for validation.
    public let storageBytes: Int
    /// The work of each kind of step: the set of active phases may change during a run.
    public let kinds: [Kind]

    /// Steps with the same work.
    public struct Kind: Sendable, Equatable {
        /// How many of these steps the run has.
        public let steps: Int
        /// The work of one of them.
        public let work: ShapePass.Count
    }

    /// The work of the first step.
    public var step: ShapePass.Count { kinds[0].work }
    /// How often `step` is done in a step: micro-batches that were not counted one by one.
    public let repeats: Double

    /// GFLOP of the first step's convolutions and linear maps as papers count them: nothing merged, shared between steps, left out or computed twice.
    public var nominalGFLOP: Double { step.nominalFLOP * repeats * 1e-9 }

    /// Micro-batches that are counted; the others are the same.
    private static let countedMicroBatches = 2

    /// Counts the steps of a configuration.
    ///
    /// - Throws: `ConfigurationError` where no networks can be built from it.
    public init(_ configuration: Configuration) throws {
        let wanted = configuration.training.accumulation
        var counted = configuration
        counted.training.accumulation = min(wanted, Self.countedMicroBatches)
        var parameters = (generator: 0, discriminators: 0)
        var kinds: [Kind] = []
        var batchBytes = 0
        let whole = try ShapePass.count {
            let trainer = TrainingRun.trainer(counted)
            parameters = (trainer.generator.parameterCount, trainer.discriminators.parameterCount)
            // The network used in validation and samples is alive as long as the run is.
            var blank = Initializer.blank
            let evaluated = counted.model.makeGenerator(using: &blank)
            for (first, steps) in configuration.training.kindsOfStep {
                trainer.step = first
                let before = ShapePass.countSoFar ?? ShapePass.Count()
                _ = try trainer.advance {
                    let live = ShapePass.countSoFar?.liveBytes ?? 0
                    let batch = Self.batch(counted)
                    batchBytes = (ShapePass.countSoFar?.liveBytes ?? 0) - live
                    return batch
                }
                kinds.append(Kind(steps: steps, work: (ShapePass.countSoFar ?? before).work(since: before)))
            }
            Self.validate(evaluated, counted)
        }
        generatorParameters = parameters.generator
        discriminatorParameters = parameters.discriminators
        // All micro-batches of a step are held until the generator's update.
        let held = (wanted - counted.training.accumulation) * batchBytes
        peakTensorBytes = whole.peakLiveBytes + held
        storageBytes = whole.footprintBytes + held + Self.clipBytes(configuration)
        self.kinds = kinds
        repeats = Double(wanted) / Double(counted.training.accumulation)
    }

    /// Clips as the loop passes them to an update: bytes converted to values, split into context and future.
    private static func batch(_ configuration: Configuration) -> TrainingBatch {
        let (model, count) = (configuration.model, configuration.training.batch)
        return TrainingBatch(
            clips: InputTransform.pixels(Tensor(zeros: shape(clips: count, model), elementType: .uint8)),
            contextFrames: model.contextFrames,
            classes: model.classes > 0 ? (0..<count).map { $0 % model.classes } : nil)
    }

    private static func shape(clips: Int, _ model: any ModelOptions) -> [Int] {
        model.shape(clips: clips, frames: model.clipFrames)
    }

    /// What the loop does between steps, for its memory: standing statistics, and predictions of held-out clips.
    private static func validate(_ generator: any VideoGenerator, _ configuration: Configuration) {
        let batch = batch(configuration)
        recomputeStandingStatistics(
            of: generator, over: [(batch.context, batch.classes)], steps: configuration.model.predictedFrames,
            from: RandomStream(seed: 0, name: "standing-statistics"))
        let future = GeneratorForecaster(generator).future(
            of: batch.context, horizon: configuration.model.predictedFrames, classes: batch.classes,
            drawnFrom: RandomStream(seed: 0, name: "validation"))
        _ = InputTransform.pixels.inverse(future)
    }

    /// Clips kept as bytes: those read ahead, those of the batch being assembled, and the held-out ones.
    private static func clipBytes(_ configuration: Configuration) -> Int {
        let (training, data) = (configuration.training, configuration.data)
        // In Double: a request for clips may be arbitrarily large, even from a source that has few.
        var clips = Double(training.batch) * (Double(data.queuedBatches) + 2) + Double(data.loaderThreads)
        clips += Double(training.standingStatisticsBatches) * Double(training.batch)
        if training.validationInterval > 0 || training.sampleInterval > 0 { clips += Double(training.validationClips) }
        return Int(min(1e15, clips * Double(shape(clips: 1, configuration.model).reduce(1, *))))
    }
}
