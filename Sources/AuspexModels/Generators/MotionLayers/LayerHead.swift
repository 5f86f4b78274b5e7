import AuspexLayers
import AuspexTensors

/// The layers of each pixel of the last frame, read from the features by a 1×1 convolution.
public final class LayerHead: Layer {
    /// From features to the numbers of all layers, in the order of `PixelLayers`.
    public let convolution: Convolution
    private let parts: [Int]

    /// Makes each pixel's initial background mostly the pixel itself.
    private static let firstOwnLogit: Float = 3

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: MotionLayersConfiguration, using initializer: inout Initializer) {
        let (colours, frames) = (configuration.frameChannels, configuration.contextFrames)
        parts = [2, 1, 1, colours, frames, colours, 2]
        convolution = Convolution(
            inputChannels: configuration.headChannels, outputChannels: parts.reduce(0, +), kernelSize: 1,
            spectralNorm: false, initialization: .normal(deviation: 0.02), using: &initializer)
        // Displacement, order, colour and pan begin at a tenth: almost no motion, equal order, unchanged colours.
        let scales = zip(parts, [0.1, 1, 0.1, 0.1, 1, 1, 0.1] as [Float]).flatMap { [Float](repeating: $1, count: $0) }
        convolution.weight.value = convolution.weight.value * Tensor(scales, shape: [scales.count])
        var bias = [Float](repeating: 0, count: scales.count)
        bias[4 + colours + frames - 1] = Self.firstOwnLogit
        convolution.bias.value = Tensor(bias, shape: [bias.count])
    }

    /// Reads the layers.
    ///
    /// - Parameter features: `[B, H, W, headChannels]`.
    public func callAsFunction(_ features: Tensor, _ pass: Pass) -> PixelLayers {
        let found = convolution(features, pass).split(3, counts: parts)
        return PixelLayers(
            fine: found[0], alpha: found[1], order: found[2], colour: found[3], mix: found[4], paint: found[5],
            pan: found[6])
    }
}

/// The layers of each pixel of the last frame, `[B, H, W, …]` each.
public struct PixelLayers {
    /// The difference of its displacement from the coarse one at all times, (dy, dx) in pixels.
    public let fine: Tensor
    /// The logit of how much it belongs to the moving foreground.
    public let alpha: Tensor
    /// The logarithm of its weight if several pixels arrive at one place.
    public let order: Tensor
    /// The change of its colour as it moves.
    public let colour: Tensor
    /// Logits of which frame shows the background behind it; the last one is the last frame with its holes filled.
    public let mix: Tensor
    /// What is added to filled holes.
    public let paint: Tensor
    /// The difference of the canvas's velocity from the median velocity of the picture, (dy, dx) in pixels per frame.
    public let pan: Tensor

    package init(
        fine: Tensor, alpha: Tensor, order: Tensor, colour: Tensor, mix: Tensor, paint: Tensor, pan: Tensor
    ) {
        (self.fine, self.alpha, self.order, self.colour) = (fine, alpha, order, colour)
        (self.mix, self.paint, self.pan) = (mix, paint, pan)
    }
}
