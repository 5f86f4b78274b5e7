import AuspexSupport
import CAuspexEngine

/// Moves every pixel to its destination: `out[n, t] = Σₚ values[n, p] · b(· − p − flow[n, t, p])` with the bilinear hat b, not normalised; what falls
/// outside is lost.
///
/// The adjoint of sampling by `warpedByFlow`: its gradient at the values is that warp of the upstream gradient, its gradient at a displacement that
/// of the warp with image and upstream exchanged.
///
/// - Parameters:
///   - values: `[N, H, W, C]`, float32.
///   - flow: (dy, dx) in pixels at T times, `[N, T, H, W, 2]`.
/// - Returns: `[N, T, H, W, C]`.
/// - Source: summation splatting of Niklaus and Liu 2020, arXiv:2003.05534, equations 2–4.
public func splatted(_ values: Tensor, flow: Tensor) -> Tensor {
    let moved = MovedImage("splatted", values, flow)
    let output = Tensor(moved.shape) { out in
        withFloats(values, flow) {
            ax_splat_forward(out, $0, $1, moved.images, moved.times, moved.height, moved.width, moved.channels)
        }
    }
    return moved.recorded("splatted", output) {
        ax_splat_backward($0, $1, $2, $3, $4, moved.images, moved.times, moved.height, moved.width, moved.channels)
    }
}

/// Samples images at displaced places, bilinear between pixels, with edges repeated outside: `out[n, t, p] = image[n](p + flow[n, t, p])`.
///
/// For a place on or beyond an edge, the gradient across that edge is 0.
///
/// - Parameters:
///   - image: `[N, H, W, C]`, float32.
///   - flow: (dy, dx) in pixels at T times, `[N, T, H, W, 2]`.
/// - Returns: `[N, T, H, W, C]`.
public func sampledWithEdges(_ image: Tensor, flow: Tensor) -> Tensor {
    let moved = MovedImage("sampledWithEdges", image, flow)
    let output = Tensor(moved.shape) { out in
        withFloats(image, flow) {
            ax_edge_sample_forward(out, $0, $1, moved.images, moved.times, moved.height, moved.width, moved.channels)
        }
    }
    return moved.recorded("sampledWithEdges", output) {
        ax_edge_sample_backward(
            $0, $1, $2, $3, $4, moved.images, moved.times, moved.height, moved.width, moved.channels)
    }
}

/// Images and their displacements at some times: the values are stored once, not once per time.
private struct MovedImage {
    let image: Tensor
    let flow: Tensor
    let (images, times, height, width, channels): (Int, Int, Int, Int, Int)
    let shape: [Int]

    init(_ operation: String, _ image: Tensor, _ flow: Tensor) {
        require(
            image.rank == 4 && flow.rank == 5 && flow.shape[0] == image.shape[0]
                && flow.shape.suffix(3) == image.shape[1...2] + [2] && image.count > 0, operation,
            "flow \(flow.shape) does not fit images \(image.shape): [N, T, H, W, 2] and [N, H, W, C]")
        (images, times, channels) = (image.shape[0], flow.shape[1], image.shape[3])
        (height, width) = (image.shape[1], image.shape[2])
        shape = flow.shape.dropLast() + [channels]
        (self.image, self.flow) = (image, flow)
    }

    /// - Parameter backward: writes the gradients of image and flow, if they are not nil, from upstream, image and flow.
    func recorded(
        _ operation: String, _ output: Tensor,
        _ backward:
            @escaping (
                UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafePointer<Float>, UnsafePointer<Float>,
                UnsafePointer<Float>
            ) -> Void
    ) -> Tensor {
        let (wantsImage, wantsFlow) = (image.isTracked, flow.isTracked)
        // Only the flow's gradient needs the image; otherwise any value will do.
        let saved = (image: wantsFlow ? image.detached() : flow.detached(), flow: flow.detached())
        let imageShape = image.shape
        return output.recorded(operation, from: image, flow) { upstream in
            let atImage = wantsImage ? Tensor(uninitialized: imageShape) : nil
            let atFlow = wantsFlow ? Tensor(uninitialized: saved.flow.shape) : nil
            withExtendedLifetime((atImage, atFlow)) {
                withFloats(upstream, saved.image, saved.flow) {
                    backward(atImage?.floatPointer, atFlow?.floatPointer, $0, $1, $2)
                }
            }
            return [atImage, atFlow]
        }
    }
}
