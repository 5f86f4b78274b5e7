import AuspexTensors

/// Compares a fast operation with its plain reference on every instruction set that the processor has, and its gradients with the reference's
/// central differences in Double; says what differs, or nil.
///
/// The upstream gradient is random. Each input's gradient is also asked for alone, and must have the same bits then.
package func gradientMismatch(
    of operation: ([Tensor]) -> Tensor, against plain: ([PlainTensor<Double>]) -> PlainTensor<Double>,
    at inputs: [Tensor], absolute: Double = 2e-5, relative: Double = 2e-4
) -> String? {
    let points = inputs.map { PlainTensor<Double>($0) }
    let output = plain(points)
    let upstream = RandomStream(seed: 5, name: "upstream").normal(output.shape)
    let weights = upstream.scalars.map(Double.init)
    let gradients = points.indices.map { number in
        let differences = centralDifferences(at: points[number].scalars) { moved in
            var all = points
            all[number].scalars = moved
            return zip(plain(all).scalars, weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return PlainTensor(points[number].shape, differences)
    }
    var found: String?
    forEveryInstructionSet { set in
        let difference = difference(
            of: operation, at: inputs, upstream: upstream, output: output, gradients: gradients, absolute, relative)
        found = found ?? difference.map { "\(set): \($0)" }
    }
    return found
}

private func difference(
    of operation: ([Tensor]) -> Tensor, at inputs: [Tensor], upstream: Tensor, output: PlainTensor<Double>,
    gradients: [PlainTensor<Double>], _ absolute: Double, _ relative: Double
) -> String? {
    let tape = Tape()
    let leaves = inputs.map(tape.watch)
    let result = operation(leaves)
    if let difference = mismatch(result, output, absolute: absolute, relative: relative) {
        return "output: \(difference)"
    }
    for (number, gradient) in tape.gradients(of: result, upstream: upstream, at: leaves).enumerated() {
        if let difference = mismatch(gradient, gradients[number], absolute: absolute, relative: relative) {
            return "gradient of input \(number): \(difference)"
        }
        let alone = Tape()
        var only = inputs
        only[number] = alone.watch(inputs[number])
        let again = alone.gradients(of: operation(only), upstream: upstream, at: [only[number]])[0]
        if again.scalars != gradient.scalars { return "gradient of input \(number) differs when asked for alone" }
    }
    return nil
}
