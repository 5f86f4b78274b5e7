import AuspexTensors

/// Floating-point operations of a network's convolutions and linear maps as papers count them: nothing merged, shared between steps or left out.
///
/// A multiplication and an addition are two operations. Everything that is not a product of matrices (norms, gates, warps, pooling, power iterations)
/// is left out, as in PyTorch's counter. Counted by passing shapes through the network itself; the program executes less, see `ShapePass`.
public struct NominalFLOPs: Sendable, Equatable {
    /// Of a forward pass.
    public let forward: Double
    /// Of the gradients of all weights.
    public let weightGradients: Double
    /// Of the gradients of everything between the layers.
    public let activationGradients: Double
    /// Of the gradients of the network's inputs.
    public let inputGradients: Double

    /// A network, its inputs, and how it runs.
    public struct Run {
        let network: any Layer
        let inputs: [[Int]]
        let forward: ([Tensor], Pass) -> Tensor

        /// - Parameters:
        ///   - inputs: the shapes of the network's inputs. Every layer with weights must depend on them; otherwise the gradients of its input are counted
        ///     among those of the weights.
        ///   - forward: one pass, from inputs of these shapes to one output.
        public init(of network: any Layer, inputs: [[Int]], _ forward: @escaping ([Tensor], Pass) -> Tensor) {
            self.network = network
            self.inputs = inputs
            self.forward = forward
        }
    }

    /// - Parameter make: makes the network. Called on shapes, and more than once: the weights take no memory and cannot be used elsewhere.
    public init(_ make: () -> Run) {
        /// Of a forward pass, and of the requested gradients.
        func count(weights: Bool, inputs: Bool) -> Double {
            let count = ShapePass.count {
                let run = make()
                let parameters = weights ? run.network.parameters : []
                let pass = Pass(.inference, differentiating: parameters, recordsInputs: inputs)
                let given = run.inputs.map { inputs ? pass.watch(Tensor(zeros: $0)) : Tensor(zeros: $0) }
                let output = run.forward(given, pass)
                guard weights || inputs else { return }
                let leaves = parameters.map { pass.read($0.parameter) } + (inputs ? given : [])
                _ = pass.gradients(of: output, upstream: Tensor(zeros: output.shape), at: leaves)
            }
            return count.nominalFLOP
        }
        forward = count(weights: false, inputs: false)
        let toWeights = count(weights: true, inputs: false)
        let toInputs = count(weights: false, inputs: true)
        let toBoth = count(weights: true, inputs: true)
        weightGradients = toBoth - toInputs
        inputGradients = toBoth - toWeights
        activationGradients = toWeights - forward - weightGradients
    }
}
