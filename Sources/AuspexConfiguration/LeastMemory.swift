import AuspexModels
import AuspexTraining

/// A lower bound of the memory that a training step takes, in closed form.
///
/// Used to refuse absurd sizes at once, before a network is built or a tensor is described. Everything is computed in `Double`, because sizes
/// that must be refused overflow an `Int`. `StepCost` gives the exact number for sizes that pass.
public struct LeastMemory: Sendable, Equatable {
    /// Weights, their gradients, both of Adam's moments and the averaged weights; grows with the networks' widths.
    public let parameterBytes: Double
    /// The discriminators' part of it.
    let discriminatorBytes: Double
    /// The clips of a step, and the feature maps at the frames' own size; grows with `training.batch`.
    public let clipBytes: Double

    /// The least that a training step takes, in bytes: `parameterBytes + clipBytes`.
    public var bytes: Double { parameterBytes + clipBytes }

    private static let floatBytes = 4.0
    /// A weight, its gradient, two moments and the average.
    static let bytesPerParameter = 5 * floatBytes

    /// Computes the bounds from the sizes of a configuration alone, which need not be valid otherwise.
    public init(_ configuration: Configuration) {
        let (model, training) = (configuration.model, configuration.training)
        var discriminating = 0.0
        if training.hasDiscriminators {
            for view in configuration.discriminators.resolvedViews {
                let width = Self.widest(
                    side: view.size(of: model.size).shorterSide,
                    channels: Double(configuration.discriminators.channels ?? model.discriminatorChannels))
                discriminating += 9 * width * width + Double(model.classes) * width
            }
        }
        let sizes = model.leastSizes
        let predicting = sizes.reduce(0) { $0 + $1.parameters }
        parameterBytes = (predicting + discriminating) * Self.bytesPerParameter
        discriminatorBytes = discriminating * Self.bytesPerParameter

        let pixels = model.size.pixelCount
        let (given, predicted) = (Double(model.contextFrames), Double(model.predictedFrames))
        let batch = Double(training.batch)
        let clips = batch * Double(training.accumulation) * (given + predicted) * pixels * Double(model.frameChannels)
        let maps = batch * sizes.reduce(0) { $0 + $1.activationsPerClip }
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
