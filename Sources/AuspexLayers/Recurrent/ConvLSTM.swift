import AuspexSupport
import AuspexTensors

/// Convolutional LSTM without peepholes: `i, f, o = σ(W * [h; x] + b)`, `g = tanh(Wg * [h; x] + bg)`, `c' = f ⊙ c + i ⊙ g`, `h' = o ⊙ tanh(c')`.
///
/// The features that start a unit start the cell; the hidden state is their tanh, as an open output gate would show it.
/// Source: Shi et al. 2015, arXiv:1506.04214, equation 3.
public final class ConvLSTM: RecurrentUnit {
    public let inputGate: SplitConvolution
    public let forgetGate: SplitConvolution
    public let outputGate: SplitConvolution
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

    public func inputHalves(_ x: Tensor, _ pass: Pass) -> [Tensor] {
        [inputGate, forgetGate, outputGate, candidate].map { $0.second(x, pass) }
    }

    public func step(_ state: RecurrentState, inputHalves x: [Tensor], _ pass: Pass) -> RecurrentState {
        guard let cell = state.cell else { stopProgram("ConvLSTM.step", "the state has no cell") }
        let h = state.hidden
        let i = sigmoid(inputGate.first(h, pass) + x[0])
        let f = sigmoid(forgetGate.first(h, pass) + x[1])
        let o = sigmoid(outputGate.first(h, pass) + x[2])
        let g = tanh(candidate.first(h, pass) + x[3])
        let next = f * cell + i * g
        return RecurrentState(hidden: o * tanh(next), cell: next)
    }
}

extension RecurrentUnitKind {
    public static let convLSTM = RecurrentUnitKind("conv-lstm") { options, stateChannels, inputChannels, initializer in
        ConvLSTM(
            stateChannels: stateChannels, inputChannels: inputChannels, startsStill: options.startsStill,
            using: &initializer)
    }
}
