import AuspexTensors

/// Initial weight and bias of a convolution.
public enum ConvolutionInitialization: Sendable, Equatable {
    /// An orthogonal weight, a bias of zeros.
    ///
    /// Source: Brock et al. 2019, arXiv:1809.11096, section 4.
    case orthogonal
    /// Weight and bias uniform within ±1 / √(inputs of one output number), PyTorch's default.
    ///
    /// Source: He et al. 2015, arXiv:1502.01852, with the gain of a leaky ReLU of slope √5.
    case uniformByInputs
    /// A normal weight with this standard deviation, a bias of zeros.
    case normal(deviation: Float)

    /// - Parameter shape: the weight's, `[…, inputs, outputs]`.
    func numbers(_ shape: [Int], using initializer: inout Initializer) -> (weight: Tensor, bias: Tensor) {
        let outputs = shape[shape.count - 1]
        switch self {
        case .orthogonal:
            return (initializer.orthogonal(shape), Tensor(zeros: [outputs]))
        case .uniformByInputs:
            let bound = 1 / Float(shape.dropLast().reduce(1, *)).squareRoot()
            return (
                initializer.uniform(shape, bound: bound), initializer.uniform([outputs], bound: bound)
            )
        case .normal(let deviation):
            return (initializer.normal(shape, deviation: deviation), Tensor(zeros: [outputs]))
        }
    }
}
