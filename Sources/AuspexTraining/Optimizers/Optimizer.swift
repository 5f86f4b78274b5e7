import AuspexLayers
import AuspexTensors

/// Updates a network's parameters from their gradients.
package protocol Optimizer: AnyObject {
    /// Updates every parameter in place.
    ///
    /// - Parameters:
    ///   - gradients: in the order of the parameters.
    ///   - gradientScale: the factor applied to them first: clipping, or one over the number of accumulated batches.
    func update(_ gradients: [Tensor], learningRate: Double, gradientScale: Double)

    /// The state kept for each parameter, by the parameter's name followed by the kind of state, for a checkpoint.
    var state: [String: Tensor] { get }

    /// Restores the state and the number of updates.
    func load(_ state: [String: Tensor], updates: Int) throws(LayerStateError)
}

/// An optimizer by name, with its settings.
public struct OptimizerConfiguration: Codable, Sendable, Equatable {
    /// The optimizers that a configuration can name.
    public enum Name: String, Codable, Sendable, CaseIterable {
        /// Adam. Source: Kingma and Ba 2015, arXiv:1412.6980.
        case adam
        /// Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, arXiv:1711.05101.
        case adamw
        /// Stochastic gradient descent with momentum, as PyTorch's `SGD`.
        case sgd
        /// Orthogonalised momentum for hidden kernels, AdamW for the rest.
        case muon
    }

    /// Which optimizer.
    public var name = Name.adam
    /// The learning rate of all parameters; for Muon, of hidden kernels.
    public var learningRate = 1e-4
    /// Adam's decay of the mean gradient.
    public var beta1 = 0.0
    /// Adam's decay of the mean squared gradient.
    public var beta2 = 0.999
    /// Added to the root in Adam's denominator.
    public var epsilon = 1e-8
    /// For AdamW and Muon, the fraction by which weights shrink in a step, divided by the learning rate; for SGD, the weight of the squared weights.
    public var weightDecay = 0.0
    /// For SGD, the fraction of the last step that is repeated; for Muon, the fraction of the mean gradient that a step keeps.
    public var momentum = 0.9
    /// The learning rate of Muon's AdamW, which updates all parameters but hidden kernels.
    public var adamLearningRate = 3e-3
    /// The weight decay of that AdamW.
    public var adamWeightDecay = 1e-4
    /// The largest norm that all gradients together may have; larger ones are scaled down. Nil does not limit.
    public var gradientClipping: Double?

    /// Adam as TrIVD-GAN is trained.
    public init() {}

    package func optimizer(of network: any Layer) -> any Optimizer {
        let parameters = network.parameters
        return switch name {
        case .adam: Adam(parameters, beta1: beta1, beta2: beta2, epsilon: epsilon)
        case .adamw: Adam(parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        case .sgd: MomentumDescent(parameters, momentum: momentum, weightDecay: weightDecay)
        case .muon:
            Muon(
                parameters, hiddenKernels: network.hiddenKernels, momentum: momentum, weightDecay: weightDecay,
                otherRate: adamLearningRate / learningRate
            ) {
                Adam($0, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: adamWeightDecay)
            }
        }
    }
}

/// Reads an optimizer's state for a parameter from a checkpoint.
func optimizerState(
    _ name: String, of entry: NamedParameter, in state: [String: Tensor]
) throws(LayerStateError) -> Tensor {
    let (name, shape) = ("\(entry.name).\(name)", entry.parameter.value.shape)
    guard let value = state[name] else { throw .missing(name: name) }
    guard value.shape == shape else { throw .shape(name: name, found: value.shape, expected: shape) }
    return value
}
