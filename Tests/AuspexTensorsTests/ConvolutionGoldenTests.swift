import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// Values and gradients against PyTorch's (`tools/oracles/convolutions.py`).
@Suite struct ConvolutionGoldenTests {
    private static let functions: [String: @Sendable ([Tensor]) -> Tensor] = [
        "conv": { convolution($0[0], weight: $0[1], bias: $0[2]) },
        "convWide": { convolution($0[0], weight: $0[1], bias: $0[2]) },
        "convReLU": { convolution($0[0], weight: $0[1], bias: $0[2], activation: .relu) },
        "convOne": { convolution($0[0], weight: $0[1], bias: $0[2]) },
        "convStride": { convolution($0[0], weight: $0[1], bias: $0[2], stride: 2) },
        "conv3D": { convolution($0[0], weight: $0[1], bias: $0[2]) },
        "conv3DStride": {
            let around: [(before: Int, after: Int)] = [(1, 1), (1, 1), (1, 1)]
            return convolution($0[0], weight: $0[1], bias: $0[2], stride: 2, padding: .explicit(around))
        },
        "upsampled": { upsampledConvolution($0[0], weight: $0[1], bias: $0[2]) },
        "pooled": { pooledConvolution($0[0], weight: $0[1], bias: $0[2]) },
        "pooled3D": { pooledConvolution($0[0], weight: $0[1], bias: $0[2]) },
        "average": { averagePooled($0[0], size: 2) },
        "average3D": { averagePooled($0[0], size: 2) },
        "maximum": { maximumPooled($0[0], size: 3, stride: 2, padding: .same) },
        "maximum3D": { maximumPooled($0[0], size: 3, stride: 2, padding: .same) },
        "nearest": { upsampledNearest($0[0]) },
        "product": { matrixProduct($0[0], $0[1]) },
        "productTransposed": { matrixProduct($0[0], $0[1], transposingLeft: true, transposingRight: true) },
    ]

    @Test(arguments: functions.keys.sorted())
    func agreesWithPyTorch(_ name: String) throws {
        let path = try #require(Bundle.module.url(forResource: "Golden/convolutions.safetensors", withExtension: nil))
            .path
        let golden = try SafeTensors(readingFrom: path).tensors
        let function = try #require(Self.functions[name])
        let inputs = (0..<3).compactMap { golden["\(name).input\($0)"] }
        let tape = Tape()
        let leaves = inputs.map { tape.watch($0) }
        let output = function(leaves)
        expectClose(output, try #require(golden["\(name).output"]), "output")
        let upstream = try #require(golden["\(name).upstream"])
        let gradients = tape.gradients(of: output, upstream: upstream, at: leaves)
        for (i, gradient) in gradients.enumerated() {
            expectClose(gradient, try #require(golden["\(name).gradient\(i)"]), "gradient \(i)")
        }
    }

    /// A case in the file that the test forgets would go unnoticed.
    @Test func coversTheWholeFile() throws {
        let path = try #require(Bundle.module.url(forResource: "Golden/convolutions.safetensors", withExtension: nil))
            .path
        let names = Set(try SafeTensors(readingFrom: path).tensors.keys.map { $0.split(separator: ".")[0] })
        #expect(names == Set(Self.functions.keys.map { Substring($0) }))
    }
}
