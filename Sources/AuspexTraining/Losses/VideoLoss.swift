import AuspexLayers
import AuspexModels
import AuspexTensors

/// A term of a generator's loss that depends on the predicted video: it returns its value and its gradient there.
///
/// Each term runs forward and backward separately, so that only one discriminator's activations are alive at a time.
protocol VideoLoss {
    /// - Parameters:
    ///   - predicted: `[B, Tp, H, W, C]`, in [−1, 1].
    ///   - draws: one for each discriminator.
    func evaluate(_ predicted: Tensor, on batch: TrainingBatch, draws: [ViewDraws]) -> VideoLossValue
}

/// The result of a term.
struct VideoLossValue {
    /// Unweighted values by their names in logs, such as `clip-scale-2/loss`.
    var values: [(name: String, value: Float)] = []
    /// The weighted gradient at the video, of its shape.
    var gradient: Tensor?
}

/// The discriminators' loss on context and prediction as one clip.
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
    /// Its name in logs.
    let name: String

    func evaluate(_ predicted: Tensor, on batch: TrainingBatch, draws: [ViewDraws]) -> VideoLossValue {
        let pass = Pass(.training, recordsInputs: true)
        let frames = pass.watch(predicted)
        guard let value = loss(predicted: frames, real: batch.future) else { return VideoLossValue() }
        return VideoLossValue(
            values: [(name, value.scalar)], gradient: pass.gradients(of: value, at: [frames])[0] * weight)
    }
}
