import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexVideo

/// The generator for evaluation: averaged weights, with the spectral norms and batch-norm statistics that belong to them.
///
/// A separate network, so that evaluating a run changes nothing in it.
final class EvaluationGenerator {
    let generator: any VideoGenerator
    private let standing: [ClipBatch]
    private let seed: UInt64

    init(_ options: any ModelOptions, standing: [ClipBatch], seed: UInt64) {
        var blank = Initializer.blank
        generator = options.makeGenerator(using: &blank)
        self.standing = standing
        self.seed = seed
    }

    /// Copies a training run's current averages.
    func refresh(from trainer: AdversarialTrainer) throws {
        try generator.load(parameters: trainer.averaged.state)
        // The raw weights' singular vectors are only a good start: σ must be that of the averages.
        try generator.load(buffers: trainer.generator.bufferValues)
        generator.convergeSpectralNorms()
        let options = generator.options
        recomputeStandingStatistics(
            of: generator,
            over: standing.map {
                ($0.values.sliced(1, from: 0, count: options.contextFrames).detached(), $0.classes)
            }, steps: options.predictedFrames, from: RandomStream(seed: seed, name: "standing-statistics"))
    }
}
