import AuspexTensors

/// Trajectory GRU: every gate reads the state at L learned displacements of each place.
///
/// With flows `v = (V₁ … V_L) = γ(h, x)` and `wₗ = warp(h; Vₗ)`: `u = σ(Wu * x + Σₗ Uu,ₗ · wₗ + bu)`, `r` likewise,
/// `c = ρ(Wc * x + r ⊙ Σₗ Uc,ₗ · wₗ + bc)`, `h' = u ⊙ h + (1 − u) ⊙ c`; U are 1×1, γ is conv 5×5 → ReLU → conv 5×5 with 32 features between.
/// Source: Shi et al. 2017, arXiv:1706.03458, equation 3 (LeakyReLU there; ReLU here, as in our other units).
public final class TrajGRU: RecurrentUnit {
    /// The first convolution of γ, 5×5 over state and input, to 32 features.
    public let hiddenFlow: SplitConvolution
    /// The second convolution of γ, 5×5, to (dy, dx) of each link.
    public let flow: Convolution
    /// Wu and bu, 3×3.
    public let gateInput: Convolution
    /// Wr and br, 3×3.
    public let resetInput: Convolution
    /// Wc and bc, 3×3.
    public let candidateInput: Convolution
    /// Uu of all links, 1×1.
    public let gateLinks: Convolution
    /// Ur of all links, 1×1.
    public let resetLinks: Convolution
    /// Uc of all links, 1×1.
    public let candidateLinks: Convolution
    private let links: Int

    /// - Parameter startsStill: an untrained unit keeps most of its state.
    public init(
        stateChannels: Int, inputChannels: Int, links: Int, startsStill: Bool = false,
        using initializer: inout Initializer
    ) {
        self.links = links
        hiddenFlow = SplitConvolution(
            firstChannels: stateChannels, secondChannels: inputChannels, outputChannels: 32, kernelSize: 5,
            using: &initializer)
        flow = Convolution(inputChannels: 32, outputChannels: 2 * links, kernelSize: 5, using: &initializer)
        func input() -> Convolution {
            Convolution(inputChannels: inputChannels, outputChannels: stateChannels, using: &initializer)
        }
        func link() -> Convolution {
            Convolution(
                inputChannels: links * stateChannels, outputChannels: stateChannels, kernelSize: 1, using: &initializer)
        }
        gateInput = input()
        resetInput = input()
        candidateInput = input()
        gateLinks = link()
        resetLinks = link()
        candidateLinks = link()
        if startsStill { gateInput.bias.value = IdentityInitialization.gateBias(stateChannels) }
    }

    public func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState {
        let h = state.hidden
        let v = flow(relu(hiddenFlow(h, x, pass)), pass)
        let w = joined((0..<links).map { warpedByFlow(h, flow: v.sliced(3, from: 2 * $0, count: 2)) }, along: 3)
        let u = gateInput(x, pass) + gateLinks(w, pass)
        let r = sigmoid(resetInput(x, pass) + resetLinks(w, pass))
        let c = candidateInput(x, pass) + r * candidateLinks(w, pass)
        // `gatedMix` applies the σ of u and the ρ of c.
        return RecurrentState(hidden: gatedMix(gate: u, kept: h, candidate: c))
    }
}

extension RecurrentUnitKind {
    /// `traj-gru`: a trajectory GRU, see `TrajGRU`.
    public static let trajGRU = RecurrentUnitKind("traj-gru") { options, width in
        [
            LeastUnitSize(
                field: "links", value: options.links, parameters: 3 * Double(options.links) * width * width,
                advice: "lower it: 13 is published")
        ]
    } make: { options, stateChannels, inputChannels, initializer in
        TrajGRU(
            stateChannels: stateChannels, inputChannels: inputChannels, links: options.links,
            startsStill: options.startsStill, using: &initializer)
    }
}
