import AuspexTensors

/// Biases with which an untrained unit keeps its state, and a kernel leaves pixels in place.
///
/// With biases of zero a gate halves its state at every step, and kernels blur: the context is forgotten after a few steps, and a short
/// training is spent on undoing that. Similar to the forget gate's bias of Jozefowicz et al. 2015 (ICML), section 3.
package enum IdentityInitialization {
    /// A gate keeps σ(2) = 0.88.
    package static let gate: Float = 2

    /// Biases of a K×K kernel's logits, with which the centre has e³ = 20 times the weight of the other taps.
    package static func kernel(size: Int) -> [Float] {
        var bias = [Float](repeating: 0, count: size * size)
        bias[size * size / 2] = 3
        return bias
    }

    package static func gateBias(_ channels: Int) -> Tensor { Tensor(repeating: gate, shape: [channels]) }
}
