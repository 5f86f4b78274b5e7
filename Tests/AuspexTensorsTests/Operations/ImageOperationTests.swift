import AuspexTensors
import Foundation
import TestSupport
import Testing

/// Values and gradients of grouped convolutions, group norms and pixel shuffling that PyTorch computed: tools/oracles/image_operations.py.
@Suite struct ImageOperationGoldenTests {
    private typealias Operation = ([Tensor]) -> Tensor

    private static func grouped(_ groups: Int, stride: Int = 1) -> Operation {
        { inputs in
            let around = (0..<inputs[0].rank - 2).map {
                (before: inputs[1].shape[$0] / 2, after: inputs[1].shape[$0] / 2)
            }
            return convolution(
                inputs[0], weight: inputs[1], bias: inputs[2], stride: stride, groups: groups,
                padding: .explicit(around))
        }
    }

    private static func groupNorm(_ groups: Int, _ activation: NormActivation = .identity) -> Operation {
        { groupNormalized($0[0], groups: groups, gain: $0[1], bias: $0[2], epsilon: 1e-5, activation: activation) }
    }

    private static var operations: [String: Operation] {
        [
            "grouped": grouped(4),
            "groupedWide": grouped(2),
            "groupedStride": grouped(2, stride: 2),
            "groupedOdd": grouped(3),
            "depthwise": grouped(16),
            "grouped3D": grouped(2),
            "strideTwo": grouped(1, stride: 2),
            "group_norm": groupNorm(2),
            "group_norm_each": groupNorm(5),
            "group_norm_silu": groupNorm(2, .silu),
            "group_norm_leaky": groupNorm(8, .leakyReLU(slope: 0.2)),
            "silu": { silu($0[0]) },
            "leaky_relu": { leakyReLU($0[0], slope: 0.2) },
            "pixel_shuffle": { pixelShuffled($0[0], factor: 2) },
            "pixel_shuffle3": { pixelShuffled($0[0], factor: 3) },
        ]
    }

    @Test func agreeWithPyTorch() throws {
        let path = try #require(
            Bundle.module.url(forResource: "Golden/image_operations.safetensors", withExtension: nil)
        ).path
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

/// The same operations against plain Swift, over sizes that include 1, odd numbers and channels that fill no vector.
@Suite struct ImageOperationTests {
    @Test(arguments: [
        ([1, 1, 1, 2], 1), ([1, 1, 1, 1], 1), ([2, 3, 1, 6], 3), ([1, 2, 3, 8], 2), ([2, 2, 3, 12], 4),
        ([3, 2, 2, 17], 1),
        ([2, 2, 2, 34], 2), ([2, 2, 1, 20], 20),
    ])
    func groupNormalization(_ shape: [Int], _ groups: Int) {
        // A mean away from zero: the variance must not lose digits to it.
        let x = numbers(shape, "x") + 3
        let (gain, bias) = (numbers([shape[3]], "gain") + 1, numbers([shape[3]], "bias"))
        for activation in [NormActivation.identity, .silu, .leakyReLU(slope: 0.2)] {
            let difference = gradientMismatch(
                of: {
                    groupNormalized(
                        $0[0], groups: groups, gain: $0[1], bias: $0[2], epsilon: 1e-2, activation: activation)
                },
                against: {
                    Plain.groupNormalized(
                        $0[0], groups: groups, gain: $0[1], bias: $0[2], epsilon: 1e-2, activation: activation)
                }, at: [x, gain, bias], absolute: 1e-4)
            #expect(difference == nil, "\(shape) in \(groups), \(activation)")
        }
    }

