import AuspexTensors

/// `y = x W + b`: `[N, inputs]` to `[N, outputs]`.
public final class Linear: Layer {
    /// `[inputs, outputs]`
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter?
    /// The spectral norm that the weight is divided by; nil if the layer has none.
    public let norm: SpectralNorm?

    /// Makes a layer with an orthogonal weight and a bias of 0.
    public init(
        inputs: Int, outputs: Int, bias: Bool = true, spectralNorm: Bool = true, using initializer: inout Initializer
    ) {
        weight = Parameter(initializer.orthogonal([inputs, outputs]))
        self.bias = bias ? Parameter(Tensor(zeros: [outputs])) : nil
        norm = spectralNorm ? SpectralNorm(of: weight.value, using: &initializer) : nil
    }

    /// `x W + b`, from `[N, inputs]` to `[N, outputs]`.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        let product = matrixProduct(x, norm?(weight, pass) ?? pass.read(weight))
        guard let bias else { return product }
        return product + pass.read(bias)
    }
}
