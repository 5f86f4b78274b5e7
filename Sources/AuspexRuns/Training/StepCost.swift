import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import AuspexVideo

/// What a run takes, counted by passing shapes through the code that trains: exact, in milliseconds, and without the memory.
public struct StepCost: Sendable, Equatable {
    /// Numbers that training changes in the generator.
    public let generatorParameters: Int
    /// Numbers that training changes in the discriminators.
    public let discriminatorParameters: Int
    /// Tensors alive at the worst moment of a run.
    public let peakTensorBytes: Int
    /// What the storage pool holds at most, and clips that are read ahead or kept for validation.
    public let storageBytes: Int
    /// The work of a step of each kind: which phases have a part in it may change on the way.
    public let kinds: [Kind]

    /// Steps that take the same work.
    public struct Kind: Sendable, Equatable {
        /// How many the run has.
        public let steps: Int
        /// What one of them takes.
        public let work: ShapePass.Count
    }

    /// The work of the first step.
    public var step: ShapePass.Count { kinds[0].work }
    /// Times that `step` is done in a step: micro-batches that were not counted one by one.
    public let repeats: Double

    /// GFLOP of the first step's convolutions and linear maps as a paper writes them: nothing merged, shared between steps, left out or computed twice.
    public var nominalGFLOP: Double { step.nominalFLOP * repeats * 1e-9 }

    /// Micro-batches that are counted; all others are the same again.
    private static let countedMicroBatches = 2

    /// Counts the steps of a configuration.
    ///
    /// - Throws: `ConfigurationError` where no networks can be made of it.
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
            // The network that validation and samples see is alive as long as the run is.
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
        // A step's micro-batches are all held until the generator's update.
        let held = (wanted - counted.training.accumulation) * batchBytes
        peakTensorBytes = whole.peakLiveBytes + held
        storageBytes = whole.footprintBytes + held + Self.clipBytes(configuration)
        self.kinds = kinds
        repeats = Double(wanted) / Double(counted.training.accumulation)
    }

    /// Clips as the loop hands them to an update: bytes that become values, cut into context and future.
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

    /// What the loop does between steps, as far as it needs memory: standing statistics, and predictions of held-out clips.
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

    /// Clips that are kept as bytes: those read ahead, those of a batch that is put together, and those that are held out.
    private static func clipBytes(_ configuration: Configuration) -> Int {
        let (training, data) = (configuration.training, configuration.data)
        // In Double: a source that has few clips may be asked for any number of them.
        var clips = Double(training.batch) * (Double(data.queuedBatches) + 2) + Double(data.loaderThreads)
        clips += Double(training.standingStatisticsBatches) * Double(training.batch)
        if training.validationInterval > 0 || training.sampleInterval > 0 { clips += Double(training.validationClips) }
        return Int(min(1e15, clips * Double(shape(clips: 1, configuration.model).reduce(1, *))))
    }
}
