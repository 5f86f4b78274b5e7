import AuspexLayers
import AuspexModels
import AuspexTensors

/// How much each term counts in a generator's loss.
public struct GeneratorLossWeights: Sendable, Equatable {
    public var adversarial: Float
    public var pixelLoss: TrainingConfiguration.PixelLoss
    public var pixel: Float

    public init(
        adversarial: Float = 1, pixelLoss: TrainingConfiguration.PixelLoss = .none, pixel: Float = 0
    ) {
        self.adversarial = adversarial
        self.pixelLoss = pixelLoss
        self.pixel = pixel
    }
}

/// The generator's side of a training step.
///
/// `L = −Σ views mean D(predicted) [+ weight · pixel loss]`. Views run and go backward one after another; their gradients are summed at the
/// video, and go back through the generator once.
public struct GeneratorGradients {
    public let outcomes: [JudgeOutcome]
    /// The pixel loss, unweighted; nil where there is none.
    public let pixelLoss: Float?
    /// In the order of `generator.parameters`.
    public let gradients: [Tensor]
    /// What was predicted, `[B, Tp, H, W, C]`.
    public let predicted: Tensor

    /// - Parameters:
    ///   - noise: `[B, latentSize]`.
    ///   - draws: one for each view.
    public init(
        of generator: Generator, judgedBy discriminators: Discriminators, on batch: TrainingBatch, noise: Tensor,
        draws: [ViewDraws], weights: GeneratorLossWeights,
        recomputesActivations: Bool = false
    ) {
        let parameters = generator.parameters
        let pass = Pass(
            .training, differentiating: parameters, movesStatistics: true,
            recomputesActivations: recomputesActivations)
        let video = generator(
            context: batch.context, noise: noise, classes: batch.classes, steps: batch.predictedFrames, pass)
        predicted = video.detached()
        var upstream: Tensor?
        var outcomes: [JudgeOutcome] = []
        if weights.adversarial != 0 {
            for ((judge, view), draws) in zip(zip(discriminators.judges, discriminators.views), draws) {
                let judging = Pass(
                    .training, recordsInputs: true, recomputesActivations: recomputesActivations)
                let frames = judging.watch(predicted)
                let seen = view.applied(to: joined([batch.context, frames], along: 1), draws)
                let loss = generatorHingeLoss(predicted: judge(seen, classes: batch.classes, judging))
                let gradient = judging.gradients(of: loss, at: [frames])[0]
                accumulate(gradient * weights.adversarial, into: &upstream)
                outcomes.append(
                    JudgeOutcome(view: view.name, loss: loss.scalar, accuracyReal: nil, accuracyPredicted: nil))
            }
        }
        var pixelLoss: Float?
        let measuring = Pass(.training, recordsInputs: true)
        let frames = measuring.watch(predicted)
        if let loss = weights.pixelLoss(predicted: frames, real: batch.future) {
            pixelLoss = loss.scalar
            accumulate(measuring.gradients(of: loss, at: [frames])[0] * weights.pixel, into: &upstream)
        }
        self.outcomes = outcomes
        self.pixelLoss = pixelLoss
        gradients = pass.gradients(of: video, upstream: upstream ?? Tensor(zeros: video.shape), for: parameters)
    }
}
