import AuspexLayers
import AuspexModels
import AuspexTensors

/// The generator's side of a training step.
///
/// `L = −Σ views mean D(predicted) [+ weight · pixel loss] [+ Σ losses that the model adds]`, or other losses that a phase lists. Each term runs forward and
/// backward separately; their gradients are summed at the video, and go back through the generator once.
public struct GeneratorGradients {
    /// The value of each term, unweighted, in the order of the phase's list, then the model's own.
    public let losses: [(name: String, value: Float)]
    /// In the order of `generator.parameters`.
    public let gradients: [Tensor]
    /// The predicted frames, `[B, Tp, H, W, C]`.
    public let predicted: Tensor

    /// - Parameters:
    ///   - terms: the losses to minimise; adversarial ones use the discriminators.
    ///   - noise: `[B, latentSize]`.
    ///   - draws: one for each discriminator.
    ///   - progress: the fraction of the training that is done, from 0 to 1.
    ///   - recorder: records the updates of running statistics; nil applies them at once.
    ///   - iteratesSpectralNorms: whether the spectral norms of all networks take a power iteration.
    public init(
        of generator: some VideoGenerator, against discriminators: Discriminators, on batch: TrainingBatch,
        noise: Tensor, draws: [ViewDraws], terms: [LossTerm] = [LossTerm(.hinge)], progress: Double = 0,
        recorder: StatisticsRecorder? = nil, iteratesSpectralNorms: Bool = true, recomputesActivations: Bool = false
    ) {
        let parameters = generator.parameters
        let pass = Pass(
            .training, differentiating: parameters, movesStatistics: true, recorder: recorder,
            iteratesSpectralNorms: iteratesSpectralNorms, recomputesActivations: recomputesActivations)
        let output = generator(
            context: batch.context, horizon: batch.predictedFrames, noise: noise, classes: batch.classes, pass)
        let video = output.frames
        predicted = video.detached()
        var losses: [(name: String, value: Float)] = []
        var upstream: Tensor?
        for term in terms {
            guard
                let loss = term.videoLoss(
                    of: discriminators, iteratesSpectralNorms: iteratesSpectralNorms,
                    recomputesActivations: recomputesActivations,
                    logName: terms.filter { $0.name.pixel != nil }.count > 1 ? term.name.rawValue : "pixelLoss")
            else { continue }
            let result = loss.evaluate(predicted, on: batch, draws: draws)
            losses += result.values
            if let gradient = result.gradient { accumulate(gradient, into: &upstream) }
        }
        let own = generator.losses(
            of: output, clips: { joined([batch.context, batch.future], along: 1) }, progress: progress, pass)
        self.losses = losses + own.map { ($0.name, $0.value.scalar) }
        if own.isEmpty {
            gradients = pass.gradients(of: video, upstream: upstream ?? Tensor(zeros: video.shape), for: parameters)
        } else {
            // One backward pass for all terms: the video's gradient g enters through the scalar ⟨g, video⟩.
            var total = own.dropFirst().reduce(own[0].value * own[0].weight) { $0 + $1.value * $1.weight }
            if let upstream { total = total + sum(video * upstream) }
            gradients = pass.gradients(of: total, for: parameters)
        }
    }
}

extension LossTerm {
    /// The term as one that depends on the video; nil for one that depends on weights.
    fileprivate func videoLoss(
        of discriminators: Discriminators, iteratesSpectralNorms: Bool, recomputesActivations: Bool, logName: String
    ) -> (any VideoLoss)? {
        if let adversarial = name.adversarial {
            return AdversarialVideoLoss(
                discriminators: discriminators, loss: adversarial, weight: Float(weight),
                iteratesSpectralNorms: iteratesSpectralNorms, recomputesActivations: recomputesActivations)
        }
        return name.pixel.map { PixelVideoLoss(loss: $0, weight: Float(weight), name: logName) }
    }
}
