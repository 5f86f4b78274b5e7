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
/// `L = −Σ views mean D(predicted) [+ weight · pixel loss] [+ Σ losses of the model's own]`. Views run and go backward one after another; their gradients are summed at the
/// video, and go back through the generator once.
public struct GeneratorGradients {
    public let outcomes: [JudgeOutcome]
    /// The pixel loss, unweighted; nil where there is none.
    public let pixelLoss: Float?
    /// The losses that the model itself brings, unweighted.
    public let ownLosses: [(name: String, value: Float)]
    /// In the order of `generator.parameters`.
    public let gradients: [Tensor]
    /// What was predicted, `[B, Tp, H, W, C]`.
    public let predicted: Tensor

    /// - Parameters:
    ///   - noise: `[B, latentSize]`.
    ///   - draws: one for each discriminator.
    ///   - progress: the share of the training that is done, from 0 to 1.
    public init(
        of generator: some VideoGenerator, judgedBy discriminators: Discriminators, on batch: TrainingBatch,
        noise: Tensor,
        draws: [ViewDraws], weights: GeneratorLossWeights, progress: Double = 0, recomputesActivations: Bool = false
    ) {
        let parameters = generator.parameters
        let pass = Pass(
            .training, differentiating: parameters, movesStatistics: true,
            recomputesActivations: recomputesActivations)
        let output = generator(
            context: batch.context, horizon: batch.predictedFrames, noise: noise, classes: batch.classes, pass)
        let video = output.frames
        predicted = video.detached()
        var upstream: Tensor?
        var outcomes: [JudgeOutcome] = []
        if weights.adversarial != 0 {
            for (discriminator, draws) in zip(discriminators.judges, draws) {
                let judging = Pass(
                    .training, recordsInputs: true, recomputesActivations: recomputesActivations)
                let frames = judging.watch(predicted)
                let video = joined([batch.context, frames], along: 1)
                let scores = discriminator(video, draws: draws, classes: batch.classes, judging)
                let loss = generatorHingeLoss(predicted: scores)
                let gradient = judging.gradients(of: loss, at: [frames])[0]
                accumulate(gradient * weights.adversarial, into: &upstream)
                outcomes.append(
                    JudgeOutcome(view: discriminator.name, loss: loss.scalar, accuracyReal: nil, accuracyPredicted: nil)
                )
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
        let own = generator.losses(
            of: output, clips: joined([batch.context, batch.future], along: 1), progress: progress, pass)
        ownLosses = own.map { ($0.name, $0.value.scalar) }
        if own.isEmpty {
            gradients = pass.gradients(of: video, upstream: upstream ?? Tensor(zeros: video.shape), for: parameters)
        } else {
            // One way back for all terms: the gradient at the video enters as the scalar whose gradient there it is.
            var total = own.dropFirst().reduce(own[0].value * own[0].weight) { $0 + $1.value * $1.weight }
            if let upstream { total = total + sum(video * upstream) }
            gradients = pass.gradients(of: total, for: parameters)
        }
    }
}
