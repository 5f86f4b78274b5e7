import AuspexSupport
import CAuspexEngine

/// Moves images by per-pixel kernels: `ĥ[y, x] = Σₖ softmax(θ)[y, x, k] · h[y + dy(k), x + dx(k)]`, zero outside.
///
/// Softmax and the weighted neighbourhood are one pass; the backward pass gives both gradients in one more.
///
/// - Parameters:
///   - state: h, `[N, H, W, C]`, float32.
///   - logits: θ, `[N, H, W, K²]`, K odd and at most 21. Taps go row by row from (−K/2, −K/2), the order of PyTorch's `unfold`.
/// - Returns: the moved images, `[N, H, W, C]`.
/// - Source: Luc et al. 2020, arXiv:2003.04035, section 3.2; kernels as in De Brabandere et al. 2016, arXiv:1605.09673.
public func warpedByKernels(_ state: Tensor, logits: Tensor) -> Tensor {
    require(
        state.rank == 4 && logits.rank == 4 && logits.shape.dropLast() == state.shape.dropLast(), "warpedByKernels",
        "logits \(logits.shape) do not fit images \(state.shape): [N, H, W, K²] and [N, H, W, C]")
    let (images, height, width, channels) = (state.shape[0], state.shape[1], state.shape[2], state.shape[3])
    let taps = logits.shape[3]
    let size = Int(Float(taps).squareRoot().rounded())
    require(
        size * size == taps && size % 2 == 1 && size <= Int(AX_MAXIMUM_WARP_SIZE), "warpedByKernels",
        "\(taps) logits a pixel are not K² for an odd K up to \(AX_MAXIMUM_WARP_SIZE)")
    // The weights are kept instead of the logits: they are as large, and the backward pass then needs no exponential.
    let weights = state.isTracked || logits.isTracked ? Tensor(uninitialized: logits.shape) : nil
    let moved = Tensor(state.shape) { out in
        withExtendedLifetime(weights) {
            withFloats(state, logits) {
                ax_kernel_warp_forward(
                    out, weights?.rawPointer.assumingMemoryBound(to: Float.self), $0, $1, images, height, width,
                    channels, size)
            }
        }
    }
    guard let weights else { return moved }
    let (wantsState, wantsLogits) = (state.isTracked, logits.isTracked)
    // The logits' gradient needs the state; the state's does not.
    let source = wantsLogits ? state.detached() : weights
    return moved.recorded("warpedByKernels", from: state, logits) { upstream in
        let atState = wantsState ? Tensor(uninitialized: upstream.shape) : nil
        let atLogits = wantsLogits ? Tensor(uninitialized: weights.shape) : nil
        withExtendedLifetime((atState, atLogits)) {
            withFloats(upstream, source, weights) {
                ax_kernel_warp_backward(
                    atState?.rawPointer.assumingMemoryBound(to: Float.self),
                    atLogits?.rawPointer.assumingMemoryBound(to: Float.self), $0, $1, $2, images, height, width,
                    channels, size)
            }
        }
        return [atState, atLogits]
    }
}

/// Moves images by a displacement per pixel: `ĥ[y, x] = h[y + dy, x + dx]`, bilinear between pixels, zero outside.
///
/// The gradient with respect to a displacement is the interpolant's, one-sided at whole pixels.
///
/// - Parameters:
///   - state: h, `[N, H, W, C]`, float32.
///   - flow: (dy, dx) in pixels, `[N, H, W, 2]`.
/// - Returns: the moved images, `[N, H, W, C]`.
/// - Source: Jaderberg et al. 2015, arXiv:1506.02025, equations 5–7; zero outside as in Shi et al. 2017, arXiv:1706.03458.
public func warpedByFlow(_ state: Tensor, flow: Tensor) -> Tensor {
    require(
        state.rank == 4 && flow.rank == 4 && flow.shape == Array(state.shape.dropLast()) + [2], "warpedByFlow",
        "flow \(flow.shape) does not fit images \(state.shape): [N, H, W, 2] and [N, H, W, C]")
    let (images, height, width, channels) = (state.shape[0], state.shape[1], state.shape[2], state.shape[3])
    let moved = Tensor(state.shape) { out in
        withFloats(state, flow) { ax_flow_warp_forward(out, $0, $1, images, height, width, channels) }
    }
    let (wantsState, wantsFlow) = (state.isTracked, flow.isTracked)
    let saved = (state: wantsFlow ? state.detached() : flow.detached(), flow: flow.detached())
    return moved.recorded("warpedByFlow", from: state, flow) { upstream in
        let atState = wantsState ? Tensor(uninitialized: upstream.shape) : nil
        let atFlow = wantsFlow ? Tensor(uninitialized: saved.flow.shape) : nil
        withExtendedLifetime((atState, atFlow)) {
            withFloats(upstream, saved.state, saved.flow) {
                ax_flow_warp_backward(
                    atState?.rawPointer.assumingMemoryBound(to: Float.self),
                    atFlow?.rawPointer.assumingMemoryBound(to: Float.self), $0, $1, $2, images, height, width, channels)
            }
        }
        return [atState, atFlow]
    }
}
