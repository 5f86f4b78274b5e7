import AuspexLayers
import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// What the oracle (`tools/oracles/whole_model.py`) wrote for one case.
struct Golden {
    let name: String
    private let file: SafeTensors

    init(_ name: String) throws {
        self.name = name
        let url = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "safetensors"))
        file = try SafeTensors(readingFrom: url.path)
    }

    subscript(key: String) -> Tensor {
        get throws { try #require(file.tensors[key], "\(name) holds no '\(key)'") }
    }

    /// Every tensor whose key starts so, by the rest of the key.
    func tensors(under prefix: String) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: file.tensors.compactMap { key, tensor in
                key.hasPrefix(prefix) ? (String(key.dropFirst(prefix.count)), tensor) : nil
            })
    }

    /// Gives a layer the weights that the oracle's had: parameters by formula, the spectral norms' vectors from the file.
    func initialise(_ layer: some Layer, as prefix: String) throws {
        var parameters: [String: Tensor] = [:]
        for (name, value) in layer.parameterValues {
            let isBias = name.hasSuffix("bias")
            let isPlainGain = name == "norm.gain"
            let scale: Float = isBias ? 1 / 16 : isPlainGain ? 1 / 16 : 1 / 2
            let numbers = Formula.numbers("\(prefix).\(name)", value.count).map { $0 * scale }
            parameters[name] = Tensor(isPlainGain ? numbers.map { $0 + 1 } : numbers, shape: value.shape)
        }
        try layer.load(parameters: parameters)
        let stored = tensors(under: prefix + ".")
        var buffers = layer.bufferValues
        let vectors = buffers.keys.filter { $0.hasSuffix(".u") || $0.hasSuffix(".v") }
        for name in vectors {
            let vector: Tensor = try #require(stored[name], "\(self.name) holds no vector '\(prefix).\(name)'")
            buffers[name] = vector
        }
        #expect(stored.count == vectors.count)
        try layer.load(buffers: buffers)
    }

    /// Compares gradients with the file's, name by name: every one of them must be there, and no other.
    ///
    /// - Parameter tolerance: of the largest magnitude of the gradient, or of a thousandth of the largest of all where that is more: a bias in front
    ///   of a batch norm has the gradient zero, of which float32 leaves rounding.
    func expectGradients(
        _ found: [(name: String, gradient: Tensor)], of prefix: String, within tolerance: Float,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let expected = tensors(under: "gradient.\(prefix).")
        #expect(Set(found.map(\.name)) == Set(expected.keys), sourceLocation: sourceLocation)
        let largest = expected.values.map(\.magnitude).max() ?? 0
        for (name, gradient) in found {
            guard let reference = expected[name] else { continue }
            expectClose(
                gradient, reference, "\(self.name): gradient of \(prefix).\(name)", within: tolerance,
                of: max(reference.magnitude, largest / 1000), sourceLocation: sourceLocation)
        }
    }
}

extension Layer {
    /// Gradients in the order of the parameters, with their names.
    func named(_ gradients: [Tensor]) -> [(name: String, gradient: Tensor)] {
        zip(parameters, gradients).map { ($0.name, $1) }
    }
}
