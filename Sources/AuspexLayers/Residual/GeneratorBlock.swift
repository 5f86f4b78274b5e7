import AuspexTensors

/// Residual block of a generator: conditional BN → ReLU → [nearest ×2] → conv → conditional BN → ReLU → conv, beside a shortcut.
///
/// The shortcut's 1×1 convolution commutes with the enlargement and comes before it.
/// Source: Brock et al. 2019, arXiv:1809.11096, figure 15; Luc et al. 2020.
public final class GeneratorBlock: Layer {
    /// Over the inputs.
    public let norm1: any GeneratorNorm
    /// 3×3, inputs to outputs, after the enlargement.
    public let conv1: Convolution
    /// Over the outputs of `conv1`.
    public let norm2: any GeneratorNorm
    /// 3×3, outputs to outputs.
    public let conv2: Convolution
    /// If size or width changes.
    public let shortcut: Convolution?
    private let upsamples: Bool

    /// - Parameter conditionSize: width of the norms' condition; with 0 they have a learned gain and bias instead.
    public init(
        inputChannels: Int, outputChannels: Int, conditionSize: Int, upsamples: Bool,
        using initializer: inout Initializer
    ) {
        self.upsamples = upsamples
        func norm(_ channels: Int) -> any GeneratorNorm {
            conditionSize > 0
                ? ConditionalBatchNorm(channels: channels, conditionSize: conditionSize, using: &initializer)
                : BatchNorm(channels: channels)
        }
        norm1 = norm(inputChannels)
        conv1 = Convolution(inputChannels: inputChannels, outputChannels: outputChannels, using: &initializer)
        norm2 = norm(outputChannels)
        conv2 = Convolution(inputChannels: outputChannels, outputChannels: outputChannels, using: &initializer)
        shortcut =
            upsamples || inputChannels != outputChannels
            ? Convolution(
                inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: 1, using: &initializer)
            : nil
    }

    /// - Parameters:
    ///   - x: `[T·B, H, W, inputChannels]`, images folded time-major.
    ///   - condition: `[B, conditionSize]`; nil if the norms are unconditional.
    /// - Returns: `[T·B, H, W, outputChannels]`, or with both sides doubled.
    public func callAsFunction(_ x: Tensor, condition: Tensor?, _ pass: Pass) -> Tensor {
        var y = norm1(x, condition: condition, relu: true, pass)
        y = upsamples ? conv1.ofUpsampled(y, pass) : conv1(y, pass)
        y = norm2(y, condition: condition, relu: true, pass)
        y = conv2(y, pass)
        let side = shortcut.map { shortcut in ShapePass.nominally(times: upsamples ? 4 : 1) { shortcut(x, pass) } } ?? x
        return y + (upsamples ? upsampledNearest(side) : side)
    }
}
