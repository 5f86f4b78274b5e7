import AuspexLayers
import AuspexModels
import AuspexTensors

/// A generator and its discriminators in training: the updates of a step, and everything that the next step depends on.
///
/// A step is `discriminatorSteps` updates of the discriminators, each on a fresh batch, then one of the generator on the last of these batches.
/// Gradients of `accumulation` micro-batches are averaged into each update. Every random draw is a pure function of (seed, step).
/// Source: Luc et al. 2020, arXiv:2003.04035, appendix; Clark et al. 2019, arXiv:1907.06571.
public final class AdversarialTrainer {
    public let generator: any VideoGenerator
    public let discriminators: Discriminators
    public let configuration: TrainingConfiguration
    let generatorOptimizer: Adam
    let discriminatorOptimizer: Adam
    /// The generator's weights averaged over steps.
    public let averaged: AveragedWeights
    /// Generator steps done.
    public internal(set) var step = 0
    /// Keep only the inputs of every block and run it again on the way back.
    public var recomputesActivations: Bool
    /// Called before each micro-batch of a step; an error that it throws ends the step, after which the networks are between two steps.
    public var beforeMicroBatch: () throws -> Void = {}

    public init(
        generator: any VideoGenerator, discriminators: Discriminators, configuration: TrainingConfiguration
    ) {
        self.generator = generator
        self.discriminators = discriminators
        self.configuration = configuration
        recomputesActivations = configuration.checkpointActivations
        func adam(_ layer: some Layer) -> Adam {
            Adam(
                layer.parameters, beta1: configuration.beta1, beta2: configuration.beta2,
                epsilon: configuration.epsilon)
        }
        generatorOptimizer = adam(generator)
        discriminatorOptimizer = adam(discriminators)
        averaged = AveragedWeights(of: generator.parameters, configuration.averaging)
    }

    /// The share of the training that is done.
    private var progress: Double { Double(step) / Double(max(1, configuration.steps)) }

    /// Micro-batches that a step takes from the data.
    public var batchesPerStep: Int {
        max(1, judgesTrain ? configuration.discriminatorSteps : 1) * configuration.accumulation
    }

    private var judgesTrain: Bool { configuration.adversarialWeight > 0 }

    /// One whole step.
    ///
    /// - Parameter nextBatch: called `batchesPerStep` times.
    /// - Throws: `NonFiniteValue` naming the term; the networks are then as after the last update that was finite.
    public func advance(_ nextBatch: () throws -> TrainingBatch) throws -> StepReport {
        var report = StepReport()
        let factor = configuration.learningRateFactor(atStep: step)
        var batches: [TrainingBatch] = []
        func fetch() throws { batches = try (0..<configuration.accumulation).map { _ in try nextBatch() } }
        if judgesTrain {
            for update in 0..<configuration.discriminatorSteps {
                try fetch()
                try updateDiscriminators(on: batches, update: update, learningRateFactor: factor, &report)
            }
        } else {
            try fetch()
        }
        try updateGenerator(on: batches, learningRateFactor: factor, &report)
        step += 1
        averaged.follow(
            atStep: step, clipsPerStep: batches.reduce(0) { $0 + $1.clips })
        report.add("learningRate/factor", factor)
        StoragePool.shared.endStep()
        return report
    }

    private func updateDiscriminators(
        on batches: [TrainingBatch], update: Int, learningRateFactor: Double, _ report: inout StepReport
    ) throws {
        var sums = [Tensor?](repeating: nil, count: discriminators.parameters.count)
        for (micro, batch) in batches.enumerated() {
            try beforeMicroBatch()
            let draw = drawNumber(update: update, micro: micro)
            let predicted = generator(
                context: batch.context, horizon: batch.predictedFrames, noise: noise(draw, clips: batch.clips),
                classes: batch.classes, Pass(.training)
            ).frames
            let result = DiscriminatorGradients(
                of: discriminators, on: batch, predicted: predicted, draws: viewDraws(draw, batch),
                recomputesActivations: recomputesActivations)
            for outcome in result.outcomes {
                report.addMean("discriminator/\(outcome.view)/loss", outcome.loss)
                outcome.accuracyReal.map { report.addMean("discriminator/\(outcome.view)/accuracyReal", $0) }
                outcome.accuracyPredicted.map { report.addMean("discriminator/\(outcome.view)/accuracyPredicted", $0) }
            }
            for (position, gradient) in result.gradients.enumerated() { accumulate(gradient, into: &sums[position]) }
        }
        try report.checkFinite()
        try apply(
            sums, of: batches.count, with: discriminatorOptimizer, named: "discriminator",
            learningRate: configuration.discriminatorLearningRate * learningRateFactor, &report)
    }

