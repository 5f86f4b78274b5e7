import AuspexLayers
import AuspexModels
import AuspexTensors

/// One discriminator's result on one batch.
public struct DiscriminatorOutcome {
    /// The discriminator's name: `frames-8`.
    public let view: String
    /// Mean over clips.
    public let loss: Float
    /// Fraction of real clips whose score is on the real side of the loss's boundary.
    public let accuracyReal: Float
    /// Fraction of predicted clips whose score is on the predicted side.
    public let accuracyPredicted: Float
}

/// The discriminators' side of a training step: an adversarial loss of real clips and of the generator's predictions for their contexts.
///
/// With the hinge loss `L = Σ views [mean ρ(1 − D(real)) + mean ρ(1 + D(predicted))]`; real and predicted clips go through a discriminator as one batch and
/// share the view's draws. Views run and go backward one after another, so that only one discriminator's activations are alive at a time.
/// Source: Lim and Ye 2017, arXiv:1705.02894; Luc et al. 2020, arXiv:2003.04035, section 3.3.
public struct DiscriminatorGradients {
    /// The result of each discriminator, in order.
    public let outcomes: [DiscriminatorOutcome]
    /// In the order of `discriminators.parameters`.
    public let gradients: [Tensor]

    /// - Parameters:
    ///   - predicted: the generator's frames for the batch's contexts, `[B, Tp, H, W, C]`.
    ///   - draws: one for each discriminator.
    ///   - iteratesSpectralNorms: whether the discriminators' spectral norms take a power iteration.
    public init(
        of discriminators: Discriminators, on batch: TrainingBatch, predicted: Tensor, draws: [ViewDraws],
        loss: AdversarialLoss = .hinge, iteratesSpectralNorms: Bool = true, recomputesActivations: Bool = false
    ) {
        let adversarial = loss
        let real = joined([batch.context, batch.future], along: 1)
        let fake = joined([batch.context, predicted.detached()], along: 1)
        let both = joined([real, fake], along: 0)
        let classes = batch.classes.map { $0 + $0 }
        var outcomes: [DiscriminatorOutcome] = []
        var gradients: [Tensor] = []
        for (discriminator, draws) in zip(discriminators.networks, draws) {
            var scores: Tensor?
            let (loss, own) = valueWithGradients(
                of: discriminator.parameters, iteratesSpectralNorms: iteratesSpectralNorms,
                recomputesActivations: recomputesActivations
            ) { pass in
                let all = discriminator(both, draws: draws.doubled, classes: classes, pass)
                scores = all.detached()
                return adversarial.discriminator(
                    real: all.sliced(0, from: 0, count: batch.clips),
                    predicted: all.sliced(0, from: batch.clips, count: batch.clips))
            }
            gradients += own
            let numbers = scores?.scalars ?? []
            outcomes.append(
                DiscriminatorOutcome(
                    view: discriminator.name, loss: loss.scalar,
                    accuracyReal: share(numbers.prefix(batch.clips)) { $0 > adversarial.boundary },
                    accuracyPredicted: share(numbers.suffix(batch.clips)) { $0 < adversarial.boundary }))
        }
        self.outcomes = outcomes
        self.gradients = gradients
    }
}

/// The fraction of numbers that meet a condition.
private func share(_ numbers: ArraySlice<Float>, _ holds: (Float) -> Bool) -> Float {
    Float(numbers.filter(holds).count) / Float(max(numbers.count, 1))
}
