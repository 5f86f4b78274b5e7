import AuspexTensors

/// Biases with which an untrained unit keeps its state, and a kernel what it stands on.
///
/// With biases of zero a gate halves its state at every step, and kernels are blurs: what the context said is gone after a few steps, and a short
/// training is spent on undoing that. Kin to the forget gate's bias of Jozefowicz et al. 2015 (ICML), section 3.
package enum IdentityInitialization {
    /// A gate keeps σ(2) = 0.88.
    package static let gate: Float = 2

    /// Logits' biases of a K×K kernel whose centre weighs e³ = 20 times what another place does.
    package static func kernel(size: Int) -> [Float] {
        var bias = [Float](repeating: 0, count: size * size)
        bias[size * size / 2] = 3
        return bias
    }

    package static func gateBias(_ channels: Int) -> Tensor { Tensor(repeating: gate, shape: [channels]) }
}
