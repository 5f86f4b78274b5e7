import AuspexTensors

/// A convolution that keeps the size (stride 1, zeros outside), over images `[N, H, W, C]` or clips `[N, T, H, W, C]`.
public final class Convolution: Layer {
    /// `[k, k, inputs, outputs]`, in three dimensions `[k, k, k, inputs, outputs]`.
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter
    public let norm: SpectralNorm?

    public init(
        inputChannels: Int, outputChannels: Int, kernelSize: Int = 3, dimensions: Int = 2, spectralNorm: Bool = true,
        using initializer: inout Initializer
    ) {
        let kernel = [Int](repeating: kernelSize, count: dimensions)
        weight = Parameter(initializer.orthogonal(kernel + [inputChannels, outputChannels]))
        bias = Parameter(Tensor(zeros: [outputChannels]))
        norm = spectralNorm ? SpectralNorm(of: weight.value, using: &initializer) : nil
    }

    /// The weight that a pass convolves with: normalised, where the layer is.
    package func kernel(_ pass: Pass) -> Tensor { norm?(weight, pass) ?? pass.read(weight) }

    public func callAsFunction(_ x: Tensor, activation: Activation = .identity, _ pass: Pass) -> Tensor {
        convolution(x, weight: kernel(pass), bias: pass.read(bias), activation: activation)
    }

    /// The convolution of the image enlarged twice by repetition: `[N, H, W, C]` to `[N, 2H, 2W, outputs]`.
    public func ofUpsampled(_ x: Tensor, _ pass: Pass) -> Tensor {
        upsampledConvolution(x, weight: kernel(pass), bias: pass.read(bias))
    }

    /// The convolution followed by the average over blocks of two in each direction.
    public func thenPooled(_ x: Tensor, _ pass: Pass) -> Tensor {
        pooledConvolution(x, weight: kernel(pass), bias: pass.read(bias))
    }
}
