import AuspexTensors

/// A convolution over images `[N, H, W, C]` or clips `[N, T, H, W, C]`, with zeros outside: a side becomes `⌈side / stride⌉`.
public final class Convolution: Layer {
    /// `[k, k, inputs / groups, outputs]`, in three dimensions `[k, k, k, inputs / groups, outputs]`.
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter
    /// The spectral norm that the weight is divided by; nil if the layer has none.
    public let norm: SpectralNorm?
    private let stride: Int
    private let groups: Int

    /// - Parameters:
    ///   - stride: for every dimension.
    ///   - groups: number of equal groups of channels that are convolved separately; divides inputs and outputs.
    ///   - initialization: initial weight and bias.
    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: Int = 3, dimensions: Int = 2, stride: Int = 1,
        groups: Int = 1, spectralNorm: Bool = true, initialization: ConvolutionInitialization = .orthogonal,
        using initializer: inout Initializer
    ) {
        (self.stride, self.groups) = (stride, groups)
        let kernel = [Int](repeating: kernelSize, count: dimensions)
        let start = initialization.numbers(kernel + [inputChannels / groups, outputChannels], using: &initializer)
        (weight, bias) = (Parameter(start.weight), Parameter(start.bias))
        norm = spectralNorm ? SpectralNorm(of: weight.value, using: &initializer) : nil
    }

    /// The weight used in a pass: normalised, if the layer has a spectral norm.
    package func kernel(_ pass: Pass) -> Tensor { norm?(weight, pass) ?? pass.read(weight) }

    /// Convolves `[N, (T,) H, W, inputs]` to `[N, (T′,) H′, W′, outputs]`, sides divided by the stride and rounded up, and applies the activation.
    ///
    /// - Parameter method: how the output's sums are computed.
    public func callAsFunction(
        _ x: Tensor, activation: Activation = .identity, method: ConvolutionMethod = .products, _ pass: Pass
    ) -> Tensor {
        convolution(
            x, weight: kernel(pass), bias: pass.read(bias), stride: stride, groups: groups, activation: activation,
            method: method)
    }

    /// The convolution, of stride 1 without groups, of the image enlarged twice by repetition: `[N, H, W, C]` to `[N, 2H, 2W, outputs]`.
    public func ofUpsampled(_ x: Tensor, _ pass: Pass) -> Tensor {
        upsampledConvolution(x, weight: kernel(pass), bias: pass.read(bias))
    }

    /// The convolution, of stride 1 without groups, followed by the average over blocks of two in each direction.
    public func thenPooled(_ x: Tensor, _ pass: Pass) -> Tensor {
        pooledConvolution(x, weight: kernel(pass), bias: pass.read(bias))
    }
}
