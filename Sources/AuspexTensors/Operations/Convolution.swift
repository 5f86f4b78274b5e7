import AuspexSupport
import CAuspexEngine

/// How a convolution pads the border of an image or clip.
public enum Padding: Sendable, Equatable {
    /// Zeros around, `(k − 1) / 2` before and `k / 2` after each side: an output side is `⌈input / stride⌉`.
    case same
    /// No padding.
    case valid
    /// Explicit zeros, one pair for each spatial dimension in order (time, height, width).
    case explicit([(before: Int, after: Int)])

    /// The zeros before and after each side.
    func pads(_ operation: String, window: [Int]) -> [(before: Int, after: Int)] {
        switch self {
        case .same: return window.map { (($0 - 1) / 2, $0 / 2) }
        case .valid: return window.map { _ in (0, 0) }
        case .explicit(let pads):
            require(
                pads.count == window.count && pads.allSatisfy { $0.before >= 0 && $0.after >= 0 }, operation,
                "\(window.count, "pair") of padding wanted, none negative: \(pads)")
            return pads
        }
    }

    public static func == (a: Padding, b: Padding) -> Bool {
        switch (a, b) {
        case (.same, .same), (.valid, .valid): true
        case (.explicit(let a), .explicit(let b)): a.elementsEqual(b, by: ==)
        default: false
        }
    }
}

/// An activation applied to a convolution's output at no extra cost.
public enum Activation: String, Sendable, Codable {
    /// Nothing.
    case identity
    /// `max(x, 0)`.
    case relu
}

/// How a convolution's sums are computed.
public enum ConvolutionMethod: String, Sendable, Codable {
    /// One product at a time.
    case products
    /// By minimal filtering (Winograd) if there is one for the shape: windows of the input and the kernel are transformed so that a quarter of the
    /// products suffice. Rounding errors are about ten times larger, 1e-5 of the largest result. Forward only: gradients are always summed product by product.
    case filtering
    /// The same for the output and for the gradient of x, which is a convolution, too; the weight's gradient is summed product by product.
    case filteringBothWays
}

/// Cross-correlates with a kernel: `y[n, p, o] = ρ(b[o] + Σ_{q, i} x[n, s·p + q − before, i] · w[q, i, o])`, zero outside.
///
/// With G groups, the g-th of G equal blocks of output channels sees only the g-th block of input channels, and i counts within it.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, or `[N, T, H, W, C]` for a convolution in time and space.
///   - weight: `[kh, kw, C/G, O]` or `[kt, kh, kw, C/G, O]`, of x's element type.
///   - bias: `[O]`, float32.
///   - stride: one number for each spatial dimension.
///   - groups: G, which divides C and O.
///   - activation: ρ.
///   - method: how the output's sums are computed.
/// - Returns: `[N, H', W', O]` or `[N, T', H', W', O]`, with `H' = (H + before + after − kh) / s + 1` rounded down.
public func convolution(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: [Int], groups: Int = 1, padding: Padding = .same,
    activation: Activation = .identity, method: ConvolutionMethod = .products
) -> Tensor {
    let shape = ConvolutionShape(
        "convolution", x: x, weight: weight, bias: bias, stride: stride, padding: padding, activation: activation,
        groups: groups, method: method)
    let output = shape.forward(x, weight: weight, bias: bias)
    // Keep alive only what a gradient needs: x is for the weight's gradient, the weight for x's, the output for the ReLU's.
    let keptInput = weight.isTracked ? x.detached() : nil
    let keptWeight = x.isTracked ? weight.detached() : nil
    let keptOutput = activation == .relu ? output.detached() : nil
    let wantsBias = bias?.isTracked ?? false
    return output.recorded("convolution", from: [x, weight] + (bias.map { [$0] } ?? [])) { gradient in
        let upstream = keptOutput.map { reluGradient(gradient, output: $0) } ?? gradient
        let parameters = shape.backwardWeights(keptInput, upstream, wantsBias: wantsBias)
        return [keptWeight.map { shape.backwardData(upstream, weight: $0) }, parameters.weight]
            + (bias == nil ? [] : [parameters.bias])
    }
}

/// The same with one stride for all dimensions.
public func convolution(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, groups: Int = 1, padding: Padding = .same,
    activation: Activation = .identity, method: ConvolutionMethod = .products
) -> Tensor {
    convolution(
        x, weight: weight, bias: bias, stride: [Int](repeating: stride, count: max(x.rank - 2, 0)), groups: groups,
        padding: padding, activation: activation, method: method)
}

/// The upstream gradient where the ReLU's output was positive.
func reluGradient(_ gradient: Tensor, output: Tensor) -> Tensor {
    Tensor(output.shape) { result in
        withFloats(gradient, output) { ax_unary_backward(ax_relu, result, $0, $1, output.count) }
    }
}
