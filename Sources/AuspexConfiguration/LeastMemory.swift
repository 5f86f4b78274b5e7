import AuspexModels
import AuspexTraining

/// A lower bound of the memory that a training step takes, in closed form.
///
/// For refusing absurd sizes at once, before a network is built or a tensor is described: everything is computed in `Double`, because the sizes
/// that have to be refused overflow an `Int`. `StepCost` gives the real number for sizes that pass.
public struct LeastMemory: Sendable, Equatable {
    /// Weights, their gradients, both of Adam's moments and the averaged weights; grows with the square of `model.channels`.
    public let parameterBytes: Double
    /// The clips of a step, and the feature maps at the frames' own size; grows with `training.batch`.
    public let clipBytes: Double

    public var bytes: Double { parameterBytes + clipBytes }

    /// Weights, gradient, two moments, average.
    private static let copies = 5.0
    private static let floatBytes = 4.0

    public init(_ configuration: Configuration) {
        let (model, training) = (configuration.model, configuration.training)
        let widest = 8 * Double(model.channels)
        // At 4×4, 3×3 convolutions from the widest to the widest: one of the encoder, two of a block, and the three gates of
        // the smallest unit, which read state and input.
        var weights = 9 * (1 + 2 + 3 * 2) * widest * widest
        weights += 9 * Double(model.contextFrames) * widest * widest
        weights += Double(model.latentSize) * 16 * widest
        weights += Double(model.classes) * Double(model.embeddingSize)
        if training.adversarialWeight > 0 {
            for view in configuration.discriminators.resolvedViews {
                let width = Self.widest(
                    side: view.side(of: model.size),
                    channels: Double(configuration.discriminators.channels ?? model.channels))
                weights += 9 * width * width + Double(model.classes) * width
            }
        }
        parameterBytes = weights * Self.copies * Self.floatBytes

        let pixels = Double(model.size) * Double(model.size)
        let (given, predicted) = (Double(model.contextFrames), Double(model.predictedFrames))
        let batch = Double(training.batch)
        let clips = batch * Double(training.accumulation) * (given + predicted) * pixels * Double(model.frameChannels)
        // The last block's second convolution keeps its input and output for the backward pass, even if activations are recomputed.
        let maps = 2 * batch * predicted * pixels * Double(model.channels)
        clipBytes = (clips + maps) * Self.floatBytes
    }

    /// The width of a discriminator's last block: doubled with each halving of the side down to 4, up to eight times.
    private static func widest(side: Int, channels: Double) -> Double {
        var (side, multiplier) = (side, 1.0)
        while side > 4 {
            side /= 2
            multiplier = min(8, 2 * multiplier)
        }
        return multiplier * channels
    }
}
