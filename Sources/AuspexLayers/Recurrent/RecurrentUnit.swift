import AuspexTensors

/// A recurrent unit over feature maps. A unit defines one step; unrolling is separate, and equal to stepping.
public protocol RecurrentUnit: Layer {
    /// The initial state from a map of features `[B, H, W, C]`.
    func initialState(_ features: Tensor) -> RecurrentState

    /// The next state.
    ///
    /// - Parameter x: the input of this step, `[B, H, W, Cx]`; layers that read it compute their part of it for all steps at once.
    func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState
}

/// The state that a recurrent unit carries from step to step.
public struct RecurrentState {
    /// h, `[B, H, W, C]`: the unit's output.
    public var hidden: Tensor
    /// The memory cell of an LSTM, `[B, H, W, C]`.
    public var cell: Tensor?

    /// A state; `cell` is for units that have a memory cell besides their output.
    public init(hidden: Tensor, cell: Tensor? = nil) {
        self.hidden = hidden
        self.cell = cell
    }
}

extension RecurrentUnit {
    public func initialState(_ features: Tensor) -> RecurrentState { RecurrentState(hidden: features) }

    /// Runs the unit for `steps` steps.
    ///
    /// - Parameters:
    ///   - features: the map that starts the state, `[B, H, W, C]`.
    ///   - inputs: `[steps·B, H, W, Cx]` folded time-major, or `[B, H, W, Cx]` if every step has the same input.
    /// - Returns: the states of all steps, `[steps·B, H, W, C]`, folded time-major.
    public func unrolled(from features: Tensor, inputs: Tensor, steps: Int, _ pass: Pass) -> Tensor {
        var state = initialState(features)
        var outputs: [Tensor] = []
        for x in StepInput.ofSteps(steps, inputs, batch: features.shape[0]) {
            state = step(state, x, pass)
            outputs.append(state.hidden)
        }
        return joined(outputs, along: 0)
    }
}
