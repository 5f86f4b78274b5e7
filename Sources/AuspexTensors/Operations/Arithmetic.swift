import CAuspexEngine

/// `a ∘ b` with broadcasting, off the tape.
private func combined(_ operation: ax_binary_operation, _ name: String, _ a: Tensor, _ b: Tensor) -> Tensor {
    let meeting = Broadcast(name, a.shape, b.shape)
    return Tensor(meeting.shape) { out in
        if meeting.shape.product == 0 { return }
        withFloats(a, b) {
            ax_binary(
                operation, out, $0, $1, Int32(meeting.sizes.count), meeting.sizes, meeting.leftStrides,
                meeting.rightStrides)
        }
    }
}

/// `x · scale + shift`, off the tape.
private func scaled(_ x: Tensor, by scale: Float, plus shift: Float = 0) -> Tensor {
    Tensor(x.shape) { out in withFloats(x) { ax_scale_shift(out, $0, scale, shift, x.count) } }
}

/// 1 where two float32 tensors hold the same number, 0 elsewhere, with broadcasting; no gradient passes.
package func equalityMask(_ a: Tensor, _ b: Tensor) -> Tensor { combined(ax_equal, "equalityMask", a, b) }

/// Arithmetic on float32 tensors, number by number, with NumPy's broadcasting: shapes are aligned at the last axis and sides of 1 repeated.
extension Tensor {
    /// `a + b`, element by element.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        let (aShape, bShape) = (a.isTracked ? a.shape : nil, b.isTracked ? b.shape : nil)
        return combined(ax_add, "+", a, b).recorded("+", from: a, b) { gradient in
            [aShape.map(gradient.summed), bShape.map(gradient.summed)]
        }
    }

    /// `a − b`, element by element.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        let (aShape, bShape) = (a.isTracked ? a.shape : nil, b.isTracked ? b.shape : nil)
        return combined(ax_subtract, "-", a, b).recorded("-", from: a, b) { gradient in
            // Summed first, so that there is less to negate.
            [aShape.map(gradient.summed), bShape.map { -gradient.summed(to: $0) }]
        }
    }

    /// `a · b`, element by element.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        let (aShape, bShape) = (a.shape, b.shape)
        let (aKept, bKept) = (b.isTracked ? a.detached() : nil, a.isTracked ? b.detached() : nil)
        return combined(ax_multiply, "*", a, b).recorded("*", from: a, b) { gradient in
            [bKept.map { (gradient * $0).summed(to: aShape) }, aKept.map { (gradient * $0).summed(to: bShape) }]
        }
    }

    /// `a / b`, element by element; infinite or NaN where b is 0.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        let result = combined(ax_divide, "/", a, b)
        let (aShape, bShape, divisor) = (a.isTracked ? a.shape : nil, b.shape, b.detached())
        let quotient = b.isTracked ? result : nil
        return result.recorded("/", from: a, b) { gradient in
            let atDividend = gradient / divisor
            return [
                aShape.map(atDividend.summed),
                // ∂(a/b)/∂b = −(a/b)/b
                quotient.map { -(atDividend * $0).summed(to: bShape) },
            ]
        }
    }

    /// `−x`.
    public static prefix func - (x: Tensor) -> Tensor {
        scaled(x, by: -1).recorded("negate", from: x) { [-$0] }
    }

    /// `x + number`.
    public static func + (x: Tensor, number: Float) -> Tensor {
        scaled(x, by: 1, plus: number).recorded("+", from: x) { [$0] }
    }

    /// `number + x`.
    public static func + (number: Float, x: Tensor) -> Tensor { x + number }

    /// `x − number`.
    public static func - (x: Tensor, number: Float) -> Tensor { x + -number }

    /// `number − x`.
    public static func - (number: Float, x: Tensor) -> Tensor {
        scaled(x, by: -1, plus: number).recorded("-", from: x) { [-$0] }
    }

    /// `x · number`.
    public static func * (x: Tensor, number: Float) -> Tensor {
        scaled(x, by: number).recorded("*", from: x) { [scaled($0, by: number)] }
    }

    /// `number · x`.
    public static func * (number: Float, x: Tensor) -> Tensor { x * number }

    /// `x / number`.
    public static func / (x: Tensor, number: Float) -> Tensor { x / Tensor(number) }

    /// `number / x`.
    public static func / (number: Float, x: Tensor) -> Tensor { Tensor(number) / x }
}
