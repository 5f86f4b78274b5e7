import AuspexSupport
import CAuspexEngine

/// The end of a gated recurrent unit: `σ(u) ⊙ m + (1 − σ(u)) ⊙ max(c, 0)`, in one pass each way.
///
/// - Parameters:
///   - u: the gate's logits, any shape.
///   - m: what an open gate keeps, of the same shape.
///   - c: the candidate before its ReLU, of the same shape.
/// - Source: Ballas et al. 2016, arXiv:1511.06432, equations 8–11, with ReLU candidates as in Clark et al. 2019, arXiv:1907.06571.
public func gatedMix(gate u: Tensor, kept m: Tensor, candidate c: Tensor) -> Tensor {
    require(
        u.shape == m.shape && m.shape == c.shape, "gatedMix",
        "gate \(u.shape), kept \(m.shape) and candidate \(c.shape) differ")
    let count = u.count
    let result = Tensor(u.shape) { out in
        withFloats(u, m, c) { ax_gated_mix_forward(out, $0, $1, $2, count) }
    }
    let wanted = [u.isTracked, m.isTracked, c.isTracked]
    let saved = (u: u.detached(), m: m.detached(), c: c.detached())
    return result.recorded("gatedMix", from: u, m, c) { upstream in
        let gradients = wanted.map { $0 ? Tensor(uninitialized: upstream.shape) : nil }
        withExtendedLifetime(gradients) {
            let outputs = gradients.map { $0?.rawPointer.assumingMemoryBound(to: Float.self) }
            withFloats(upstream, saved.u, saved.m, saved.c) {
                ax_gated_mix_backward(outputs[0], outputs[1], outputs[2], $0, $1, $2, $3, count)
            }
        }
        return gradients
    }
}
