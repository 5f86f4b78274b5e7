import AuspexTensors

/// Says how two tensors differ, or nil: shape first, then every number by `|a − b| ≤ absolute + relative · |b|`. NaN agrees with NaN only.
///
/// For `#expect(mismatch(…) == nil)`, which prints what this says.
package func mismatch(
    _ actual: Tensor, _ expected: PlainTensor<Double>, absolute: Double = 1e-5, relative: Double = 1e-4
) -> String? {
    guard actual.shape == expected.shape else { return "shape \(actual.shape) instead of \(expected.shape)" }
    var worst: (index: Int, excess: Double)?
    for (index, (a, b)) in zip(actual.scalars, expected.scalars).enumerated() {
        let a = Double(a)
        if a == b || (a.isNaN && b.isNaN) { continue }
        let excess = abs(a - b) - (absolute + relative * abs(b))
        // A comparison that NaN fails.
        if !(excess <= 0), !(excess <= worst?.excess ?? -.infinity) { worst = (index, excess) }
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
