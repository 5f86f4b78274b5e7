import AuspexSupport
import CAuspexEngine

/// Rearranges channels into pixels: `y[n, f·i + a, f·j + b, c] = x[n, i, j, (c·f + a)·f + b]` for a, b in 0..<f.
///
/// The order of x's channels is PyTorch's: an output channel's f² pixels are neighbours, row by row.
///
/// - Parameters:
///   - x: `[N, H, W, C·f²]`, float32.
///   - factor: f, at least 1.
/// - Returns: `[N, f·H, f·W, C]`.
/// - Source: Shi et al. 2016, arXiv:1609.05158, equation 4.
public func pixelShuffled(_ x: Tensor, factor: Int) -> Tensor {
    require(
        x.rank == 4 && factor > 0 && x.shape[3] % (factor * factor) == 0, "pixelShuffled",
        "x must be [N, H, W, C·f²] with f = \(factor): \(x.shape)")
    let (n, h, w) = (x.shape[0], x.shape[1], x.shape[2])
    let (packed, channels) = (x.shape, x.shape[3] / (factor * factor))
    let output = Tensor([n, factor * h, factor * w, channels]) { out in
        withFloats(x) {
            ax_dnn_pixel_shuffle_forward($0, out, Int64(n), Int64(h), Int64(w), Int64(channels), Int64(factor))
        }
    }
    return output.recorded("pixelShuffled", from: x) { gradient in
        let atArgument = Tensor(packed) { out in
            withFloats(gradient) {
                ax_dnn_pixel_shuffle_backward($0, out, Int64(n), Int64(h), Int64(w), Int64(channels), Int64(factor))
            }
        }
        return [atArgument]
    }
}
