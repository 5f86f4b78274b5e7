import AuspexSupport
import CAuspexEngine

/// `convolution(upsampledNearest(x), 3×3, same)` with 4/9 of the products: the image is never enlarged before the convolution.
///
/// An output pixel of parity (a, b) sees a 2×2 window of x, through a kernel whose taps are sums of the 3×3 kernel's. The four
/// parities are channels of one 2×2 convolution over `(H + 1) × (W + 1)` windows, whose results are then reordered.
/// The result differs from the composed operations by rounding only.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, float32.
///   - weight: `[3, 3, C, O]`.
///   - bias: `[O]`.
/// - Returns: `[N, 2H, 2W, O]`.
public func upsampledConvolution(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    require(
        x.rank == 4 && weight.rank == 4 && weight.shape[0] == 3 && weight.shape[1] == 3
            && x.elementType == .float32, "upsampledConvolution",
        "x must be float32 [N, H, W, C] and the weight [3, 3, C, O]: \(x.elementType) \(x.shape), \(weight.shape)")
    let (n, h, w) = (x.shape[0], x.shape[1], x.shape[2])
    let (channels, out) = (weight.shape[2], weight.shape[3])
    let parity = derivedKernel(weight, "parity", shape: [2, 2, channels, 4 * out]) {
        ax_dnn_parity_kernel_forward($0, $1, Int64(channels), Int64(out))
    }
    let wantsBias = bias?.isTracked ?? false
    let repeated = bias.map { bias in Tensor((0..<4).flatMap { _ in bias.scalars }, shape: [4 * out]) }
    var shape = ConvolutionShape(
        "upsampledConvolution", x: x, weight: parity, bias: repeated, stride: [1, 1],
        padding: .explicit([(1, 1), (1, 1)]), activation: .identity)
    // Nominal count: nine taps at every one of 2H × 2W places.
    shape.nominalFactor *= 9 * Double(h * w) / Double(4 * (h + 1) * (w + 1))
    let layout = shape
    let pixel = out * x.elementType.sizeBytes
    let output = Tensor(uninitialized: [n, 2 * h, 2 * w, out])
    let windows = shape.forward(x, weight: parity, bias: repeated)
    withExtendedLifetime(windows) {
        if !windows.hasMemory { return }
        ax_dnn_parity_grid_forward(windows.rawPointer, output.rawPointer, Int64(n), Int64(h), Int64(w), pixel)
    }
    let keptInput = weight.isTracked ? x.detached() : nil
    let keptKernel = x.isTracked ? parity : nil
    return output.recorded("upsampledConvolution", from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
        let upstream = Tensor(uninitialized: layout.outputShape)
        withExtendedLifetime(gradient) {
            if !upstream.hasMemory { return }
            ax_dnn_parity_grid_backward(
                gradient.rawPointer, upstream.rawPointer, Int64(n), Int64(h), Int64(w), pixel)
        }
        let parameters = layout.backwardWeights(keptInput, upstream, wantsBias: false)
        let kernel = parameters.weight.map { parities in
            Tensor([3, 3, channels, out]) { sums in
                withFloats(parities) { ax_dnn_parity_kernel_backward($0, sums, Int64(channels), Int64(out)) }
            }
        }
        return [keptKernel.map { layout.backwardData(upstream, weight: $0) }, kernel]
            + (bias == nil ? [] : [wantsBias ? columnSums(gradient) : nil])
    }
}

/// `averagePooled(convolution(x, side 3, same), size: 2)` with 4/9 of the products, 8/27 in time and space: one convolution of side 4 and stride 2.
///
/// In each dimension `w₄[t] = (w₃[t] + w₃[t − 1]) / 2`, with one zero before; an odd side's last position is dropped, as pooling drops it.
/// The result differs from the composed operations by rounding only.
///
/// - Parameters:
///   - x: `[N, H, W, C]` or `[N, T, H, W, C]`, float32, every side at least 2.
///   - weight: `[3, 3, C, O]` or `[3, 3, 3, C, O]`.
///   - bias: `[O]`.
/// - Returns: `[N, H/2, W/2, O]` or `[N, T/2, H/2, W/2, O]`, sides rounded down.
public func pooledConvolution(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
    let spatial = x.rank - 2
    require(
        (spatial == 2 || spatial == 3) && weight.rank == x.rank && weight.shape.prefix(spatial).allSatisfy { $0 == 3 }
            && x.elementType == .float32, "pooledConvolution",
        "x must be float32 images or clips and the weight of side 3: \(x.elementType) \(x.shape), \(weight.shape)")
    let sides = x.shape[1...spatial]
    require(sides.allSatisfy { $0 >= 2 }, "pooledConvolution", "a side of \(x.shape) is too small to halve")
    let count = Int64(weight.shape[spatial] * weight.shape[spatial + 1])
    let side4 = [Int](repeating: 4, count: spatial) + weight.shape.suffix(2)
    let kernel = derivedKernel(weight, "pooled", shape: side4) {
        ax_dnn_pooled_kernel_forward($0, $1, Int32(spatial), count)
    }
    var shape = ConvolutionShape(
        "pooledConvolution", x: x, weight: kernel, bias: bias, stride: [Int](repeating: 2, count: spatial),
        padding: .explicit(sides.map { (1, 1 - $0 % 2) }), activation: .identity)
    // Nominal count: 3 taps at every place of the large image in each dimension, instead of 4 at every second one.
    shape.nominalFactor *= sides.reduce(1.0) { $0 * 3 * Double($1) / Double(4 * ($1 / 2)) }
    let layout = shape
    let output = shape.forward(x, weight: kernel, bias: bias)
    let keptInput = weight.isTracked ? x.detached() : nil
    let keptKernel = x.isTracked ? kernel : nil
    let wantsBias = bias?.isTracked ?? false
    let weightShape = weight.shape
    return output.recorded("pooledConvolution", from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
        let parameters = layout.backwardWeights(keptInput, gradient, wantsBias: wantsBias)
        let taps = parameters.weight.map { pooled in
            Tensor(weightShape) { sums in
                withFloats(pooled) { ax_dnn_pooled_kernel_backward($0, sums, Int32(spatial), count) }
            }
        }
        return [keptKernel.map { layout.backwardData(gradient, weight: $0) }, taps]
            + (bias == nil ? [] : [parameters.bias])
    }
}

/// A kernel made of sums of another's taps, cached with the original weight as long as that does not change.
private func derivedKernel(
    _ weight: Tensor, _ name: String, shape: [Int],
    _ make: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
) -> Tensor {
    let key = DerivedKernel(name: name, offset: weight.offset, shape: shape)
    if let kept = weight.storage.derived[key] { return Tensor(storage: kept, shape: shape, elementType: .float32) }
    let kernel = Tensor(shape) { result in withFloats(weight) { make($0, result) } }
    weight.storage.derived[key] = kernel.storage
    return kernel
}

private struct DerivedKernel: Hashable {
    let name: String
    let offset: Int
    let shape: [Int]
}
