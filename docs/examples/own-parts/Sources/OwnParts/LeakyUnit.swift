import AuspexLayers
import AuspexTensors

/// A custom recurrent unit, which forgets at a separate rate in every channel:
/// `c = ρ(W * [h; x] + b)`, `h' = σ(λ) ⊙ h + (1 − σ(λ)) ⊙ c`.
///
/// The properties that are layers and parameters are the unit's weights; their names are the parameters' names in checkpoints.
public final class LeakyUnit: RecurrentUnit {
    /// W and b, 3×3.
    public let candidate: SplitConvolution
    /// λ, `[C]`.
    public let retention: Parameter

    public init(stateChannels: Int, inputChannels: Int, using initializer: inout Initializer) {
        candidate = SplitConvolution(stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
        retention = Parameter(Tensor(repeating: 1, shape: [stateChannels]))
    }

    /// - Parameter x: the step's input, `[B, H, W, Cx]`.
    /// - Returns: a state of `[B, H, W, C]`.
    public func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState {
        let kept = sigmoid(pass.read(retention))
        let c = relu(candidate(state.hidden, x, pass))
        return RecurrentState(hidden: state.hidden * kept + c * (1 - kept))
    }
}

extension RecurrentUnitKind {
    /// `model.unit: leaky`
    public static let leaky = RecurrentUnitKind("leaky") { _, stateChannels, inputChannels, initializer in
        LeakyUnit(stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
    }
}
