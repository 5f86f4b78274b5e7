import AuspexTensors
import TestSupport
import Testing

/// Convolutions by minimal filtering, against plain loops in Double. Six times the tolerance of sums of products: the transformed numbers are larger than the
/// results.
@Suite struct FilteringTests {
    /// Windows that end within the image and beyond it, taps beyond both ends of a clip, channels that fill no panel, odd and even padding.
    static let cases: [ConvolutionCase] = [
        .init(x: [2, 8, 8, 8], weight: [3, 3, 8, 16], stride: [1, 1]),
        .init(x: [1, 5, 3, 16], weight: [3, 3, 16, 24], stride: [1, 1], bias: false, relu: true),
        .init(x: [3, 1, 1, 8], weight: [3, 3, 8, 8], stride: [1, 1]),
        .init(x: [1, 9, 14, 24], weight: [3, 3, 24, 40], stride: [1, 1], padding: .valid, relu: true),
        .init(x: [1, 7, 6, 8], weight: [3, 3, 8, 8], stride: [1, 1], padding: .explicit([(0, 3), (2, 0)])),
        .init(x: [2, 4, 7, 9, 8], weight: [3, 3, 3, 8, 16], stride: [1, 1, 1], relu: true),
        .init(x: [1, 1, 6, 5, 16], weight: [3, 3, 3, 16, 8], stride: [1, 1, 1]),
        .init(x: [7, 2, 7, 7, 8], weight: [3, 3, 3, 8, 32], stride: [1, 1, 1]),
        .init(x: [1, 6, 5, 5, 8], weight: [2, 3, 3, 8, 8], stride: [2, 1, 1], padding: .valid),
        .init(x: [1, 6, 5, 5, 8], weight: [5, 3, 3, 8, 8], stride: [3, 1, 1], relu: true),
        // Pixels taken two by two.
        .init(
            x: [2, 9, 16, 20, 3], weight: [7, 7, 7, 3, 16], stride: [2, 2, 2],
            padding: .explicit([(2, 3), (2, 3), (2, 3)]), relu: true),
        .init(x: [1, 12, 13, 3], weight: [7, 7, 3, 8], stride: [2, 2]),
        .init(x: [2, 13, 9, 2], weight: [7, 7, 2, 24], stride: [2, 2], padding: .valid, bias: false),
        .init(x: [1, 11, 8, 5], weight: [7, 7, 5, 8], stride: [2, 2], padding: .explicit([(1, 4), (4, 0)])),
        // Shapes that have no filtering take the usual way.
        .init(x: [1, 6, 6, 3], weight: [3, 3, 3, 5], stride: [1, 1]),
        .init(x: [1, 6, 6, 8], weight: [5, 3, 8, 8], stride: [1, 1]),
    ]

    private func filtered(
        _ c: ConvolutionCase, _ inputs: [Tensor], method: ConvolutionMethod = .filtering
    ) -> Tensor {
        convolution(
            inputs[0], weight: inputs[1], bias: c.bias ? inputs[2] : nil, stride: c.stride, padding: c.padding,
            activation: c.relu ? .relu : .identity, method: method)
    }

    @Test(arguments: cases)
    func agreesWithPlainLoops(_ c: ConvolutionCase) {
        let inputs = c.inputs
        let (x, w, b) = (doubles(inputs[0]), doubles(inputs[1]), c.bias ? doubles(inputs[2]) : nil)
        let shape = filtered(c, inputs).shape
        var linear = c
        linear.relu = false
        // Where the ReLU's input is next to zero either side is right: no gradient is asked for there.
        let sums = linear.reference.forward(x: x, weight: w, bias: b)
        let mask = Tensor(sums.map { !c.relu || abs($0) > 1e-3 ? 1 : 0 } as [Float], shape: shape)
        #expect(mean(mask).scalar > 0.99)
        let (output, upstream, gradients) = outputAndGradients(inputs, masked: mask) { filtered(c, $0) }
        expectClose(output, c.reference.forward(x: x, weight: w, bias: b), shape: shape, atol: 1.2e-5, "output")
        let expected = c.reference.backward(x: x, weight: w, bias: b, upstream: doubles(upstream))
        expectClose(gradients[0], expected.x, shape: c.x, "gradient of x")
        expectClose(gradients[1], expected.weight, shape: c.weight, "gradient of the weight")
    }

    /// The gradient of x, by a reversed kernel: odd padding, windows beyond the image, and shapes that have no filtering that way.
    @Test(arguments: cases)
    func gradientsAgreeWithPlainLoops(_ c: ConvolutionCase) {
        var linear = c
        linear.relu = false
        let inputs = linear.inputs
        let (output, upstream, gradients) = outputAndGradients(inputs) {
            filtered(linear, $0, method: .filteringBothWays)
        }
        let (x, w, b) = (doubles(inputs[0]), doubles(inputs[1]), c.bias ? doubles(inputs[2]) : nil)
        expectClose(
            output, linear.reference.forward(x: x, weight: w, bias: b), shape: output.shape, atol: 1.2e-5, "output")
        let expected = linear.reference.backward(x: x, weight: w, bias: b, upstream: doubles(upstream))
        expectClose(gradients[0], expected.x, shape: c.x, atol: 1.2e-5, "gradient of x")
        expectClose(gradients[1], expected.weight, shape: c.weight, "gradient of the weight")
    }

    /// Another packing of the same weight must not be mistaken for this one.
    @Test func bothMethodsShareAWeight() {
        let c = Self.cases[0]
        let inputs = c.inputs
        let expected = c.computed(inputs)
        expectClose(filtered(c, inputs), expected, atol: 1.2e-5, "filtered")
        expectClose(c.computed(inputs), expected, rtol: 0, atol: 0, "and again")
    }

    /// NaN stays NaN, even after the ReLU.
    @Test func notANumberStaysSo() {
        let c = Self.cases[5]
        let inputs = c.inputs
        let output = filtered(c, [inputs[0] * Tensor(Float.nan), inputs[1], inputs[2]])
        let numbers = output.scalars.count { !$0.isNaN }
        #expect(numbers == 0)
    }

    /// Batches do not change a clip's bits: features that were kept are those that would be computed.
    @Test func aClipHasTheSameBitsAloneAndAmongOthers() {
        let c = Self.cases[7]
        let inputs = c.inputs
        let all = filtered(c, inputs)
        for clip in 0..<c.x[0] {
            let alone = filtered(c, [inputs[0].sliced(0, from: clip, count: 1)] + inputs.dropFirst())
            #expect(alone.scalars == all.sliced(0, from: clip, count: 1).scalars)
        }
    }
}
