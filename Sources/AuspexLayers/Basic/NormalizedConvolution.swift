import AuspexTensors

/// A convolution of side 3 without bias → batch norm → ReLU. A side becomes `⌈side / stride⌉`.
///
/// Images and their gradients are convolved by minimal filtering if there is one for the shape.
/// Weights begin normal, with variance `2 / inputs of one output number`.
/// Source: He et al. 2015, arXiv:1502.01852; Ioffe and Szegedy 2015, arXiv:1502.03167.
public final class NormalizedConvolution: Layer {
    /// The kernel, `[3, 3, inputs, outputs]`.
    public let weight: Parameter
    /// After the convolution, with the ReLU.
    public let norm: BatchNorm
    private let stride: Int

    /// - Parameter stride: of both sides.
    public init(inputChannels: Int, outputChannels: Int, stride: Int = 1, using initializer: inout Initializer) {
        let shape = [3, 3, inputChannels, outputChannels]
        let start = ConvolutionInitialization.normal(deviation: (2 / Float(9 * inputChannels)).squareRoot())
        weight = Parameter(start.numbers(shape, using: &initializer).weight)
        norm = BatchNorm(channels: outputChannels)
        self.stride = stride
    }

    /// Convolves `[N, H, W, inputs]` to `[N, H′, W′, outputs]`.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        norm(
            convolution(x, weight: pass.read(weight), stride: stride, method: .filteringBothWays), relu: true, pass)
    }

    /// The same, with stride 1, for two tensors whose channels are joined: if the second needs no gradient, none is computed.
    ///
    /// - Parameters:
    ///   - first: `[N, H, W, first channels]`.
    ///   - second: `[N, H, W, other channels]`.
    public func callAsFunction(_ first: Tensor, beside second: Tensor, _ pass: Pass) -> Tensor {
        let parts = pass.read(weight).split(2, counts: [first.shape[3], second.shape[3]])
        let sum =
            convolution(first, weight: parts[0], method: .filteringBothWays)
            + convolution(second, weight: parts[1], method: .filteringBothWays)
        return norm(sum, relu: true, pass)
    }

    /// The same, with stride 1, for the channels of a small image, enlarged twice by repetition, followed by those of a skip.
    ///
    /// The small image is convolved before the enlargement, with four ninths of the products: see `upsampledConvolution`.
    ///
    /// - Parameters:
    ///   - small: `[N, H/2, W/2, first channels]`.
    ///   - skip: `[N, H, W, other channels]`.
    public func ofUpsampled(_ small: Tensor, beside skip: Tensor, _ pass: Pass) -> Tensor {
        let parts = pass.read(weight).split(2, counts: [small.shape[3], skip.shape[3]])
        let sum =
            upsampledConvolution(small, weight: parts[0])
            + convolution(skip, weight: parts[1], method: .filteringBothWays)
        return norm(sum, relu: true, pass)
    }
}