    /// Several pieces an image and several threads, and a mean thousands of deviations away: the fast statistics against plain ones in Double.
    @Test func statisticsOfManyPixelsFarFromZero() {
        let x = numbers([2, 61, 67, 12], "many") * 0.1 + 200
        let (gain, bias) = (numbers([12], "gain"), numbers([12], "bias"))
        let expected = Plain.groupNormalized(
            PlainTensor(x), groups: 3, gain: PlainTensor(gain), bias: PlainTensor(bias), epsilon: 1e-5,
            activation: .identity)
        forEveryInstructionSet { set in
            let found = groupNormalized(x, groups: 3, gain: gain, bias: bias, epsilon: 1e-5)
            // Float32's own digits at 200 are a 13,000th of a deviation.
            #expect(mismatch(found, expected, absolute: 1e-3, relative: 1e-3) == nil, "\(set)")
        }
    }

    @Test func imagesDoNotSeeEachOther() {
        let (x, gain, bias) = (numbers([3, 5, 4, 10], "x"), numbers([10], "gain"), numbers([10], "bias"))
        let together = groupNormalized(x, groups: 2, gain: gain, bias: bias, epsilon: 1e-5, activation: .silu)
        for image in 0..<3 {
            let alone = groupNormalized(
                x.sliced(0, from: image, count: 1), groups: 2, gain: gain, bias: bias, epsilon: 1e-5, activation: .silu)
            #expect(alone.scalars == together.sliced(0, from: image, count: 1).scalars)
        }
    }

    @Test(arguments: [
        ([1, 1, 1, 1], 1), ([1, 1, 1, 4], 2), ([2, 3, 2, 12], 2), ([1, 2, 3, 27], 3), ([2, 1, 2, 5], 1),
    ])
    func pixelShuffling(_ shape: [Int], _ factor: Int) {
        let difference = gradientMismatch(
            of: { pixelShuffled($0[0], factor: factor) }, against: { Plain.pixelShuffled($0[0], factor: factor) },
            at: [numbers(shape, "x")])
        #expect(difference == nil, "\(shape) by \(factor)")
    }

    @Test func groupsAreConvolutionsSideBySide() {
        let (x, weight) = (numbers([2, 6, 5, 12], "x"), numbers([3, 3, 4, 15], "w"))
        let whole = convolution(x, weight: weight, groups: 3)
        let parts = (0..<3).map { group in
            convolution(
                x.sliced(3, from: 4 * group, count: 4), weight: weight.sliced(3, from: 5 * group, count: 5))
        }
        expectClose(whole, joined(parts, along: 3), "three groups")
    }

    @Test func groupsThatDoNotDivideStop() async {
        await #expect(processExitsWith: .failure) {
            _ = convolution(Tensor(zeros: [1, 4, 4, 6]), weight: Tensor(zeros: [3, 3, 1, 8]), groups: 4)
        }
        await #expect(processExitsWith: .failure) {
            let channels = Tensor(zeros: [6])
            _ = groupNormalized(Tensor(zeros: [1, 4, 4, 6]), groups: 4, gain: channels, bias: channels, epsilon: 1e-5)
        }
        await #expect(processExitsWith: .failure) { _ = pixelShuffled(Tensor(zeros: [1, 4, 4, 6]), factor: 2) }
    }

    @Test func shapesAloneCountTheSameWork() {
        let count = ShapePass.count {
            let tape = Tape()
            let weight = tape.watch(Tensor(zeros: [3, 3, 4, 16]))
            let channels = tape.watch(Tensor(repeating: 1, shape: [4]))
            let y = convolution(tape.watch(Tensor(zeros: [2, 8, 6, 8])), weight: weight, stride: 2, groups: 2)
            let z = groupNormalized(
                pixelShuffled(y, factor: 2), groups: 2, gain: channels, bias: channels, epsilon: 1e-5, activation: .silu
            )
            _ = tape.gradients(of: mean(leakyReLU(silu(z), slope: 0.2)), at: [weight, channels])
        }
        // Forward, the data's gradient and the weight's: 2 · products, of 9 taps and the 4 channels of a group.
        #expect(count.executedFLOP == 3 * 2 * Double(2 * 4 * 3) * 9 * 4 * 16)
        #expect(count.liveBytes == 0)
    }
}
