import AuspexLayers
import AuspexTensors
import Testing

/// Names by property path, and loading that changes everything or nothing.
@Suite struct LayerStateTests {
    private final class Pair: Layer {
        let parts: [Linear]
        let norm: BatchNorm?
        let absent: Linear? = nil

        init(seed: UInt64) {
            var initializer = Initializer(seed: seed)
            parts = [
                Linear(inputs: 3, outputs: 2, using: &initializer),
                Linear(inputs: 2, outputs: 4, bias: false, spectralNorm: false, using: &initializer),
            ]
            norm = BatchNorm(channels: 4)
        }
    }

    @Test func namesArePropertyPaths() {
        let pair = Pair(seed: 1)
        #expect(
            pair.parameters.map(\.name) == [
                "parts.0.weight", "parts.0.bias", "parts.1.weight", "norm.gain", "norm.bias",
            ])
        #expect(
            pair.buffers.map(\.name) == [
                "parts.0.norm.u", "parts.0.norm.v", "norm.statistics.mean", "norm.statistics.variance",
            ])
        #expect(pair.parameterCount == 6 + 2 + 8 + 4 + 4)
    }

    @Test func weightsAreAFunctionOfTheSeed() {
        #expect(numbers(Pair(seed: 1)) == numbers(Pair(seed: 1)))
        #expect(numbers(Pair(seed: 1)) != numbers(Pair(seed: 2)))
    }

    @Test func whatWasSavedIsWhatIsLoaded() throws {
        let (source, target) = (Pair(seed: 1), Pair(seed: 2))
        try target.load(parameters: source.parameterValues)
        try target.load(buffers: source.bufferValues)
        #expect(numbers(target) == numbers(source))
    }

    @Test(arguments: [
        ("norm.bias", LayerStateError.missing(name: "norm.bias")),
        ("norm.beta", .unknown(name: "norm.beta")),
        ("parts.0.bias", .shape(name: "parts.0.bias", found: [3], expected: [2])),
    ])
    func whatDoesNotFitChangesNothing(name: String, error: LayerStateError) {
        let target = Pair(seed: 2)
        let before = numbers(target)
        var values = Pair(seed: 1).parameterValues
        switch error {
        case .missing: values[name] = nil
        case .unknown, .shape: values[name] = Tensor(zeros: [3])
        }
        #expect(throws: error) { try target.load(parameters: values) }
        #expect(numbers(target) == before)
    }

    private func numbers(_ layer: Pair) -> [[Float]] {
        layer.parameters.map(\.parameter.value.scalars) + layer.buffers.map(\.buffer.value.scalars)
    }
}
