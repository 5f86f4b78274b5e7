import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Adam: `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `w ← w − α · m̂ / (√v̂ + ε)`, with m̂ and v̂ corrected for their start at zero.
///
/// With a weight decay λ weights shrink first, `w ← w − αλw` (AdamW).
/// Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
package final class Adam: Optimizer {
    private let parameters: [NamedParameter]
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double
    private let weightDecay: Double
    private var means: [Tensor]
    private var squares: [Tensor]
    /// Number of updates so far, for the corrections.
    private(set) var updates = 0

    package init(_ parameters: [NamedParameter], beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double = 0)
    {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        means = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
        squares = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
    }

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
            // A checkpoint that was just loaded, or is being written, may share these numbers.
            if weightDecay > 0 { parameter.value = parameter.value * Float(1 - learningRate * weightDecay) }
            parameter.value.makeUnique()
            means[position].makeUnique()
            squares[position].makeUnique()
            parameter.value.adamUpdate(
                firstMoment: &means[position], secondMoment: &squares[position], gradient: gradient, settings)
        }
    }

    package var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (position, entry) in parameters.enumerated() {
            state[entry.name + ".mean"] = means[position]
            state[entry.name + ".square"] = squares[position]
        }
        return state
    }

    package func load(_ state: [String: Tensor], updates: Int) throws(LayerStateError) {
        var (newMeans, newSquares): ([Tensor], [Tensor]) = ([], [])
        for entry in parameters {
            newMeans.append(try optimizerState("mean", of: entry, in: state))
            newSquares.append(try optimizerState("square", of: entry, in: state))
        }
        (means, squares, self.updates) = (newMeans, newSquares, updates)
    }
}
