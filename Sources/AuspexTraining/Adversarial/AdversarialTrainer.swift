import AuspexLayers
import AuspexModels
import AuspexTensors

/// A generator and its discriminators in training: the updates of a step, and everything that the next step depends on.
///
/// A step goes through the configuration's phases. Gradients of `accumulation` micro-batches are averaged into each update. Every random draw is a
/// pure function of (seed, step).
/// Source: Luc et al. 2020, arXiv:2003.04035, appendix; Clark et al. 2019, arXiv:1907.06571.
public final class AdversarialTrainer {
    public let generator: any VideoGenerator
    public let discriminators: Discriminators
    public let configuration: TrainingConfiguration
    let phases: [TrainingPhase]
    /// The generator's weights averaged over steps.
    public let averaged: AveragedWeights
    /// Steps done. Counting the work of a later step sets it.
    public package(set) var step = 0
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
        phases = TrainingPhase.all(configuration.resolvedPhases, of: generator, discriminators)
        averaged = AveragedWeights(of: generator.parameters, configuration.averaging)
    }

    /// The share of the training that is done.
    private var progress: Double { Double(step) / Double(max(1, configuration.steps)) }

    /// Micro-batches that the next step takes from the data.
    public var batchesPerStep: Int { configuration.freshUpdates(atStep: step) * configuration.accumulation }

    /// Micro-batches that the steps before the next one took.
    public var consumedBatches: Int { configuration.freshUpdates(before: step) * configuration.accumulation }

    /// One whole step.
    ///
    /// - Parameter nextBatch: called `batchesPerStep` times.
    /// - Throws: `NonFiniteValue` naming the term; the networks are then as after the last update that was finite.
    public func advance(_ nextBatch: () throws -> TrainingBatch) throws -> StepReport {
        var report = StepReport()
        var batches: [TrainingBatch] = []
        var update = configuration.firstDraw
        var factor = 1.0
        for phase in phases where phase.plan.isActive(atStep: step) {
            factor = phase.plan.learningRateFactor(atStep: step, ofSteps: configuration.steps)
            let rate = phase.plan.optimizer.learningRate * factor
            for _ in 0..<phase.plan.repeats {
                if phase.plan.batch == .fresh || batches.isEmpty {
                    batches = try (0..<configuration.accumulation).map { _ in try nextBatch() }
                }
                switch phase.plan.network {
                case .discriminators:
                    try updateDiscriminators(phase, on: batches, update: update, learningRate: rate, &report)
                case .generator:
                    try updateGenerator(phase, on: batches, update: update, learningRate: rate, &report)
                }
                update += 1
            }
        }
        step += 1
        averaged.follow(atStep: step, clipsPerStep: batches.reduce(0) { $0 + $1.clips })
        report.add("learningRate/factor", factor)
        StoragePool.shared.endStep()
        return report
    }

    private func updateDiscriminators(
        _ phase: TrainingPhase, on batches: [TrainingBatch], update: Int, learningRate: Double,
        _ report: inout StepReport
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
                loss: phase.adversarialLoss, recomputesActivations: recomputesActivations)
            for outcome in result.outcomes {
                report.addMean("discriminator/\(outcome.view)/loss", outcome.loss)
                report.addMean("discriminator/\(outcome.view)/accuracyReal", outcome.accuracyReal)
                report.addMean("discriminator/\(outcome.view)/accuracyPredicted", outcome.accuracyPredicted)
            }
            for (position, gradient) in result.gradients.enumerated() { accumulate(gradient, into: &sums[position]) }
        }
        try report.checkFinite()
        try apply(sums, of: batches.count, with: phase, named: "discriminator", learningRate: learningRate, &report)
    }

    private func updateGenerator(
        _ phase: TrainingPhase, on batches: [TrainingBatch], update: Int, learningRate: Double,
        _ report: inout StepReport
    ) throws {
        var sums = [Tensor?](repeating: nil, count: generator.parameters.count)
        for (micro, batch) in batches.enumerated() {
            try beforeMicroBatch()
            let draw = drawNumber(update: update, micro: micro)
            let result = GeneratorGradients(
                of: generator, against: discriminators, on: batch, noise: noise(draw, clips: batch.clips),
                draws: viewDraws(draw, batch), terms: phase.plan.loss, progress: progress,
                recomputesActivations: recomputesActivations)
            for loss in result.losses { report.addMean("generator/\(loss.name)", loss.value) }
            for (position, gradient) in result.gradients.enumerated() { accumulate(gradient, into: &sums[position]) }
        }
        if let weight = phase.orthogonalWeight {
            // The sums are divided by the number of micro-batches later; the penalty counts once an update.
            let penalty = OrthogonalPenaltyGradients(of: generator, weight: weight * Double(batches.count))
            report.add("generator/orthogonalPenalty", penalty.value)
            for (position, gradient) in penalty.gradients.enumerated() {
                if let gradient { accumulate(gradient, into: &sums[position]) }
            }
        }
        try report.checkFinite()
        try apply(sums, of: batches.count, with: phase, named: "generator", learningRate: learningRate, &report)
    }

    /// Averages the micro-batches' gradients, measures and limits their norm, and takes the optimizer's step.
    private func apply(
        _ sums: [Tensor?], of count: Int, with phase: TrainingPhase, named name: String, learningRate: Double,
        _ report: inout StepReport
    ) throws {
        let gradients = sums.compactMap { $0 }
        let norm = gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot() / Double(count)
        report.addMean("\(name)/gradientNorm", norm)
        try report.checkFinite()
        let clipping = phase.plan.optimizer.gradientClipping
        let limit = clipping.map { min(1, $0 / max(norm, .leastNormalMagnitude)) } ?? 1
        phase.optimizer.update(gradients, learningRate: learningRate, gradientScale: limit / Double(count))
    }

    // MARK: Draws

    private func drawNumber(update: Int, micro: Int) -> Int {
        (step * configuration.drawsPerStep + update) * configuration.accumulation + micro
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
