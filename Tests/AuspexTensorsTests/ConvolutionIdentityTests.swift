import AuspexTensors
import TestSupport
import Testing

/// The cheaper ways against the operations they replace: values and every gradient.
@Suite struct ConvolutionIdentityTests {
    private func expectSame(
        _ inputs: [Tensor], _ fast: ([Tensor]) -> Tensor, _ composed: ([Tensor]) -> Tensor,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (a, b) = (outputAndGradients(inputs, of: fast), outputAndGradients(inputs, of: composed))
        expectClose(a.output, b.output, "output", sourceLocation: sourceLocation)
        for (i, name) in ["x", "weight", "bias"].prefix(inputs.count).enumerated() {
            expectClose(a.gradients[i], b.gradients[i], "gradient of \(name)", sourceLocation: sourceLocation)
        }
    }

    @Test(
        arguments: [[1, 1, 1, 1], [2, 3, 5, 7], [1, 4, 4, 16], [3, 8, 7, 24], [2, 1, 6, 8]], [1, 3, 16, 33])
    func upsamplingFirst(x: [Int], out: Int) {
        let inputs = [numbers(x, "x"), numbers([3, 3, x[3], out], "w"), numbers([out], "b")]
        expectSame(inputs) {
            upsampledConvolution($0[0], weight: $0[1], bias: $0[2])
        } _: {
            convolution(upsampledNearest($0[0]), weight: $0[1], bias: $0[2])
        }
        expectSame(Array(inputs.prefix(2))) {
            upsampledConvolution($0[0], weight: $0[1])
        } _: {
            convolution(upsampledNearest($0[0]), weight: $0[1])
        }
    }

    @Test(
        arguments: [
            [1, 2, 2, 1], [2, 3, 5, 7], [1, 8, 8, 16], [3, 9, 6, 24], [1, 2, 2, 2, 1], [2, 3, 5, 4, 3],
            [1, 5, 8, 9, 16],
            [2, 4, 6, 6, 8],
        ], [1, 3, 16, 17])
    func poolingAfter(x: [Int], out: Int) {
        let channels = x[x.count - 1]
        let weight = [Int](repeating: 3, count: x.count - 2) + [channels, out]
        let inputs = [numbers(x, "x"), numbers(weight, "w"), numbers([out], "b")]
        expectSame(inputs) {
            pooledConvolution($0[0], weight: $0[1], bias: $0[2])
        } _: {
            averagePooled(convolution($0[0], weight: $0[1], bias: $0[2]), size: 2)
        }
        expectSame(Array(inputs.prefix(2))) {
            pooledConvolution($0[0], weight: $0[1])
        } _: {
            averagePooled(convolution($0[0], weight: $0[1]), size: 2)
        }
    }

    /// Against the plain loops, so that the composed operations are not the only witness.
    @Test func poolingAfterAgreesWithPlainLoops() {
        let (x, w) = (numbers([1, 5, 4, 3], "x"), numbers([3, 3, 3, 4], "w"))
        let plain = ReferenceConvolution<Double>(
            x: x.shape, weight: w.shape, stride: [1, 1], padding: [(1, 1), (1, 1)]
        )
        .forward(x: doubles(x), weight: doubles(w), bias: nil)
        let expected = (0..<2 * 2 * 4).map { i in
            let (y, x, o) = (i / 8, i / 4 % 2, i % 4)
            return [(0, 0), (0, 1), (1, 0), (1, 1)].reduce(0) {
                $0 + plain[((2 * y + $1.0) * 4 + 2 * x + $1.1) * 4 + o]
            } / 4
        }
        expectClose(pooledConvolution(x, weight: w), expected, shape: [1, 2, 2, 4], "output")
    }

    @Test func forgetsSummedTapsWhenTheWeightChanges() {
        let x = numbers([1, 4, 4, 8], "x")
        var w = numbers([3, 3, 8, 8], "w")
        _ = (upsampledConvolution(x, weight: w), pooledConvolution(x, weight: w))
        w.withMutableScalars(as: Float.self) { for i in $0.indices { $0[i] *= -3 } }
        expectClose(upsampledConvolution(x, weight: w), upsampledConvolution(x, weight: w.copied()), "upsampled")
        expectClose(pooledConvolution(x, weight: w), pooledConvolution(x, weight: w.copied()), "pooled")
    }
}
