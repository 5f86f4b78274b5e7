import AuspexSupport
import AuspexTensors

/// A recurrent unit over feature maps. A cell is a step; unrolling is apart from it, and equal to stepping.
///
/// What a step needs of its input alone (the `Wx * x + b` of every gate) is asked for first, for all time steps at once.
public protocol RecurrentUnit: Layer {
    /// The parts of the gates that depend on the input alone: `[N, H, W, Cx]` to maps of `[N, H, W, ·]`.
    func inputHalves(_ x: Tensor, _ pass: Pass) -> [Tensor]

    /// The state that a map of features `[B, H, W, C]` starts the unit with.
    func initialState(_ features: Tensor) -> RecurrentState

    /// The next state, given the input's halves at this step, `[B, H, W, ·]` each.
    func step(_ state: RecurrentState, inputHalves: [Tensor], _ pass: Pass) -> RecurrentState
}

/// What a recurrent unit carries from step to step.
public struct RecurrentState {
    /// h, `[B, H, W, C]`: the unit's output.
    public var hidden: Tensor
    /// The memory cell of an LSTM, `[B, H, W, C]`.
    public var cell: Tensor?

    public init(hidden: Tensor, cell: Tensor? = nil) {
        self.hidden = hidden
        self.cell = cell
    }
}

extension RecurrentUnit {
    public func initialState(_ features: Tensor) -> RecurrentState { RecurrentState(hidden: features) }

    /// One step from an input rather than from its halves.
    public func callAsFunction(_ state: RecurrentState, input x: Tensor, _ pass: Pass) -> RecurrentState {
        step(state, inputHalves: inputHalves(x, pass), pass)
    }

    /// Runs the unit for `steps` steps.
    ///
    /// - Parameters:
    ///   - features: the map that starts the state, `[B, H, W, C]`.
    ///   - inputs: `[steps·B, H, W, Cx]` folded time-major, or `[B, H, W, Cx]` where every step has the same input.
    /// - Returns: the states of all steps, `[steps·B, H, W, C]`, folded time-major.
    public func unrolled(from features: Tensor, inputs: Tensor, steps: Int, _ pass: Pass) -> Tensor {
        let batch = features.shape[0]
        let repeats = inputs.shape[0] == batch
        require(
            repeats || inputs.shape[0] == steps * batch, "RecurrentUnit.unrolled",
            "inputs \(inputs.shape) are neither \(batch) nor \(steps) × \(batch) images")
        let halves = inputHalves(inputs, pass)
        let byStep = repeats ? [] : halves.map { $0.split(intoLeading: steps) }
        var state = initialState(features)
        var outputs: [Tensor] = []
        for t in 0..<steps {
            state = step(state, inputHalves: repeats ? halves : byStep.map { $0[t] }, pass)
            outputs.append(state.hidden)
        }
        return joined(outputs, along: 0)
    }
}

extension Tensor {
    /// The parts of a tensor whose first dimension folds time before batch, one a step: `[T·B, …]` to T views `[B, …]`.
    fileprivate func split(intoLeading steps: Int) -> [Tensor] {
        reshaped(to: [steps, shape[0] / steps] + shape.dropFirst()).unstacked()
    }
}
