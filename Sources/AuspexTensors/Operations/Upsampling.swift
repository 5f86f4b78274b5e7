import AuspexSupport
import CAuspexEngine

/// Repeats each pixel four times: `y[n, 2i + a, 2j + b, c] = x[n, i, j, c]` for a, b in {0, 1}.
///
/// - Parameter x: `[N, H, W, C]`, any element type forward; gradients are float32.
/// - Returns: `[N, 2H, 2W, C]`.
public func upsampledNearest(_ x: Tensor) -> Tensor {
    require(x.rank == 4, "upsampledNearest", "x must be [N, H, W, C], not \(x.shape)")
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let output = Tensor(uninitialized: [n, 2 * h, 2 * w, c], elementType: x.elementType)
    withExtendedLifetime(x) {
        if !output.hasMemory { return }
        ax_dnn_upsample_forward(
            x.rawPointer, output.rawPointer, Int64(n), Int64(h), Int64(w), c * x.elementType.sizeBytes)
    }
    return output.recorded("upsampledNearest", from: x) { gradient in
        [
            Tensor([n, h, w, c]) { sums in
                withFloats(gradient) { ax_dnn_upsample_backward($0, sums, Int64(n), Int64(h), Int64(w), Int64(c)) }
            }
        ]
    }
}

/// Twice as large in both directions, bilinear between pixel centres, edges repeated: a new pixel is a quarter of an old one away from its nearest,
/// `y[2i] = ¼ x[i − 1] + ¾ x[i]`, `y[2i + 1] = ¾ x[i] + ¼ x[i + 1]` along each side.
///
/// - Parameter x: `[N, H, W, C]`, float32.
/// - Returns: `[N, 2H, 2W, C]`.
public func upsampledBilinear(_ x: Tensor) -> Tensor {
    require(x.rank == 4, "upsampledBilinear", "x must be [N, H, W, C], not \(x.shape)")
    let (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let output = Tensor([n, 2 * h, 2 * w, c]) { out in
        withFloats(x) { ax_bilinear_upsample_forward(out, $0, n, h, w, c) }
    }
    return output.recorded("upsampledBilinear", from: x) { gradient in
        [Tensor([n, h, w, c]) { sums in withFloats(gradient) { ax_bilinear_upsample_backward(sums, $0, n, h, w, c) } }]
    }
}
