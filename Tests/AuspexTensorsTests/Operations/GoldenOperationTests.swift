import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

/// Values and gradients that PyTorch computed: tools/oracles/operations.py.
@Suite struct GoldenOperationTests {
    private typealias Operation = ([Tensor]) -> Tensor

    private static var operations: [String: Operation] {
        [
            "add": { $0[0] + $0[1] },
            "subtract": { $0[0] - $0[1] },
            "multiply": { $0[0] * $0[1] },
            "divide": { $0[0] / $0[1] },
            "exp": { exp($0[0]) },
            "log": { log($0[0]) },
            "tanh": { tanh($0[0]) },
            "sigmoid": { sigmoid($0[0]) },
            "relu": { relu($0[0]) },
            "abs": { abs($0[0]) },
            "square": { square($0[0]) },
            "sqrt": { squareRoot($0[0]) },
            "softmax_last": { softmax($0[0], along: -1) },
            "softmax_first": { softmax($0[0], along: 0) },
            "sum": { sum($0[0], along: [0, 2]) },
            "mean": { mean($0[0], along: [-1], keepingDimensions: true) },
            "amax": { maximum($0[0], along: [1]) },
            "permute": { $0[0].transposed([2, 0, 3, 1]) },
            "slice": { $0[0].sliced(2, from: 1, count: 3) },
            "cat": { joined($0, along: -1) },
            "stack": { stacked($0) },
            "pad": { $0[0].padded([(0, 0), (1, 2), (2, 0), (0, 1)]) },
            "gather_in_time": { gatheredInTime($0[0], frames: [[3, 1], [0, 0]]) },
            "crop_per_clip": {
                croppedPerClip($0[0], places: [(top: 1, left: 0), (top: 0, left: 2)], height: 3, width: 2)
            },
            "batch_norm": { batchNormalized($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: false).output },
            "batch_norm_relu": { batchNormalized($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: true).output },
            "batch_norm_conditional": {
                batchNormalized($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: true).output
            },
            "normalized": {
                normalized(
                    $0[0], mean: Tensor(repeating: 0.25, shape: [6]), variance: Tensor(repeating: 1.5, shape: [6]),
                    gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: true)
            },
            "gated_mix": { gatedMix(gate: $0[0], kept: $0[1], candidate: $0[2]) },
            "warp3": { warpedByKernels($0[0], logits: $0[1]) },
            "warp5_rgb": { warpedByKernels($0[0], logits: $0[1]) },
            "warp5": { warpedByKernels($0[0], logits: $0[1]) },
            "warp7": { warpedByKernels($0[0], logits: $0[1]) },
            "flow": { warpedByFlow($0[0], flow: $0[1]) },
        ]
    }

    @Test func agreeWithPyTorch() throws {
        let path = try #require(Bundle.module.url(forResource: "Golden/operations.safetensors", withExtension: nil))
            .path
        let cases = try GoldenCases(readingFrom: path)
        #expect(cases.names == Set(Self.operations.keys))
        forEveryInstructionSet { set in
            for (name, operation) in Self.operations.sorted(by: { $0.key < $1.key }) {
                let difference = cases.mismatch(name, absolute: 1e-5, relative: 1e-4, of: operation)
                #expect(difference == nil, "\(name), \(set)")
            }
        }
    }
}
