import AuspexSupport
import AuspexTensors

/// Convolutional LSTM without peepholes: `i, f, o = σ(W * [h; x] + b)`, `g = tanh(Wg * [h; x] + bg)`, `c' = f ⊙ c + i ⊙ g`, `h' = o ⊙ tanh(c')`.
///
/// The features that start a unit become its cell; the hidden state is their tanh, as with an open output gate.
/// Source: Shi et al. 2015, arXiv:1506.04214, equation 3.
public final class ConvLSTM: RecurrentUnit {
    /// Wi and bi.
    public let inputGate: SplitConvolution
    /// Wf and bf.
    public let forgetGate: SplitConvolution
    /// Wo and bo.
    public let outputGate: SplitConvolution
    /// Wg and bg.
    public let candidate: SplitConvolution

    /// - Parameter startsStill: an untrained unit keeps most of its cell.
    public init(
        stateChannels: Int, inputChannels: Int, startsStill: Bool = false, using initializer: inout Initializer
    ) {
        func convolution() -> SplitConvolution {
            SplitConvolution(stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
        }
        inputGate = convolution()
        forgetGate = convolution()
        outputGate = convolution()
        candidate = convolution()
        if startsStill { forgetGate.bias.value = IdentityInitialization.gateBias(stateChannels) }
    }

    public func initialState(_ features: Tensor) -> RecurrentState {
        RecurrentState(hidden: tanh(features), cell: features)
    }

    public func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState {
        guard let c = state.cell else { stopProgram("ConvLSTM.step", "the state has no cell") }
        let h = state.hidden
        let i = sigmoid(inputGate(h, x, pass))
        let f = sigmoid(forgetGate(h, x, pass))
        let o = sigmoid(outputGate(h, x, pass))
        let g = tanh(candidate(h, x, pass))
        let next = f * c + i * g
        return RecurrentState(hidden: o * tanh(next), cell: next)
    }
}

extension RecurrentUnitKind {
    /// `conv-lstm`: a convolutional LSTM, see `ConvLSTM`.
    public static let convLSTM = RecurrentUnitKind("conv-lstm") { options, stateChannels, inputChannels, initializer in
        ConvLSTM(
            stateChannels: stateChannels, inputChannels: inputChannels, startsStill: options.startsStill,
            using: &initializer)
    }
}
