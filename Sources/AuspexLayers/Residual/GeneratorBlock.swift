import AuspexTensors

/// Residual block of a generator: conditional BN → ReLU → [nearest ×2] → conv → conditional BN → ReLU → conv, beside a shortcut.
///
/// The shortcut's 1×1 convolution stands before the enlargement, with which it commutes.
/// Source: Brock et al. 2019, arXiv:1809.11096, figure 15; Luc et al. 2020.
public final class GeneratorBlock: Layer {
    public let norm1: ConditionalBatchNorm
    public let conv1: Convolution
    public let norm2: ConditionalBatchNorm
    public let conv2: Convolution
    /// Where size or width changes.
    public let shortcut: Convolution?
    private let upsamples: Bool

    public init(
        inputChannels: Int, outputChannels: Int, conditionSize: Int, upsamples: Bool,
        using initializer: inout Initializer
    ) {
        self.upsamples = upsamples
        norm1 = ConditionalBatchNorm(channels: inputChannels, conditionSize: conditionSize, using: &initializer)
        conv1 = Convolution(inputChannels: inputChannels, outputChannels: outputChannels, using: &initializer)
        norm2 = ConditionalBatchNorm(channels: outputChannels, conditionSize: conditionSize, using: &initializer)
        conv2 = Convolution(inputChannels: outputChannels, outputChannels: outputChannels, using: &initializer)
        shortcut =
            upsamples || inputChannels != outputChannels
            ? Convolution(
                inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: 1, using: &initializer)
            : nil
    }

    /// - Parameters:
    ///   - x: `[T·B, H, W, inputChannels]`, images folded time-major.
    ///   - condition: `[B, conditionSize]`.
    /// - Returns: `[T·B, H, W, outputChannels]`, or of twice the sides.
    public func callAsFunction(_ x: Tensor, condition: Tensor, _ pass: Pass) -> Tensor {
        var y = norm1(x, condition: condition, relu: true, pass)
        y = upsamples ? conv1.ofUpsampled(y, pass) : conv1(y, pass)
        y = norm2(y, condition: condition, relu: true, pass)
        y = conv2(y, pass)
        let side = shortcut?(x, pass) ?? x
        return y + (upsamples ? upsampledNearest(side) : side)
    }
}
