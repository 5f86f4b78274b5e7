import AuspexLayers
import AuspexModels
import AuspexTensors

/// A term of a generator's loss that looks at the predicted video: it gives its value and its gradient there.
///
/// Each term goes forward and backward by itself, so that the activations of one discriminator are alive at a time.
protocol VideoLoss {
    /// - Parameters:
    ///   - predicted: `[B, Tp, H, W, C]`, in [−1, 1].
    ///   - draws: one for each discriminator.
    func evaluate(_ predicted: Tensor, on batch: TrainingBatch, draws: [ViewDraws]) -> VideoLossValue
}

/// What a term came to.
struct VideoLossValue {
    /// Unweighted values by the names that logs have, such as `clip-scale-2/loss`.
    var values: [(name: String, value: Float)] = []
    /// The weighted gradient at the video, of its shape.
    var gradient: Tensor?
}

/// What discriminators say of context and prediction as one clip.
struct AdversarialVideoLoss: VideoLoss {
    let discriminators: Discriminators
    let loss: AdversarialLoss
    let weight: Float
    let iteratesSpectralNorms: Bool
    let recomputesActivations: Bool

    func evaluate(_ predicted: Tensor, on batch: TrainingBatch, draws: [ViewDraws]) -> VideoLossValue {
        var result = VideoLossValue()
        for (discriminator, draws) in zip(discriminators.networks, draws) {
            let pass = Pass(
                .training, recordsInputs: true, iteratesSpectralNorms: iteratesSpectralNorms,
                recomputesActivations: recomputesActivations)
            let frames = pass.watch(predicted)
            let video = joined([batch.context, frames], along: 1)
            let scores = discriminator(video, draws: draws, classes: batch.classes, pass)
            let value = loss.generator(predicted: scores)
            let gradient = pass.gradients(of: value, at: [frames])[0]
            accumulate(gradient * weight, into: &result.gradient)
            result.values.append(("\(discriminator.name)/loss", value.scalar))
        }
        return result
    }
}

/// The distance of predicted frames from the true ones.
struct PixelVideoLoss: VideoLoss {
    let loss: PixelLoss
    let weight: Float
    /// What logs call it.
    let name: String

    func evaluate(_ predicted: Tensor, on batch: TrainingBatch, draws: [ViewDraws]) -> VideoLossValue {
        let pass = Pass(.training, recordsInputs: true)
        let frames = pass.watch(predicted)
        guard let value = loss(predicted: frames, real: batch.future) else { return VideoLossValue() }
        return VideoLossValue(
            values: [(name, value.scalar)], gradient: pass.gradients(of: value, at: [frames])[0] * weight)
    }
}
