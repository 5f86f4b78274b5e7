import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Adam: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `w ← w − α · m̂ / (√v̂ + ε)`, with m̂ and v̂ corrected for their start at zero.
///
/// Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
package final class Adam {
    private let parameters: [NamedParameter]
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double
    private var means: [Tensor]
    private var squares: [Tensor]
    /// Updates done: what the corrections depend on.
    private(set) var updates = 0

    package init(_ parameters: [NamedParameter], beta1: Double, beta2: Double, epsilon: Double) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        means = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
        squares = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
    }

    /// Moves every parameter in place.
    ///
    /// - Parameters:
    ///   - gradients: in the order of the parameters.
    ///   - gradientScale: what they are multiplied with first: clipping, or one over the number of accumulated batches.
    package func update(_ gradients: [Tensor], learningRate: Double, gradientScale: Double = 1) {
        require(
            gradients.count == parameters.count, "Adam.update", "\(gradients.count, "gradient") for \(parameters.count)"
        )
        updates += 1
        let settings = AdamStep(
            rate: Float(learningRate), beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon), step: updates,
            gradientScale: Float(gradientScale))
        for (position, gradient) in gradients.enumerated() {
            let parameter = parameters[position].parameter
            // A checkpoint that was just loaded, or is being written, may hold the same numbers.
            parameter.value.makeUnique()
            means[position].makeUnique()
            squares[position].makeUnique()
            parameter.value.adamUpdate(
                firstMoment: &means[position], secondMoment: &squares[position], gradient: gradient, settings)
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
