import AuspexTensors
import TestSupport
import Testing

/// A comparison with NaN is false, so a carelessly written maximum ignores it, and a run continues with meaningless numbers.
@Suite("Operations propagate NaN")
struct NotANumberTests {
    private func withNaN(_ shape: [Int], at place: Int, type: ElementType = .float32) -> Tensor {
        var values = numbers(shape, "x").scalars
        values[place] = .nan
        return Tensor(values, shape: shape).converted(to: type)
    }

    @Test(
        "Maximum pooling, in every window that holds it and in no other",
        arguments: [(8, false), (3, false), (40, false), (8, true), (5, true)], [ElementType.float32, .bfloat16])
    func maximumPooling(kind: (channels: Int, isTracked: Bool), type: ElementType) {
        if type == .bfloat16, !Kernels.multiplyBFloat16 { return }
        let (channels, side) = (kind.channels, 6)
        for place in [(0, 0), (2, 3), (5, 5), (3, 0)] {
            let x = withNaN(
                [2, side, side, channels], at: ((side + place.0) * side + place.1) * channels + 1, type: type)
            let tape = Tape()
            let y = maximumPooled(kind.isTracked ? tape.watch(x) : x, size: 3, stride: 2, padding: .same)
                .detached().converted(to: .float32)
            let without = maximumPooled(numbers([2, side, side, channels], "x"), size: 3, stride: 2, padding: .same)
            for image in 0..<2 {
                for row in 0..<3 {
                    for column in 0..<3 {
                        let isIn =
                            image == 1 && abs(2 * row + 0 - place.0) <= 1 && abs(2 * column + 0 - place.1) <= 1
                        for channel in 0..<channels {
                            let at = ((image * 3 + row) * 3 + column) * channels + channel
                            #expect(y.scalars[at].isNaN == (isIn && channel == 1), "\(place) \(at)")
                            if type == .float32, !y.scalars[at].isNaN {
                                #expect(y.scalars[at] == without.scalars[at])
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("Pooling in time and space") func inThreeDimensions() {
        let x = withNaN([1, 3, 4, 4, 6], at: (1 * 4 + 2) * 4 * 6)
        let y = maximumPooled(x, size: 2, stride: 1)
        #expect(y.scalars.count { $0.isNaN } == 2 * 2 * 1)
    }

    @Test("A ReLU, alone and after a convolution", arguments: [3, 16, 40]) func relus(channels: Int) {
        let x = withNaN([1, 5, 5, channels], at: 12 * channels)
        #expect(relu(x).scalars.count { $0.isNaN } == 1)
        let weight = Tensor(repeating: 0.1, shape: [3, 3, channels, channels])
        for method in [ConvolutionMethod.products, .filtering] {
            let y = convolution(x, weight: weight, activation: .relu, method: method)
            #expect(y.scalars[12 * channels].isNaN, "\(method)")
            #expect(y.scalars.count { $0.isNaN } >= 9 * channels, "\(method)")
        }
    }

    @Test("Norms, gates, warps and sums") func others() {
        let x = withNaN([1, 4, 4, 8], at: 40)
        let gain = Tensor(repeating: 1, shape: [1, 8])
        let statistic = Tensor(repeating: 1, shape: [8])
        func holdsNaN(_ tensor: Tensor) -> Bool { tensor.scalars.contains { $0.isNaN } }
        #expect(
            holdsNaN(
                normalized(x, mean: statistic, variance: statistic, gain: gain, bias: gain, epsilon: 0, relu: true)))
        #expect(holdsNaN(batchNormalized(x, gain: gain, bias: gain, epsilon: 0, relu: true).output))
        let clean = numbers([1, 4, 4, 8], "clean")
        #expect(holdsNaN(gatedMix(gate: x, kept: clean, candidate: clean)))
        #expect(holdsNaN(gatedMix(gate: clean, kept: x, candidate: clean)))
        #expect(holdsNaN(gatedMix(gate: clean, kept: clean, candidate: x)))
        #expect(holdsNaN(warpedByKernels(x, logits: numbers([1, 4, 4, 9], "logits"))))
        #expect(holdsNaN(averagePooled(x, size: 2)) && maximum(x).scalar.isNaN && sum(x).scalar.isNaN)
        #expect(holdsNaN(softmax(x, along: -1)))
        #expect(silu(x).scalars.count { $0.isNaN } == 1 && leakyReLU(x, slope: 0.2).scalars.count { $0.isNaN } == 1)
        #expect(pixelShuffled(x, factor: 2).scalars.count { $0.isNaN } == 1)
        for activation in [NormActivation.identity, .silu, .leakyReLU(slope: 0.2)] {
            let flat = Tensor(repeating: 1, shape: [8])
            // Channel 0 holds it: the first group is lost, the second untouched.
            let y = groupNormalized(x, groups: 2, gain: flat, bias: flat, epsilon: 1e-5, activation: activation)
            #expect(y.scalars.enumerated().allSatisfy { $1.isNaN == ($0 % 8 < 4) })
        }
        let grouped = convolution(x, weight: numbers([3, 3, 4, 8], "w"), groups: 2)
        #expect(grouped.scalars.enumerated().allSatisfy { !$1.isNaN || $0 % 8 < 4 } && holdsNaN(grouped))
    }
}
