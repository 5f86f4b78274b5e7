import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Gradient descent with momentum: `v ← μv + g + λw`, `w ← w − αv`.
///
/// Source: Sutskever et al. 2013 (ICML), section 2, in the form of PyTorch's `SGD`.
package final class MomentumDescent: Optimizer {
    private let parameters: [NamedParameter]
    private let momentum: Double
    private let weightDecay: Double
    private var velocities: [Tensor]

    package init(_ parameters: [NamedParameter], momentum: Double, weightDecay: Double = 0) {
        self.parameters = parameters
        self.momentum = momentum
        self.weightDecay = weightDecay
        velocities = parameters.map { Tensor(zeros: $0.parameter.value.shape) }
    }

    package func update(_ gradients: [Tensor], learningRate: Double, gradientScale: Double = 1) {
        require(
            gradients.count == parameters.count, "MomentumDescent.update",
            "\(gradients.count, "gradient") for \(parameters.count)")
        for (position, gradient) in gradients.enumerated() {
            let parameter = parameters[position].parameter
            var velocity = velocities[position] * Float(momentum) + gradient * Float(gradientScale)
            if weightDecay > 0 { velocity = velocity + parameter.value * Float(weightDecay) }
            velocities[position] = velocity
            parameter.value = parameter.value - velocity * Float(learningRate)
        }
    }

    package var state: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: zip(parameters, velocities).map { ("\($0.name).velocity", $1) })
    }

    package func load(_ state: [String: Tensor], updates: Int) throws(LayerStateError) {
        var loaded: [Tensor] = []
        for entry in parameters { loaded.append(try optimizerState("velocity", of: entry, in: state)) }
        velocities = loaded
    }
}
