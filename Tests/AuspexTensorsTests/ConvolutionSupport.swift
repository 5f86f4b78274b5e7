import AuspexTensors
import TestSupport
import Testing

/// Random numbers of a shape, the same each time for the same name.
func numbers(_ shape: [Int], _ name: String) -> Tensor { RandomStream(seed: 11, name: name).normal(shape) }

func doubles(_ tensor: Tensor) -> [Double] { tensor.scalars.map(Double.init) }

/// Shape first, then every number: `|a − b| ≤ atol + rtol · |b|`, where atol scales with the largest expected number; NaN fails.
func expectClose(
    _ actual: Tensor?, _ expected: [Double], shape: [Int], rtol: Double = 1e-5, atol: Double = 2e-6,
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let actual else {
        Issue.record("\(what): no tensor", sourceLocation: sourceLocation)
        return
    }
    #expect(actual.shape == shape, "\(what)", sourceLocation: sourceLocation)
    let numbers = actual.scalars
    guard numbers.count == expected.count else {
        Issue.record("\(what): \(numbers.count) numbers for \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    let scale = expected.reduce(1) { max($0, abs($1)) }
    var worst = (index: -1, excess: 0.0)
    for (i, (a, b)) in zip(numbers, expected).enumerated() {
        let excess = abs(Double(a) - b) - atol * scale - rtol * abs(b)
        if !(excess <= 0), !(excess <= worst.excess) { worst = (i, excess) }
    }
    if worst.index >= 0 {
        Issue.record(
            "\(what): at \(worst.index) of \(shape) found \(numbers[worst.index]), expected \(expected[worst.index])",
            sourceLocation: sourceLocation)
    }
}

func expectClose(
    _ actual: Tensor, _ expected: Tensor, rtol: Double = 1e-5, atol: Double = 2e-6, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        actual, doubles(expected), shape: expected.shape, rtol: rtol, atol: atol, what, sourceLocation: sourceLocation)
}

/// The output and the gradients of `Σ upstream · output` at all inputs, with the upstream random.
///
/// - Parameter mask: factors of the upstream, of the output's shape: zero where no gradient is asked for.
func outputAndGradients(
    _ inputs: [Tensor], upstream name: String = "upstream", masked mask: Tensor? = nil,
    of function: ([Tensor]) -> Tensor
) -> (output: Tensor, upstream: Tensor, gradients: [Tensor]) {
    let tape = Tape()
    let leaves = inputs.map { tape.watch($0) }
    let output = function(leaves)
    let upstream = mask.map { numbers(output.shape, name) * $0 } ?? numbers(output.shape, name)
    return (output.detached(), upstream, tape.gradients(of: output, upstream: upstream, at: leaves))
}
