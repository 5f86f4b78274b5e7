import CAuspexEngine

/// `e^xᵢ / Σⱼ e^xⱼ` along an axis; negative axes count from the end.
public func softmax(_ x: Tensor, along axis: Int) -> Tensor {
    let axis = x.shape.axis(axis, of: "softmax")
    let outer = x.shape[..<axis].reduce(1, *)
    let count = x.shape[axis]
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let result = Tensor(x.shape) { out in withFloats(x) { ax_softmax(out, $0, outer, count, inner) } }
    return result.recorded("softmax", from: x) { gradient in
        let atArgument = Tensor(result.shape) { out in
            withFloats(gradient, result) { ax_softmax_backward(out, $0, $1, outer, count, inner) }
        }
        return [atArgument]
    }
}
