import AuspexSupport
import CAuspexEngine

/// The axes of a reduction, and the shapes before and after.
private struct Reduced {
    let kept: [Int]
    let result: [Int]
    let count: Int
    private let axes: [Int]
    private let shape: [Int]

    init(_ operation: String, _ shape: [Int], along numbers: [Int]?, keepingDimensions: Bool) {
        let axes = Set((numbers ?? Array(shape.indices)).map { shape.axis($0, of: operation) })
        self.shape = shape
        self.axes = axes.sorted()
        kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        result = keepingDimensions ? kept : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
        count = axes.map { shape[$0] }.product
    }

    /// Reduces one group of adjacent axes after another, the last first, where the data shrinks most and is read in order.
    func apply(_ reduction: ax_reduction, to x: Tensor, scale: Float = 1) -> Tensor {
        var sides = shape
        var current = x.detached()
        var last = axes.count - 1
        repeat {
            var first = last
            while first > 0, axes[first - 1] == axes[first] - 1 { first -= 1 }
            let run = last < 0 ? 0..<0 : axes[first]..<axes[last] + 1
            let outer = sides[..<run.lowerBound].reduce(1, *)
            let inner = sides[run.upperBound...].reduce(1, *)
            let reduced = sides[run].reduce(1, *)
            for axis in run { sides[axis] = 1 }
            last = first - 1
            current = Self.reduce(reduction, current, outer, reduced, inner, scale: last < 0 ? scale : 1)
        } while last >= 0
        return current.viewed(as: result)
    }

    private static func reduce(
        _ reduction: ax_reduction, _ x: Tensor, _ outer: Int, _ reduced: Int, _ inner: Int, scale: Float
    ) -> Tensor {
        let scratch = Tensor(uninitialized: [ax_reduce_scratch(outer, reduced, inner)])
        return Tensor([outer * inner]) { out in
            withFloats(x) { x in
                scratch.withScratch { ax_reduce(reduction, out, x, outer, reduced, inner, scale, $0) }
            }
        }
    }
}

extension Tensor {
    /// Space for a kernel's partial results.
    func withScratch<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        defer { withExtendedLifetime(storage) {} }
        return body(rawPointer.assumingMemoryBound(to: Float.self))
    }
}

/// The sum over axes (over all without `axes`), computed in float32 blocks that are added in Double: the same bits on any number of threads.
///
/// - Parameters:
///   - axes: the axes to sum over; negative ones count from the end.
///   - keepingDimensions: whether summed axes stay as sides of 1.
public func sum(_ x: Tensor, along axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let reduced = Reduced("sum", x.shape, along: axes, keepingDimensions: keepingDimensions)
    let shape = x.shape
    return reduced.apply(ax_sum, to: x).recorded("sum", from: x) { gradient in
        [gradient.viewed(as: reduced.kept).repeated(to: shape)]
    }
}

/// The mean over axes; see `sum`.
public func mean(_ x: Tensor, along axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let reduced = Reduced("mean", x.shape, along: axes, keepingDimensions: keepingDimensions)
    let shape = x.shape
    let scale = 1 / Float(reduced.count)
    return reduced.apply(ax_sum, to: x, scale: scale).recorded("mean", from: x) { gradient in
        [(gradient * scale).viewed(as: reduced.kept).repeated(to: shape)]
    }
}

/// The maximum over axes, NaN if there is one. Its gradient is shared evenly by all places that have it.
public func maximum(_ x: Tensor, along axes: [Int]? = nil, keepingDimensions: Bool = false) -> Tensor {
    let reduced = Reduced("maximum", x.shape, along: axes, keepingDimensions: keepingDimensions)
    require(reduced.count > 0, "maximum", "of no numbers: shape \(x.shape)")
    let result = reduced.apply(ax_maximum, to: x)
    if !x.isTracked { return result }
    let (argument, greatest) = (x.detached(), result.viewed(as: reduced.kept))
    return result.recorded("maximum", from: x) { gradient in
        let mask = equalityMask(argument, greatest)
        let places = reduced.apply(ax_sum, to: mask).viewed(as: reduced.kept)
        return [mask * (gradient.viewed(as: reduced.kept) / places)]
    }
}
