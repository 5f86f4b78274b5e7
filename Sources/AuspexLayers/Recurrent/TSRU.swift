import AuspexTensors

/// Transformation-based spatial recurrent unit: instead of resetting its state, it moves it.
///
/// With `ĥ = w(h; f(h, x))`, `*` a 3×3 convolution, ρ ReLU, σ sigmoid:
/// - TSRU-c: `c = ρ(Wc * [ĥ; x] + bc)`, `u = σ(Wu * [h; x] + bu)`
/// - TSRU-p: `c = ρ(Wc * [h; x] + bc)`, `u = σ(Wu * [h; x] + bu)`
/// - TSRU-s: `c = ρ(Wc * [ĥ; x] + bc)`, `u = σ(Wu * [ĥ; c] + bu)`
/// - all: `h' = u ⊙ m + (1 − u) ⊙ c`, where m is ĥ, or h as one published rendering prints it.
///
/// Source: Luc et al. 2020, arXiv:2003.04035, section 3.2 and figure 3.
public final class TSRU: RecurrentUnit {
    /// What candidate and gate are computed from.
    public enum Variant: Sendable {
        /// The candidate from the moved state, the gate from the state.
        case c
        /// Both from the state.
        case p
        /// The candidate from the moved state, the gate from the moved state and the candidate.
        case s
    }

    /// What the gate keeps.
    public enum Mix: String, Codable, Sendable, CaseIterable {
        /// ĥ, the moved state.
        case warped
        /// h, the state where it was.
        case previous
    }

    /// f and w, which move the state.
    public let transform: MotionTransform
    /// Wc and bc.
    public let candidate: SplitConvolution
    /// Wu and bu.
    public let gate: SplitConvolution
    private let variant: Variant
    private let mix: Mix

    /// - Parameter startsStill: an untrained unit keeps most of its state, where it is.
    public init(
        variant: Variant, stateChannels: Int, inputChannels: Int, warp: Warp, kernelSize: Int, mix: Mix,
        startsStill: Bool = false, using initializer: inout Initializer
    ) {
        self.variant = variant
        self.mix = mix
        transform = MotionTransform(
            stateChannels: stateChannels, inputChannels: inputChannels, warp: warp, kernelSize: kernelSize,
            startsStill: startsStill, using: &initializer)
        candidate = SplitConvolution(
            stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
        gate = SplitConvolution(
            stateChannels: stateChannels, inputChannels: variant == .s ? stateChannels : inputChannels,
            using: &initializer)
        if startsStill { gate.bias.value = IdentityInitialization.gateBias(stateChannels) }
    }

    public func step(_ state: RecurrentState, _ x: StepInput, _ pass: Pass) -> RecurrentState {
        let h = state.hidden
        let ĥ = transform(h, x, pass)
        let c: Tensor
        let u: Tensor
        // `gatedMix` applies the σ of u and the ρ of c; rectifying c twice changes nothing.
        switch variant {
        case .c:
            c = candidate(ĥ, x, pass)
            u = gate(h, x, pass)
        case .p:
            c = candidate(h, x, pass)
            u = gate(h, x, pass)
        case .s:
            c = relu(candidate(ĥ, x, pass))
            u = gate(ĥ, c, pass)
        }
        return RecurrentState(hidden: gatedMix(gate: u, kept: mix == .warped ? ĥ : h, candidate: c))
    }
}

extension RecurrentUnitKind {
    /// `tsru-c`: the published default, see `TSRU`.
    public static let tsruC = tsru("tsru-c", .c)
    /// `tsru-p`: the variant whose gate and candidate are computed in parallel, see `TSRU`.
    public static let tsruP = tsru("tsru-p", .p)
    /// `tsru-s`: the variant whose gate follows its candidate, see `TSRU`.
    public static let tsruS = tsru("tsru-s", .s)

    private static func tsru(_ name: String, _ variant: TSRU.Variant) -> RecurrentUnitKind {
        RecurrentUnitKind(name) { options, width in
            guard options.warp == .kernel else { return [] }
            let taps = Double(options.kernelSize) * Double(options.kernelSize)
            return [
                LeastUnitSize(
                    field: "kernelSize", value: options.kernelSize, parameters: 9 * width * taps,
                    advice: "lower it: 3 is published")
            ]
        } make: { options, stateChannels, inputChannels, initializer in
            TSRU(
                variant: variant, stateChannels: stateChannels, inputChannels: inputChannels, warp: options.warp,
                kernelSize: options.kernelSize, mix: options.mix, startsStill: options.startsStill, using: &initializer)
        }
    }
}
