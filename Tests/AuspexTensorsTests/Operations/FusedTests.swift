import AuspexTensors
import TestSupport
import Testing

/// Shapes with sides of 1, odd sides, channels below, at and between multiples of every vector width.
private let imageShapes = [
    [1, 1, 1, 1], [1, 2, 3, 3], [2, 3, 1, 5], [1, 4, 5, 8], [2, 3, 4, 12], [1, 2, 3, 16], [1, 3, 3, 19], [1, 2, 2, 33],
    [1, 1, 2, 67],
]

@Suite struct FusedTests {
    private func check(
        _ what: String, _ inputs: [Tensor], _ fast: ([Tensor]) -> Tensor,
        _ plain: ([PlainTensor<Double>]) -> PlainTensor<Double>, absolute: Double = 2e-5,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let difference = gradientMismatch(of: fast, against: plain, at: inputs, absolute: absolute)
        #expect(difference == nil, "\(what)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ([1, 2, 3, 3], 1), ([4, 2, 1, 5], 2), ([2, 3, 2, 8], 1), ([3, 2, 2, 12], 3), ([2, 2, 2, 17], 2),
    ])
    func batchNormalization(_ shape: [Int], _ groups: Int) {
        let channels = shape[3]
        // A mean away from zero: the variance must not lose digits to it.
        let x = numbers(shape, "x") + 3
        let (gain, bias) = (numbers([groups, channels], "gain") + 1, numbers([groups, channels], "bias"))
        for relu in [false, true] {
            check(
                "batchNormalized \(shape) relu \(relu)", [x, gain, bias],
                { batchNormalized($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-2, relu: relu).output },
                { Plain.normalized($0[0], gain: $0[1], bias: $0[2], epsilon: 1e-2, relu: relu) }, absolute: 1e-4)
            let (mean, variance) = (numbers([channels], "mean"), square(numbers([channels], "variance")) + 0.5)
            check(
                "normalized \(shape) relu \(relu)", [x, gain, bias],
                {
                    normalized(
                        $0[0], mean: mean, variance: variance, gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: relu)
                },
                {
                    Plain.normalized(
                        $0[0], gain: $0[1], bias: $0[2], epsilon: 1e-5, relu: relu, mean: PlainTensor(mean),
                        variance: PlainTensor(variance))
                }, absolute: 1e-4)
        }
    }

    @Test func statisticsOfManyRows() {
        let x = numbers([5, 61, 67, 11], "many") * 0.1 + 50
        let plain = PlainTensor<Double>(x)
        let mean = Plain.mean(PlainTensor([x.count / 11, 11], plain.scalars), along: [0])
        var squares = [Double](repeating: 0, count: 11)
        for (i, value) in plain.scalars.enumerated() {
            let deviation = value - mean.scalars[i % 11]
            squares[i % 11] += deviation * deviation / Double(x.count / 11)
        }
        forEveryInstructionSet { set in
            let found = channelStatistics(x)
            #expect(mismatch(found.mean, mean, absolute: 0, relative: 1e-6) == nil, "\(set)")
            #expect(mismatch(found.variance, PlainTensor([11], squares), absolute: 0, relative: 1e-4) == nil, "\(set)")
        }
    }

    @Test(arguments: [[1], [7], [16], [3, 11], [2, 2, 3, 8]])
    func gates(_ shape: [Int]) {
        check(
            "gatedMix", [numbers(shape, "u"), numbers(shape, "m"), numbers(shape, "c")],
            { gatedMix(gate: $0[0], kept: $0[1], candidate: $0[2]) },
            { Plain.gatedMix(gate: $0[0], kept: $0[1], candidate: $0[2]) })
    }

    @Test(arguments: imageShapes)
    func warpsByKernels(_ shape: [Int]) {
        for size in [1, 3, 5, 7] where size < 7 || shape[3] < 12 {
            let logits = numbers(shape.dropLast() + [size * size], "logits")
            check(
                "K = \(size) of \(shape)", [numbers(shape, "state"), logits],
                { warpedByKernels($0[0], logits: $0[1]) }, { Plain.warpedByKernels($0[0], logits: $0[1]) })
        }
    }

    /// Rows longer than a block, and enough of them for several threads: forward in full, and both gradients by what they must add up to.
    @Test(arguments: [([2, 9, 131, 3], 5), ([3, 17, 70, 16], 3), ([2, 9, 67, 24], 5), ([1, 40, 19, 9], 7)])
    func warpsOfLargeImages(_ shape: [Int], _ size: Int) {
        let state = numbers(shape, "state")
        let logits = numbers(shape.dropLast() + [size * size], "logits")
        let upstream = numbers(shape, "upstream")
        let expected = Plain.warpedByKernels(PlainTensor<Double>(state), logits: PlainTensor(logits))
        func composed(_ state: Tensor, _ logits: Tensor) -> Tensor {
            let r = size / 2
            let wide = state.padded([(0, 0), (r, r), (r, r), (0, 0)])
            let weights = softmax(logits, along: 3)
            var total: Tensor?
            for k in 0..<size * size {
                let (dy, dx) = (k / size, k % size)
                let part =
                    wide.cropped(height: dy..<dy + shape[1], width: dx..<dx + shape[2])
                    * weights.sliced(3, from: k, count: 1)
                total = total.map { $0 + part } ?? part
            }
            return total ?? state
        }
        func gradients(_ function: (Tensor, Tensor) -> Tensor) -> [Tensor] {
            let tape = Tape()
            let leaves = [tape.watch(state), tape.watch(logits)]
            return tape.gradients(of: function(leaves[0], leaves[1]), upstream: upstream, at: leaves)
        }
        let reference = gradients(composed)
        forEveryInstructionSet { set in
            #expect(mismatch(warpedByKernels(state, logits: logits), expected) == nil, "\(set)")
            for (fast, slow) in zip(gradients { warpedByKernels($0, logits: $1) }, reference) {
                #expect(mismatch(fast, slow) == nil, "\(set)")
            }
        }
    }

    @Test(arguments: imageShapes)
    func warpsByFlow(_ shape: [Int]) {
        // Away from whole pixels, where the interpolant has a corner; some places are outside.
        let flow = Tensor(
            numbers(shape.dropLast() + [2], "flow").scalars.map {
                ($0 * 2).rounded() + 0.1 + abs($0).truncatingRemainder(dividingBy: 0.8)
            },
            shape: shape.dropLast() + [2])
        check(
            "flow \(shape)", [numbers(shape, "state"), flow], { warpedByFlow($0[0], flow: $0[1]) },
            { Plain.warpedByFlow($0[0], flow: $0[1]) })
    }

    @Test func flowsThatAreNoNumbersShow() {
        let state = Tensor(repeating: 1, shape: [1, 2, 2, 3])
        let flow = Tensor([.nan, 0, .infinity, 0, 0, -.infinity, 0, 1e30] as [Float], shape: [1, 2, 2, 2])
        let moved = warpedByFlow(state, flow: flow).scalars
        #expect(moved.map(\.isNaN) == [true, true, true] + [Bool](repeating: false, count: 9))
        #expect(moved.dropFirst(3).reduce(0) { $0 + abs($1) } == 0)
    }
}
