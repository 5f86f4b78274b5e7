import AuspexTensors

/// Says how two tensors differ, or nil: shape first, then every number by `|a − b| ≤ absolute + relative · |b|`. NaN on either side
/// is the worst difference, even where both have it: a broken reference must not excuse a broken result.
///
/// For `#expect(mismatch(…) == nil)`, which prints what this says.
package func mismatch(
    _ actual: Tensor, _ expected: PlainTensor<Double>, absolute: Double = 1e-5, relative: Double = 1e-4
) -> String? {
    guard actual.shape == expected.shape else { return "shape \(actual.shape) instead of \(expected.shape)" }
    var worst: (index: Int, excess: Double)?
    for (index, (a, b)) in zip(actual.scalars, expected.scalars).enumerated() {
        let a = Double(a)
        // Equal infinities, whose difference is NaN.
        if a == b { continue }
        let difference = abs(a - b) - (absolute + relative * abs(b))
        let excess = difference.isNaN ? .infinity : difference
        if excess > 0, excess > worst?.excess ?? 0 { worst = (index, excess) }
    }
    return worst.map {
        "\(actual.scalars[$0.index]) instead of \(expected.scalars[$0.index]) at element \($0.index) of \(actual.shape)"
    }
}

package func mismatch(
    _ actual: Tensor, _ expected: Tensor, absolute: Double = 1e-5, relative: Double = 1e-4
) -> String? {
    mismatch(actual, PlainTensor(expected), absolute: absolute, relative: relative)
}

/// The largest magnitude among numbers; infinite where one of them is NaN, which `max()` would pass over. 0 of none.
package func largestMagnitude(_ numbers: some Sequence<some BinaryFloatingPoint>) -> Double {
    numbers.reduce(0) { largest, number in
        let magnitude = Double(number.magnitude)
        return magnitude.isNaN ? .infinity : max(largest, magnitude)
    }
}
