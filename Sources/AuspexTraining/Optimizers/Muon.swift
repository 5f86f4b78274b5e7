import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Momentum whose step is orthogonalised, for kernels between hidden features; AdamW for all other parameters.
///
/// `m ← μm + (1 − μ)g`, `d = (1 − μ)g + μm`, `w ← w − αλw − α√max(1, outputs / inputs) · orthogonalized(d)`, a kernel taken as the matrix of
/// `outputs` by `inputs` = all input places. A step then moves every direction of a matrix by about the same, whereas gradients of
/// convolutions are dominated by a few.
///
/// The network says which kernels these are: `Layer.hiddenKernels`.
/// Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".
package final class Muon: Optimizer {
    private let parameters: [NamedParameter]
    /// The indices of hidden kernels among the parameters, and of the others.
    private let hidden: [Int]
    private let others: [Int]
    private let momentum: Double
    private let weightDecay: Double
    /// AdamW's learning rate divided by the kernels'.
    private let otherRate: Double
    private let adam: Adam
    private var means: [Tensor]

    /// - Parameters:
    ///   - hiddenKernels: the parameters that are orthogonalised.
    ///   - momentum: μ.
    ///   - weightDecay: λ.
    ///   - adam: AdamW for all parameters but the hidden kernels, in order.
    ///   - otherRate: the factor by which learning rates are multiplied for AdamW.
    package init(
        _ parameters: [NamedParameter], hiddenKernels: [Parameter], momentum: Double, weightDecay: Double,
        otherRate: Double, adam: ([NamedParameter]) -> Adam
    ) {
        let kernels = Set(hiddenKernels.map(ObjectIdentifier.init))
        let isHidden = { (place: Int) in kernels.contains(ObjectIdentifier(parameters[place].parameter)) }
        hidden = parameters.indices.filter(isHidden)
        others = parameters.indices.filter { !isHidden($0) }
        require(
            hidden.count == kernels.count, "Muon", "\(kernels.count - hidden.count) hidden kernels are not parameters")
        for place in hidden {
            let (name, shape) = (parameters[place].name, parameters[place].parameter.value.shape)
            require(shape.count >= 2, "Muon", "the hidden kernel \(name) has shape \(shape), which is not a matrix")
        }
        self.parameters = parameters
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.otherRate = otherRate
        self.adam = adam(others.map { parameters[$0] })
        means = hidden.map { Tensor(zeros: parameters[$0].parameter.value.shape) }
    }

    package func update(_ gradients: [Tensor], learningRate: Double, gradientScale: Double = 1) {
        require(
            gradients.count == parameters.count, "Muon.update", "\(gradients.count, "gradient") for \(parameters.count)"
        )
        for (number, place) in hidden.enumerated() {
            let gradient = gradients[place] * Float(gradientScale)
            // A checkpoint that was just loaded, or is being written, may share these numbers.
            means[number].makeUnique()
            means[number].move(toward: gradient, by: Float(1 - momentum))
            let parameter = parameters[place].parameter
            let shape = parameter.value.shape
            // Our kernels are the transposed matrix with its inputs in another order; orthogonalisation commutes with both.
            let (inputs, outputs) = (shape.dropLast().reduce(1, *), shape[shape.count - 1])
            let direction = gradient + (means[number] - gradient) * Float(momentum)
            // Executed, but not counted as the network's work in papers.
            let step = ShapePass.again { orthogonalized(direction.reshaped(to: [inputs, outputs])) }.reshaped(to: shape)
            let scale = max(1, Double(outputs) / Double(inputs)).squareRoot()
            parameter.value =
                parameter.value * Float(1 - learningRate * weightDecay) - step * Float(learningRate * scale)
        }
        adam.update(
            others.map { gradients[$0] }, learningRate: learningRate * otherRate, gradientScale: gradientScale)
    }

    package var state: [String: Tensor] {
        var state = adam.state
        for (place, mean) in zip(hidden, means) { state[parameters[place].name + ".momentum"] = mean }
        return state
    }

    package func load(_ state: [String: Tensor], updates: Int) throws(LayerStateError) {
        var loaded: [Tensor] = []
        for place in hidden { loaded.append(try optimizerState("momentum", of: parameters[place], in: state)) }
        try adam.load(state, updates: updates)
        means = loaded
    }
}
