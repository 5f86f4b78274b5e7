import AuspexTensors

/// Residual block of a discriminator, and of the encoder: ReLU → conv → ReLU → conv → [average pooling], beside a shortcut.
///
/// A network's first block has no leading ReLU. The shortcut's 1×1 convolution commutes with pooling and comes after it.
/// Source: Brock et al. 2019, arXiv:1809.11096, figure 15; in three dimensions: Clark et al. 2019, arXiv:1907.06571.
public final class DownsamplingBlock: Layer {
    /// 3×3 (×3), inputs to outputs.
    public let conv1: Convolution
    /// 3×3 (×3), outputs to outputs.
    public let conv2: Convolution
    /// If size or width changes.
    public let shortcut: Convolution?
    private let downsamples: Bool
    private let isFirst: Bool

    /// Makes a block with orthogonal weights under spectral norm.
    ///
    /// - Parameters:
    ///   - downsamples: whether sides are halved by an average over 2×2 (×2).
    ///   - isFirst: whether to omit the leading ReLU, because the input is an image.
    ///   - dimensions: 2 for images, 3 for clips.
    public init(
        inputChannels: Int, outputChannels: Int, downsamples: Bool, isFirst: Bool = false, dimensions: Int = 2,
        using initializer: inout Initializer
    ) {
        self.downsamples = downsamples
        self.isFirst = isFirst
        conv1 = Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels, dimensions: dimensions, using: &initializer)
        conv2 = Convolution(
            inputChannels: outputChannels, outputChannels: outputChannels, dimensions: dimensions, using: &initializer)
        shortcut =
            downsamples || inputChannels != outputChannels
            ? Convolution(
                inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: 1, dimensions: dimensions,
                using: &initializer)
            : nil
    }

    /// - Parameter x: images `[N, H, W, C]`, or clips `[N, T, H, W, C]` for a block of three dimensions.
    /// - Returns: the same sides, or half of each, rounded down.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        let y = conv1(isFirst ? x : relu(x), activation: .relu, pass)
        let main = downsamples ? conv2.thenPooled(y, pass) : conv2(y, pass)
        let side = downsamples ? averagePooled(x, size: 2) : x
        guard let shortcut else { return main + side }
        // As published, only a first block's shortcut has its convolution after the pooling.
        return main
            + ShapePass.nominally(times: isFirst ? 1 : Double(x.count) / Double(side.count)) { shortcut(side, pass) }
    }
}
