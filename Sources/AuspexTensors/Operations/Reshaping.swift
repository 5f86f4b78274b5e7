import AuspexSupport

extension Tensor {
    /// The same numbers in order under another shape: a view.
    public func reshaped(to target: [Int]) -> Tensor {
        require(
            target.product == count, "reshaped",
            "\(shape) has \(count, "number"), \(target) would have \(target.product)"
        )
        let source = shape
        return viewed(as: target).recorded("reshaped", from: self) { [$0.viewed(as: source)] }
    }

    /// Axes in another order: axis i of the result is axis `permutation[i]` of this. A view if only sides of 1 move.
    public func transposed(_ permutation: [Int]) -> Tensor {
        require(
            permutation.sorted() == Array(shape.indices), "transposed",
            "\(permutation) is not a permutation of the axes of \(shape)")
        return permuted(permutation).recorded("transposed", from: self) { gradient in
            var inverse = permutation
            for (to, from) in permutation.enumerated() { inverse[from] = to }
            return [gradient.permuted(inverse)]
        }
    }

    private func permuted(_ permutation: [Int]) -> Tensor {
        let target = permutation.map { shape[$0] }
        let long = permutation.filter { shape[$0] != 1 }
        if long == long.sorted() { return viewed(as: target) }
        let strides = shape.denseStrides
        let result = Tensor(uninitialized: target, elementType: elementType)
        copyStrided(
            from: self, strides: permutation.map { strides[$0] }, to: result, targetStrides: target.denseStrides,
            sizes: target)
        return result
    }
}
