import AuspexSupport

/// Joins tensors along an axis; all other sides are equal. Negative axes count from the end.
public func joined(_ parts: [Tensor], along axis: Int) -> Tensor {
    guard let first = parts.first else { stopProgram("joined", "nothing to join") }
    let axis = first.shape.axis(axis, of: "joined")
    for part in parts {
        var sides = part.shape
        if sides.count == first.rank { sides[axis] = first.shape[axis] }
        require(
            sides == first.shape && part.elementType == first.elementType, "joined",
            "\(first.shape) of \(first.elementType) and \(part.shape) of \(part.elementType) do not join along axis \(axis)"
        )
    }
    let places = parts.map { (shape: $0.shape, isTracked: $0.isTracked) }
    return joinedOffTape(parts, axis: axis).recorded("joined", from: parts) { gradient in
        var origin = [Int](repeating: 0, count: gradient.rank)
        return places.map { place in
            defer { origin[axis] += place.shape[axis] }
            return place.isTracked ? gradient.box(at: origin, shape: place.shape) : nil
        }
    }
}

func joinedOffTape(_ parts: [Tensor], axis: Int) -> Tensor {
    if parts.count == 1 { return parts[0].detached() }
    var target = parts[0].shape
    target[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let result = Tensor(uninitialized: target, elementType: parts[0].elementType)
    var origin = [Int](repeating: 0, count: target.count)
    for part in parts {
        result.write(part, at: origin)
        origin[axis] += part.shape[axis]
    }
    return result
}

/// Tensors of one shape along a new leading axis.
public func stacked(_ parts: [Tensor]) -> Tensor {
    joined(parts.map { $0.reshaped(to: [1] + $0.shape) }, along: 0)
}

extension Tensor {
    /// The parts along the leading axis, as views, whose gradients are stacked once.
    public func unstacked() -> [Tensor] {
        require(rank > 0, "unstacked", "a tensor without axes has no parts")
        let part = Array(shape.dropFirst())
        let size = part.product
        let views = (0..<shape[0]).map { viewed(as: part, from: $0 * size) }
        return AuspexTensors.recorded("unstacked", views, from: [self]) { gradients in
            [joinedOffTape(gradients.map { ($0 ?? Tensor(zeros: part)).viewed(as: [1] + part) }, axis: 0)]
        }
    }
}
