import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexVideo
import Foundation

import AuspexTraining

/// A run small enough for a test: 32×32 moving shapes, two channels, two context and two predicted frames.
struct SmallRun {
    var model = TrIVDGANConfiguration()
    var training = TrainingConfiguration()
    var views: [View] = [.frames(count: 2), .clip(scale: 2), .clip(crop: 2)]

    init(steps: Int) {
        model.size = 32
        model.channels = 2
        model.contextFrames = 2
        model.predictedFrames = 2
        model.latentSize = 8
        training.steps = steps
        training.batch = 2
        training.discriminatorSteps = 1
        training.logInterval = 1
        training.validationInterval = 3
        training.validationClips = 2
        training.sampleInterval = 4
        training.checkpointInterval = 2
        training.keepCheckpoints = 100
        training.standingStatisticsBatches = 1
        training.averaging.decay = 0.9
    }

    func makeTrainer() -> AdversarialTrainer {
        var initializer = Initializer(seed: training.seed)
        var discriminators = DiscriminatorsConfiguration()
        discriminators.views = views
        return AdversarialTrainer(
            generator: TrIVDGAN(model, using: &initializer),
            discriminators: Discriminators(discriminators, for: model, using: &initializer), configuration: training)
    }

    var request: ClipRequest {
        ClipRequest(frames: model.contextFrames + model.predictedFrames, size: model.size)
    }

    func loader(from position: Int, stream: String = "clips") throws -> ClipLoader {
        ClipLoader(
            source: try SyntheticSources.source(named: "moving-shapes"),
            stream: RandomStream(seed: training.seed, name: stream), request: request, batchSize: training.batch,
            from: position, threads: 1, queuedBatches: 2)
    }

    /// Starts or resumes the run in a folder, and trains.
    ///
    /// - Parameters:
    ///   - repeating: learn from one batch only, which is also the validation batch, so that progress shows after few steps.
    ///   - onStep: is given the number of the current batch; an error thrown there ends the run like a kill between two steps.
    @discardableResult
    func run(
        in path: String, resume: Bool = false, repeating: Bool = false, stop: StopFlag = StopFlag(),
        onStep: ((Int) throws -> Void)? = nil
    ) throws -> TrainingLoop.Outcome {
        let folder = try RunFolder(writing: path, resume: resume)
        let trainer = makeTrainer()
        var resumed: Checkpoint?
        if resume, folder.checkpoints().step(of: .last) != nil {
            let checkpoint = try folder.checkpoints().load(.last)
            try trainer.restore(checkpoint)
            resumed = checkpoint
        }
        let position = repeating ? 0 : trainer.step * trainer.batchesPerStep * training.batch
        let supply = LoaderSupply(try loader(from: position), repeating: repeating, onBatch: onStep)
        let held = try loader(from: 0, stream: repeating ? "clips" : "held-out")
        let loop = try TrainingLoop(
            trainer, in: folder, supply: supply,
            heldOut: HeldOutClips(
                validation: [try held.nextBatch()],
                standing: [try held.nextBatch()]),
            resumed: resumed, frameIntervalSeconds: 0.1,
            progress: ProgressReporter("train", total: training.steps, unit: "steps", style: .quiet), stop: stop,
            writeDocuments: { _ in })
        return try loop.run()
    }
}

/// Batches from a loader, telling a test which one is being taken.
final class LoaderSupply: BatchSupply {
    private let loader: ClipLoader
    private let repeating: Bool
    private let onBatch: ((Int) throws -> Void)?
    private var taken = 0
    private var first: ClipBatch?

    init(_ loader: ClipLoader, repeating: Bool, onBatch: ((Int) throws -> Void)?) {
        self.loader = loader
        self.repeating = repeating
        self.onBatch = onBatch
    }

    func next() throws -> ClipBatch {
        try onBatch?(taken)
        taken += 1
        let batch = try repeating ? first ?? loader.nextBatch() : loader.nextBatch()
        first = first ?? batch
        return batch
    }
}
