/// The slow, readable references of the elementwise and moving operations.
package enum Plain {
    /// NumPy's broadcasting, place by place.
    package static func combined<S>(
        _ a: PlainTensor<S>, _ b: PlainTensor<S>, _ function: (S, S) -> S
    ) -> PlainTensor<S> {
        let rank = max(a.shape.count, b.shape.count)
        func side(_ x: PlainTensor<S>, _ axis: Int) -> Int {
            let own = axis - (rank - x.shape.count)
            return own < 0 ? 1 : x.shape[own]
        }
        func own(_ x: PlainTensor<S>, _ place: [Int]) -> [Int] {
            zip(place.suffix(x.shape.count), x.shape).map { $1 == 1 ? 0 : $0 }
        }
        let shape = (0..<rank).map { side(a, $0) == 1 ? side(b, $0) : side(a, $0) }
        return PlainTensor(shape) { function(a[own(a, $0)], b[own(b, $0)]) }
    }

    /// The numbers that a reduction puts together, an output place each.
    private static func gathered<S>(_ x: PlainTensor<S>, along axes: [Int]) -> PlainGroups<S> {
        let kept = x.shape.indices.filter { !axes.contains($0) }
        let shape = kept.map { x.shape[$0] }
        var groups = [[S]](repeating: [], count: shape.product)
        for place in x.shape.places {
            groups[zip(kept.map { place[$0] }, shape).reduce(0) { $0 * $1.1 + $1.0 }].append(x[place])
        }
        return PlainGroups(shape: shape, groups: groups)
    }

    package static func sum<S>(_ x: PlainTensor<S>, along axes: [Int]) -> PlainTensor<S> {
        let all = gathered(x, along: axes)
        return PlainTensor(all.shape, all.groups.map { $0.reduce(0, +) })
    }

    package static func mean<S>(_ x: PlainTensor<S>, along axes: [Int]) -> PlainTensor<S> {
        let all = gathered(x, along: axes)
        return PlainTensor(all.shape, all.groups.map { $0.reduce(0, +) / S($0.count) })
    }

    package static func maximum<S>(_ x: PlainTensor<S>, along axes: [Int]) -> PlainTensor<S> {
        let all = gathered(x, along: axes)
        return PlainTensor(all.shape, all.groups.map { $0.max() ?? 0 })
    }

    package static func softmax<S>(_ x: PlainTensor<S>, along axis: Int) -> PlainTensor<S> {
        let exponentials = x.map(S.exponential)
        let sums = sum(exponentials, along: [axis])
        return PlainTensor(x.shape) { place in
            var group = place
            group.remove(at: axis)
            return exponentials[place] / sums[group]
        }
    }

    package static func transposed<S>(_ x: PlainTensor<S>, _ permutation: [Int]) -> PlainTensor<S> {
        PlainTensor(permutation.map { x.shape[$0] }) { place in
            var source = place
            for (to, from) in permutation.enumerated() { source[from] = place[to] }
            return x[source]
        }
    }

    /// The box of a shape that begins at `origin`; zeros outside the shape.
    package static func box<S>(_ x: PlainTensor<S>, at origin: [Int], shape: [Int]) -> PlainTensor<S> {
        PlainTensor(shape) { place in x.padded(zip(place, origin).map { $0 + $1 }) }
    }

    package static func joined<S>(_ a: PlainTensor<S>, _ b: PlainTensor<S>, along axis: Int) -> PlainTensor<S> {
        var shape = a.shape
        shape[axis] += b.shape[axis]
        return PlainTensor(shape) { place in
            var source = place
            if place[axis] < a.shape[axis] { return a[source] }
            source[axis] -= a.shape[axis]
            return b[source]
        }
    }
}

private struct PlainGroups<Scalar> {
    let shape: [Int]
    let groups: [[Scalar]]
}
