import AuspexSupport

extension Tensor {
    /// `count` places of an axis, from `first` on; a view along the first axis. Negative axes count from the end.
    public func sliced(_ axis: Int, from first: Int, count: Int) -> Tensor {
        let axis = shape.axis(axis, of: "sliced")
        require(
            first >= 0 && count >= 0 && first + count <= shape[axis], "sliced",
            "\(first)..<\(first + count) is not within axis \(axis) of \(shape)")
        var origin = [Int](repeating: 0, count: rank)
        var target = shape
        (origin[axis], target[axis]) = (first, count)
        return boxed("sliced", at: origin, shape: target)
    }

    /// Pads with zeros: `widths` gives the number before and after, for each axis.
    public func padded(_ widths: [(before: Int, after: Int)]) -> Tensor {
        require(widths.count == rank, "padded", "\(widths.count, "width") for the \(rank, "axis", "axes") of \(shape)")
        require(
            widths.allSatisfy { $0.before >= 0 && $0.after >= 0 }, "padded", "a width is negative: \(widths)")
        let target = zip(shape, widths).map { $0 + $1.before + $1.after }
        let origin = widths.map(\.before)
        let source = shape
        return detached().embedded(in: target, at: origin).recorded("padded", from: self) {
            [$0.box(at: origin, shape: source)]
        }
    }

    /// A window of images `[…, H, W, C]`.
    public func cropped(height: Range<Int>, width: Range<Int>) -> Tensor {
        require(rank >= 3, "cropped", "\(shape) has no height, width and channels")
        let (rows, columns) = (rank - 3, rank - 2)
        require(
            height.lowerBound >= 0 && height.upperBound <= shape[rows] && width.lowerBound >= 0
                && width.upperBound <= shape[columns], "cropped",
            "rows \(height), columns \(width) are not within \(shape)")
        var origin = [Int](repeating: 0, count: rank)
        var target = shape
        (origin[rows], origin[columns]) = (height.lowerBound, width.lowerBound)
        (target[rows], target[columns]) = (height.count, width.count)
        return boxed("cropped", at: origin, shape: target)
    }

    /// Consecutive parts of an axis, whose gradients are joined once. Negative axes count from the end.
    ///
    /// - Parameter counts: how many places each part has; their sum is the axis.
    public func split(_ axis: Int, counts: [Int]) -> [Tensor] {
        let axis = shape.axis(axis, of: "split")
        require(
            counts.reduce(0, +) == shape[axis], "split", "parts \(counts) are not all of axis \(axis) of \(shape)")
        var parts: [Tensor] = []
        var origin = [Int](repeating: 0, count: rank)
        var target = shape
        for count in counts {
            target[axis] = count
            parts.append(detached().box(at: origin, shape: target))
            origin[axis] += count
        }
        let shapes = parts.map(\.shape)
        return AuspexTensors.recorded("split", parts, from: [self]) { gradients in
            [joinedOffTape(zip(gradients, shapes).map { $0 ?? Tensor(zeros: $1) }, axis: axis)]
        }
    }

    private func boxed(_ operation: String, at origin: [Int], shape target: [Int]) -> Tensor {
        let source = shape
        return detached().box(at: origin, shape: target).recorded(operation, from: self) {
            [$0.embedded(in: source, at: origin)]
        }
    }
}
