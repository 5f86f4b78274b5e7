import Foundation
import Testing

import AuspexTensors

extension Tensor {
    /// The largest absolute value.
    var magnitude: Float { scalars.reduce(0) { Swift.max($0, Swift.abs($1)) } }
    var isFinite: Bool { scalars.allSatisfy { $0.isFinite } }
}

/// Compares whole tensors: shape first, then every number within `tolerance · scale`, where the scale is the expected tensor's largest magnitude
/// unless given. No number that is not one passes. The worst place is printed.
func expectClose(
    _ found: Tensor, _ expected: Tensor, _ what: String, within tolerance: Float, of scale: Float? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard found.shape == expected.shape else {
        Issue.record("\(what): shape \(found.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let (a, b) = (found.scalars, expected.scalars)
    var (worst, place): (Float, Int) = (-1, 0)
    for i in a.indices {
        let difference = Swift.abs(a[i] - b[i])
        // Written so that NaN on either side is the worst of all.
        if !(difference <= worst) { (worst, place) = (difference.isNaN ? .infinity : difference, i) }
    }
    let unit = scale ?? expected.magnitude
    Deviations.note(what, unit > 0 ? worst / unit : worst)
    if !(worst <= tolerance * unit) {
        Issue.record(
            "\(what): \(a[place]) at \(index(place, in: found.shape)), expected \(b[place]): off by \(worst / unit) of \(unit), allowed \(tolerance)",
            sourceLocation: sourceLocation)
    }
}

/// The place of an element by dimension.
private func index(_ element: Int, in shape: [Int]) -> [Int] {
    var (rest, index): (Int, [Int]) = (element, [])
    for side in shape.reversed() {
        index.insert(rest % side, at: 0)
        rest /= side
    }
    return index
}

/// Prints each comparison's deviation from the oracle if `AUSPEX_PRINT_DEVIATIONS` is set, for choosing tolerances.
enum Deviations {
    private static let isPrinting = ProcessInfo.processInfo.environment["AUSPEX_PRINT_DEVIATIONS"] != nil

    static func note(_ what: String, _ value: Float) {
        if isPrinting { print("deviation \(value) \(what)") }
    }
}

@Suite struct ComparisonTests {
    @Test func failsWhatDiffers() {
        let one = Tensor([1, 2] as [Float], shape: [2])
        expectClose(one, one, "itself", within: 0)
        for (other, why) in [
            (Tensor([1, .nan] as [Float], shape: [2]), "NaN"),
            (Tensor([1, 2.1] as [Float], shape: [2]), "a difference"),
            (Tensor([1, 2] as [Float], shape: [2, 1]), "another shape"),
        ] {
            withKnownIssue { expectClose(other, one, why, within: 1e-2) }
            withKnownIssue { expectClose(one, other, why, within: 1e-2) }
        }
    }
}