    private func updateGenerator(
        on batches: [TrainingBatch], learningRateFactor: Double, _ report: inout StepReport
    ) throws {
        var sums = [Tensor?](repeating: nil, count: generator.parameters.count)
        let weights = GeneratorLossWeights(
            adversarial: Float(configuration.adversarialWeight), pixelLoss: configuration.pixelLoss,
            pixel: Float(configuration.pixelWeight))
        for (micro, batch) in batches.enumerated() {
            try beforeMicroBatch()
            let draw = drawNumber(update: configuration.discriminatorSteps, micro: micro)
            let result = GeneratorGradients(
                of: generator, judgedBy: discriminators, on: batch, noise: noise(draw, clips: batch.clips),
                draws: viewDraws(draw, batch), weights: weights, progress: progress,
                recomputesActivations: recomputesActivations)
            for outcome in result.outcomes { report.addMean("generator/\(outcome.view)/loss", outcome.loss) }
            result.pixelLoss.map { report.addMean("generator/pixelLoss", $0) }
            for loss in result.ownLosses { report.addMean("generator/\(loss.name)", loss.value) }
            for (position, gradient) in result.gradients.enumerated() { accumulate(gradient, into: &sums[position]) }
        }
        if configuration.orthogonalPenalty > 0 {
            // The sums are divided by the number of micro-batches later; the penalty counts once an update.
            let penalty = OrthogonalPenaltyGradients(
                of: generator, weight: configuration.orthogonalPenalty * Double(batches.count))
            report.add("generator/orthogonalPenalty", penalty.value)
            for (position, gradient) in penalty.gradients.enumerated() {
                if let gradient { accumulate(gradient, into: &sums[position]) }
            }
        }
        try report.checkFinite()
        try apply(
            sums, of: batches.count, with: generatorOptimizer, named: "generator",
            learningRate: configuration.generatorLearningRate * learningRateFactor, &report)
    }

    /// Averages the micro-batches' gradients, measures and limits their norm, and takes the optimiser's step.
    private func apply(
        _ sums: [Tensor?], of count: Int, with optimizer: Adam, named name: String, learningRate: Double,
        _ report: inout StepReport
    ) throws {
        let gradients = sums.compactMap { $0 }
        let norm = gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot() / Double(count)
        report.addMean("\(name)/gradientNorm", norm)
        try report.checkFinite()
        let limit = configuration.gradientClipping.map { min(1, $0 / max(norm, .leastNormalMagnitude)) } ?? 1
        optimizer.update(gradients, learningRate: learningRate, gradientScale: limit / Double(count))
    }

    // MARK: Draws

    private func drawNumber(update: Int, micro: Int) -> Int {
        (step * (configuration.discriminatorSteps + 1) + update) * configuration.accumulation + micro
    }

    private func noise(_ draw: Int, clips: Int) -> Tensor {
        generator.noise(clips: clips, from: RandomStream(seed: configuration.seed, name: "noise", step: draw))
    }

    private func viewDraws(_ draw: Int, _ batch: TrainingBatch) -> [ViewDraws] {
        let shape = ClipShape(
            clips: batch.clips, size: batch.size, contextFrames: batch.contextFrames,
            predictedFrames: batch.predictedFrames)
        return discriminators.judges.enumerated().map { position, discriminator in
            discriminator.draws(
                for: shape, from: RandomStream(seed: configuration.seed, name: "views/\(position)", step: draw))
        }
    }
}
