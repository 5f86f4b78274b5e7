import AuspexLayers
import AuspexTensors

/// What each pixel of the last frame is: read from the features by a convolution of side 1.
public final class LayerHead: Layer {
    /// From features to the numbers of all layers, in the order of `PixelLayers`.
    public let convolution: Convolution
    private let parts: [Int]

    /// So that at first what is behind a pixel is mostly that pixel itself.
    private static let firstOwnLogit: Float = 3

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: MotionLayersConfiguration, using initializer: inout Initializer) {
        let (colours, frames) = (configuration.frameChannels, configuration.contextFrames)
        parts = [2, 1, 1, colours, frames, colours, 2]
        convolution = Convolution(
            inputChannels: configuration.headChannels, outputChannels: parts.reduce(0, +), kernelSize: 1,
            spectralNorm: false, initialization: .normal(deviation: 0.02), using: &initializer)
        // Displacement, order, colour and pan begin at a tenth: still, level, as they were.
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

/// What each pixel of the last frame is, `[B, H, W, …]` each.
public struct PixelLayers {
    /// What its displacement differs by from the coarse one at all times, (dy, dx) in pixels.
    public let fine: Tensor
    /// The logit of how far it belongs to what moves.
    public let alpha: Tensor
    /// The logarithm of its weight where several pixels arrive at one place.
    public let order: Tensor
    /// What is added to its colour as it moves.
    public let colour: Tensor
    /// Logits of which frame shows what is behind it; the last of them, the last frame with its holes filled.
    public let mix: Tensor
    /// What is added to filled holes.
    public let paint: Tensor
    /// How the canvas's velocity differs from the median of the picture's, (dy, dx) in pixels a frame.
    public let pan: Tensor
}
