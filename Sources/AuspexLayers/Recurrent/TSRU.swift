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
    public enum Variant: Sendable {
        case c, p, s
    }

    /// What the gate decides to keep.
    public enum Mix: String, Codable, Sendable, CaseIterable {
        case warped, previous
    }

    public let transform: MotionTransform
    public let candidate: SplitConvolution
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

    public func inputHalves(_ x: Tensor, _ pass: Pass) -> [Tensor] {
        let motion = transform.inputHalf(x, pass)
        let candidate = candidate.second(x, pass)
        return variant == .s ? [motion, candidate] : [motion, candidate, gate.second(x, pass)]
    }

    public func step(_ state: RecurrentState, inputHalves x: [Tensor], _ pass: Pass) -> RecurrentState {
        let h = state.hidden
        let ĥ = transform(h, inputHalf: x[0], pass)
        let m = mix == .warped ? ĥ : h
        switch variant {
        case .c:
            let c = candidate.first(ĥ, pass) + x[1]
            let u = gate.first(h, pass) + x[2]
            return RecurrentState(hidden: gatedMix(gate: u, kept: m, candidate: c))
        case .p:
            let c = candidate.first(h, pass) + x[1]
            let u = gate.first(h, pass) + x[2]
            return RecurrentState(hidden: gatedMix(gate: u, kept: m, candidate: c))
        case .s:
            let c = relu(candidate.first(ĥ, pass) + x[1])
            let u = gate.first(ĥ, pass) + gate.second(c, pass)
            // gatedMix rectifies its candidate: c is unchanged by that.
            return RecurrentState(hidden: gatedMix(gate: u, kept: m, candidate: c))
        }
    }
}

extension RecurrentUnitKind {
    public static let tsruC = tsru("tsru-c", .c)
    public static let tsruP = tsru("tsru-p", .p)
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
