import AuspexLayers
import AuspexTensors

extension MotionLayers {
    /// Initial weight of each target beside the pixel loss; it falls to a tenth at the end.
    private enum Weight {
        static let tracks = 0.03
        static let canvas = 0.3
        static let mask = 0.03
    }

    /// Losses from the clips' own future besides their pixels: `tracks`, the distance of displacements from the observed paths of pixels, in pixels;
    /// `canvas`, the difference of the predicted background from the observed one, in [0, 1]; and `mask`, the cross-entropy of the foreground's opacity.
    public func losses(
        of output: GeneratorOutput, clips: () -> Tensor, progress: Double, _ pass: Pass
    ) -> [GeneratorLoss] {
        let targets = FutureTargets(clips: clips(), contextLength: options.contextFrames)
        return losses(of: output, targets: targets, progress: progress)
    }

    /// - Parameters:
    ///   - output: this model's prediction for the same clips.
    ///   - progress: the fraction of the training that is done, from 0 to 1.
    package func losses(of output: GeneratorOutput, targets: FutureTargets, progress: Double) -> [GeneratorLoss] {
        guard let displacement = output.maps[GeneratorOutput.displacement], let alpha = output.maps[Self.alphaLogits],
            let canvas = output.maps[GeneratorOutput.canvas]
        else { return [] }
        let factor = 1 - 0.9 * progress
        func loss(_ name: String, _ weight: Double, _ value: Tensor) -> GeneratorLoss {
            GeneratorLoss(name: name, weight: Float(weight * factor), value: value)
        }
        let (shape, still) = (targets.foreground.shape, targets.stillWeight)
        let trusted = targets.trust * targets.foreground.reshaped(to: [shape[0], 1] + shape.dropFirst())
        // A square root that is smooth at zero, and grows no faster than the distance.
        let distance = squareRoot(
            sum(square(displacement - targets.tracks), along: [4], keepingDimensions: true) + 0.01)
        let channels = Float(canvas.shape[3])
        return [
            loss("tracks", Weight.tracks, average(distance, weights: trusted)),
            loss("canvas", Weight.canvas, average(abs(canvas - targets.still), weights: still) / channels),
            loss("mask", Weight.mask, average(softplus(alpha) - alpha * targets.foreground, weights: still)),
        ]
    }

    /// `Σ w x / Σ w`, with the same weights for all channels.
    private func average(_ x: Tensor, weights: Tensor) -> Tensor {
        sum(x * weights) * (1 / max(sum(weights).scalar, 1e-6))
    }
}
