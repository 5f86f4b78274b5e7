import AuspexTensors

/// Convolutional gated recurrent unit: `r = σ(Wr * [h; x] + br)`, `u = σ(Wu * [h; x] + bu)`, `c = ρ(Wc * [r ⊙ h; x] + bc)`, `h' = u ⊙ h + (1 − u) ⊙ c`.
///
/// Source: Ballas et al. 2016, arXiv:1511.06432, equations 5–8, with ReLU for tanh as in Clark et al. 2019, arXiv:1907.06571.
public final class ConvGRU: RecurrentUnit {
    /// Wr and br.
    public let reset: SplitConvolution
    /// Wu and bu.
    public let gate: SplitConvolution
    /// Wc and bc.
    public let candidate: SplitConvolution

    /// - Parameter startsStill: an untrained unit keeps most of its state.
    public init(
        stateChannels: Int, inputChannels: Int, startsStill: Bool = false, using initializer: inout Initializer
    ) {
        func convolution() -> SplitConvolution {
            SplitConvolution(stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
        }
        reset = convolution()
        gate = convolution()
        candidate = convolution()
        if startsStill { gate.bias.value = IdentityInitialization.gateBias(stateChannels) }
    }

    public func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState {
        let h = state.hidden
        let r = sigmoid(reset(h, x, pass))
        let u = gate(h, x, pass)
        let c = candidate(r * h, x, pass)
        // `gatedMix` applies the σ of u and the ρ of c.
        return RecurrentState(hidden: gatedMix(gate: u, kept: h, candidate: c))
    }
}

extension RecurrentUnitKind {
    /// `conv-gru`: a convolutional gated recurrent unit, see `ConvGRU`.
    public static let convGRU = RecurrentUnitKind("conv-gru") { options, stateChannels, inputChannels, initializer in
        ConvGRU(
            stateChannels: stateChannels, inputChannels: inputChannels, startsStill: options.startsStill,
            using: &initializer)
    }
}
