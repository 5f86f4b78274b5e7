import CAuspexEngine

/// Whether a function's derivative is computed from its input or its output.
private enum Saved { case argument, result }

private func mapped(_ operation: ax_unary_operation, _ name: String, _ x: Tensor, saving saved: Saved) -> Tensor {
    let result = Tensor(x.shape) { out in withFloats(x) { ax_unary(operation, out, $0, x.count) } }
    if !x.isTracked { return result }
    let kept = saved == .argument ? x.detached() : result
    return result.recorded(name, from: x) { gradient in
        let atArgument = Tensor(kept.shape) { out in
            withFloats(gradient, kept) { ax_unary_backward(operation, out, $0, $1, kept.count) }
        }
        return [atArgument]
    }
}

/// `eˣ`, number by number.
public func exp(_ x: Tensor) -> Tensor { mapped(ax_exp, "exp", x, saving: .result) }

/// The natural logarithm: −∞ at 0, NaN below.
public func log(_ x: Tensor) -> Tensor { mapped(ax_log, "log", x, saving: .argument) }

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { mapped(ax_tanh, "tanh", x, saving: .result) }

/// `1 / (1 + e⁻ˣ)`.
public func sigmoid(_ x: Tensor) -> Tensor { mapped(ax_sigmoid, "sigmoid", x, saving: .result) }

/// `max(x, 0)`; its gradient at 0 is 0.
public func relu(_ x: Tensor) -> Tensor { mapped(ax_relu, "relu", x, saving: .result) }

/// `x · σ(x)`, also called Swish.
///
/// - Source: Hendrycks and Gimpel 2016, arXiv:1606.08415.
public func silu(_ x: Tensor) -> Tensor { mapped(ax_silu, "silu", x, saving: .argument) }

/// `ln(1 + eˣ)`, without overflow. The cross-entropy of logits x to shares a is `softplus(x) − a x`.
public func softplus(_ x: Tensor) -> Tensor { mapped(ax_softplus, "softplus", x, saving: .argument) }

/// `x` clamped to limits; exactly on a limit the gradient passes.
public func clamped(_ x: Tensor, least: Float = -.infinity, most: Float = .infinity) -> Tensor {
    let result = Tensor(x.shape) { out in withFloats(x) { ax_clamp(out, $0, least, most, x.count) } }
    if !x.isTracked { return result }
    let argument = x.detached()
    return result.recorded("clamped", from: x) { gradient in
        let atArgument = Tensor(argument.shape) { out in
            withFloats(gradient, argument) { ax_clamp_backward(out, $0, $1, least, most, argument.count) }
        }
        return [atArgument]
    }
}

/// `x` from 0 up, `slope · x` below; its gradient at 0 is the slope.
public func leakyReLU(_ x: Tensor, slope: Float) -> Tensor {
    let result = Tensor(x.shape) { out in withFloats(x) { ax_leaky_relu(out, $0, slope, x.count) } }
    let argument = x.detached()
    return result.recorded("leakyReLU", from: x) { gradient in
        let atArgument = Tensor(argument.shape) { out in
            withFloats(gradient, argument) { ax_leaky_relu_backward(out, $0, $1, slope, argument.count) }
        }
        return [atArgument]
    }
}

/// `|x|`; its gradient at 0 is 0.
public func abs(_ x: Tensor) -> Tensor { mapped(ax_abs, "abs", x, saving: .argument) }

/// `x²`.
public func square(_ x: Tensor) -> Tensor { mapped(ax_square, "square", x, saving: .argument) }

/// `√x`: NaN below 0; its gradient at 0 is infinite.
public func squareRoot(_ x: Tensor) -> Tensor { mapped(ax_square_root, "squareRoot", x, saving: .result) }
