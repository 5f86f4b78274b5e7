import AuspexLayers
import AuspexModels
import AuspexTensors

/// How far a weight's filters are from being orthogonal to each other: `‖WᵀW ⊙ (1 − I)‖²`, W as the matrix `[places, outputs]`.
///
/// The gradient is `4 W (WᵀW ⊙ (1 − I))`. The diagonal is left out, so that filters may have any length. If there are more filters than
/// places, the same numbers come from the smaller product: `‖WᵀW‖² = ‖WWᵀ‖²`, and `W (WᵀW) = (WWᵀ) W`.
///
/// - Parameter weight: `[…, in, out]`, as stored in layers, not divided by its spectral norm.
/// - Returns: a scalar.
/// - Source: Brock et al. 2019, arXiv:1809.11096, section 3.1; DVD-GAN (Clark et al. 2019, arXiv:1907.06571) uses it with the weight 1e-4.
public func orthogonalPenalty(_ weight: Tensor) -> Tensor {
    let outputs = weight.shape[weight.rank - 1]
    let places = weight.count / outputs
    let matrix = weight.detached().reshaped(to: [places, outputs])
    let (penalty, quarterGradient): (Tensor, Tensor)
    if outputs <= places {
        var products = matrixProduct(matrix, matrix, transposingLeft: true)
        products.withMutableScalars(as: Float.self) { numbers in
            for filter in 0..<outputs { numbers[filter * (outputs + 1)] = 0 }
        }
        penalty = sum(square(products))
        quarterGradient = matrixProduct(matrix, products)
    } else {
        let products = matrixProduct(matrix, matrix, transposingRight: true)
        let lengths = sum(square(matrix), along: [0])
        penalty = sum(square(products)) - sum(square(lengths))
        quarterGradient = matrixProduct(products, matrix) - matrix * lengths
    }
    return penalty.recorded("orthogonalPenalty", from: weight) { gradient in
        [(quarterGradient * (4 * gradient.scalar)).reshaped(to: weight.shape)]
    }
}

/// The orthogonal penalty summed over a generator's weight matrices and kernels, with its gradients.
///
/// Biases, norms' gains and the class embedding are not filters and are left out.
struct OrthogonalPenaltyGradients {
    /// The unweighted sum.
    let value: Double
    /// In the order of `generator.parameters`, times the penalty's weight; nil for parameters that are left out.
    let gradients: [Tensor?]

    init(of generator: some Layer, weight: Double) {
        var value = 0.0
        gradients = generator.parameters.map { entry in
            guard entry.name.hasSuffix(".weight"), entry.parameter.value.rank >= 2 else { return nil }
            let tape = Tape()
            let leaf = tape.watch(entry.parameter.value)
            let penalty = orthogonalPenalty(leaf)
            value += Double(penalty.scalar)
            return tape.gradients(of: penalty, upstream: Tensor(Float(weight)), at: [leaf])[0]
        }
        self.value = value
    }
}
