import AuspexLayers
import AuspexTensors
import CAuspexKernels

/// Adam: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `w ← w − α · m̂ / (√v̂ + ε)`, with m̂ and v̂ corrected for their start at zero.
///
/// Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
final class Adam {
    private let parameters: [NamedParameter]
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double
    private var means: [Tensor]
    private var squares: [Tensor]
    /// Updates done: what the corrections depend on.
    private(set) var updates = 0

    init(_ parameters: [NamedParameter], beta1: Double, beta2: Double, epsilon: Double) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        means = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
        squares = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
    }

    /// Moves every parameter in place.
    ///
    /// - Parameter gradients: in the order of the parameters.
    func update(_ gradients: [Tensor], learningRate: Double) {
        require(gradients.count == parameters.count, "Adam.update", "\(gradients.count) gradients for \(parameters.count)")
        updates += 1
        let meanCorrection = 1 - pow(beta1, updates)
        let squareCorrection = 1 - pow(beta2, updates)
        for (position, gradient) in gradients.enumerated() {
            adamUpdate(
                &parameters[position].parameter.value, gradient: gradient, mean: &means[position],
                square: &squares[position], learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
                meanCorrection: meanCorrection, squareCorrection: squareCorrection)
        }
    }

    /// m and v by parameter name, for a checkpoint.
    var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (position, entry) in parameters.enumerated() {
            state[entry.name + ".mean"] = means[position]
            state[entry.name + ".square"] = squares[position]
        }
        return state
    }

    /// Puts m, v and the count of updates back.
    func load(_ state: [String: Tensor], updates: Int) throws(LayerStateError) {
        func take(_ name: String, _ shape: [Int]) throws(LayerStateError) -> Tensor {
            guard let value = state[name] else { throw .missing(name: name) }
            guard value.shape == shape else { throw .shape(name: name, found: value.shape, expected: shape) }
            return value
        }
        var (newMeans, newSquares): ([Tensor], [Tensor]) = ([], [])
        for entry in parameters {
            newMeans.append(try take(entry.name + ".mean", entry.parameter.value.shape))
            newSquares.append(try take(entry.name + ".square", entry.parameter.value.shape))
        }
        (means, squares, self.updates) = (newMeans, newSquares, updates)
    }
}

/// By repeated multiplication: the same bits on every machine, which a C library's `pow` does not promise.
private func pow(_ base: Double, _ exponent: Int) -> Double {
    var (result, power, left) = (1.0, base, exponent)
    while left > 0 {
        if left & 1 == 1 { result *= power }
        power *= power
        left >>= 1
    }
    return result
}
