import AuspexTensors

/// Cases that another program computed, in one safetensors file: tensors `CASE.input0…`, `CASE.output`, `CASE.upstream`, `CASE.gradient0…`.
package struct GoldenCases {
    private let tensors: [String: Tensor]

    package init(readingFrom path: String) throws { tensors = try SafeTensors(readingFrom: path).tensors }

    package var names: Set<String> { Set(tensors.keys.map { String($0.prefix { $0 != "." }) }) }

    /// What the other program found differs from what `operation` gives, output and all gradients; nil where they agree.
    package func mismatch(
        _ name: String, absolute: Double = 1e-5, relative: Double = 1e-4, of operation: ([Tensor]) -> Tensor
    ) -> String? {
        let inputs = numbered("\(name).input")
        let gradients = numbered("\(name).gradient")
        guard let expected = tensors["\(name).output"], let upstream = tensors["\(name).upstream"], !inputs.isEmpty,
            gradients.count == inputs.count
        else { return "no case \(name), or a part of it is missing" }
        let tape = Tape()
        let leaves = inputs.map(tape.watch)
        let output = operation(leaves)
        if let difference = TestSupport.mismatch(output, expected, absolute: absolute, relative: relative) {
            return "output: \(difference)"
        }
        for (number, gradient) in tape.gradients(of: output, upstream: upstream, at: leaves).enumerated() {
            if let difference = TestSupport.mismatch(
                gradient, gradients[number], absolute: absolute, relative: relative)
            {
                return "gradient of input \(number): \(difference)"
            }
        }
        return nil
    }

    private func numbered(_ prefix: String) -> [Tensor] {
        var found: [Tensor] = []
        while let next = tensors[prefix + String(found.count)] { found.append(next) }
        return found
    }
}
