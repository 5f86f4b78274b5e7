import AuspexTensors
import TestSupport
import Testing

@Suite struct MovingTests {
    private func check(
        _ what: String, _ inputs: [Tensor], _ fast: ([Tensor]) -> Tensor,
        _ plain: ([PlainTensor<Double>]) -> PlainTensor<Double>, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let difference = gradientMismatch(of: fast, against: plain, at: inputs)
        #expect(difference == nil, "\(what)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [
        ([1], [0]), ([17], [0]), ([3, 5], [0]), ([3, 5], [1]), ([2, 3, 9], [0, 2]), ([2, 3, 4, 5], [1, 2]),
        ([3, 1, 19], [2]), ([5, 33], [0]), ([2, 3, 2, 2], [0, 1, 3]), ([4, 3], []), ([70, 3], [0]),
    ])
    func reductions(_ shape: [Int], _ axes: [Int]) {
        let x = numbers(shape, "reduced")
        check("sum", [x], { sum($0[0], along: axes) }, { Plain.sum($0[0], along: axes) })
        check("mean", [x], { mean($0[0], along: axes) }, { Plain.mean($0[0], along: axes) })
        check("maximum", [x], { maximum($0[0], along: axes) }, { Plain.maximum($0[0], along: axes) })
        let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
        #expect(sum(x, along: axes, keepingDimensions: true).shape == kept)
    }

    @Test func longSumsKeepTheirDigits() {
        let rows = 70_001
        let x = RandomStream(seed: 3, name: "long").uniform([rows, 3])
        var exact = [0.0, 0, 0]
        for (i, value) in x.scalars.enumerated() { exact[i % 3] += Double(value) }
        forEveryInstructionSet { set in
            #expect(mismatch(sum(x, along: [0]), PlainTensor([3], exact), relative: 2e-7) == nil, "\(set)")
            #expect(mismatch(sum(x), PlainTensor([], [exact.reduce(0, +)]), relative: 2e-7) == nil, "\(set)")
            #expect(maximum(x).scalar == x.scalars.max(), "\(set)")
        }
    }

    @Test func maximumShowsNaNAndSharesItsGradient() {
        let tape = Tape()
        let x = tape.watch(Tensor([1, 3, 3, 2] as [Float], shape: [4]))
        let greatest = maximum(x, along: [0])
        #expect(tape.gradients(of: greatest, at: [x])[0].scalars == [0, 0.5, 0.5, 0])
        forEveryInstructionSet { _ in
            for size in [1, 5, 16, 40] {
                for place in 0..<size {
                    var numbers = [Float](repeating: 1, count: size)
                    numbers[place] = .nan
                    #expect(maximum(Tensor(numbers, shape: [size])).scalar.isNaN)
                    #expect(maximum(Tensor(numbers, shape: [size, 1]), along: [0]).scalars[0].isNaN)
                }
            }
        }
    }

    @Test(arguments: [([1], 0), ([9], 0), ([4, 9], 1), ([4, 9], 0), ([2, 3, 17], 1), ([3, 25], -1), ([5, 33], 1)])
    func softmaxAlongAnyAxis(_ shape: [Int], _ axis: Int) {
        let positive = axis < 0 ? axis + shape.count : axis
        check(
            "softmax", [numbers(shape, "softmax")], { softmax($0[0], along: axis) },
            { Plain.softmax($0[0], along: positive) })
    }

    @Test func softmaxOfLargeNumbers() {
        let x = Tensor([1000, 999, -1000] as [Float], shape: [3])
        #expect(mismatch(softmax(x, along: 0), PlainTensor([3], [0.7310585786, 0.2689414214, 0])) == nil)
    }

    @Test(arguments: [
        ([3, 4], [1, 0]), ([2, 3, 5], [1, 0, 2]), ([2, 3, 5], [2, 0, 1]), ([2, 1, 4, 3], [3, 1, 0, 2]),
        ([40, 37], [1, 0]), ([2, 3, 2, 2, 3], [1, 0, 3, 4, 2]), ([6], [0]),
    ])
    func transpositions(_ shape: [Int], _ permutation: [Int]) {
        check(
            "transposed", [numbers(shape, "transposed")], { $0[0].transposed(permutation) },
            { Plain.transposed($0[0], permutation) })
    }

    @Test func slicesPadsAndCrops() {
        let x = numbers([3, 4, 5, 7], "sliced")
        for (axis, from, count) in [(0, 1, 2), (1, 0, 3), (2, 2, 3), (3, 1, 5), (-1, 6, 1), (2, 0, 5), (1, 2, 0)] {
            let positive = axis < 0 ? axis + 4 : axis
            var (origin, shape) = ([0, 0, 0, 0], x.shape)
            (origin[positive], shape[positive]) = (from, count)
            check(
                "slice \(axis)", [x], { $0[0].sliced(axis, from: from, count: count) },
                { [origin, shape] in Plain.box($0[0], at: origin, shape: shape) })
        }
        check(
            "padded", [x], { $0[0].padded([(1, 0), (0, 0), (2, 1), (0, 3)]) },
            { Plain.box($0[0], at: [-1, 0, -2, 0], shape: [4, 4, 8, 10]) })
        check(
            "cropped", [x], { $0[0].cropped(height: 1..<3, width: 2..<5) },
            { Plain.box($0[0], at: [0, 1, 2, 0], shape: [3, 2, 3, 7]) })
        check(
            "reshaped", [x], { $0[0].reshaped(to: [12, 35]) }, { PlainTensor([12, 35], $0[0].scalars) })
    }

    @Test(arguments: [
        ([3, 4], [2, 4], 0), ([2, 3, 16], [2, 3, 8], 2), ([2, 3, 5], [2, 1, 5], 1), ([4, 3], [4, 6], -1),
    ])
    func joins(_ left: [Int], _ right: [Int], _ axis: Int) {
        let positive = axis < 0 ? axis + left.count : axis
        check(
            "joined", [numbers(left, "left"), numbers(right, "right")], { joined($0, along: axis) },
            { Plain.joined($0[0], $0[1], along: positive) })
    }

    @Test func partsOfOneTensor() {
        let x = numbers([3, 2, 9], "parts")
        check(
            "stacked", [x, numbers([3, 2, 9], "other")], { stacked($0) },
            { PlainTensor([2, 3, 2, 9], $0[0].scalars + $0[1].scalars) })
        // The middle part is not used: its gradient is zeros.
        check(
            "unstacked", [x],
            {
                let parts = $0[0].unstacked()
                return parts[0] * parts[2]
            },
            {
                let part = { (x: PlainTensor<Double>, i: Int) in Plain.box(x, at: [i, 0, 0], shape: [1, 2, 9]) }
                let product = Plain.combined(part($0[0], 0), part($0[0], 2)) { $0 * $1 }
                return PlainTensor([2, 9], product.scalars)
            })
        check(
            "split", [x],
            {
                let parts = $0[0].split(2, counts: [4, 1, 4])
                return parts[0] * parts[2]
            },
            {
                Plain.combined(
                    Plain.box($0[0], at: [0, 0, 0], shape: [3, 2, 4]),
                    Plain.box($0[0], at: [0, 0, 5], shape: [3, 2, 4])
                ) { $0 * $1 }
            })
    }

    @Test func framesAndWindowsOfEachClip() {
        let clips = numbers([2, 4, 5, 6, 3], "clips")
        let frames = [[2, 0, 2], [3, 1, 0]]
        check(
            "gathered", [clips], { gatheredInTime($0[0], frames: frames) },
            { clips in
                PlainTensor([2, 3, 5, 6, 3]) { clips[0][[$0[0], frames[$0[0]][$0[1]]] + $0.suffix(3)] }
            })
        let places = [(top: 0, left: 3), (top: 2, left: 1)]
        check(
            "cropped", [clips], { croppedPerClip($0[0], places: places, height: 3, width: 2) },
            { clips in
                PlainTensor([2, 4, 3, 2, 3]) { p in
                    clips[0][[p[0], p[1], p[2] + places[p[0]].top, p[3] + places[p[0]].left, p[4]]]
                }
            })
    }

    @Test func otherElementTypesMoveToo() {
        let bytes = Tensor((0..<60).map { UInt8($0) }, shape: [3, 4, 5])
        let moved = bytes.transposed([2, 0, 1])
        #expect(moved.transposed([1, 2, 0]).scalars(as: UInt8.self) == Array(0..<60))
        #expect(Array(moved.scalars(as: UInt8.self).prefix(13)) == (0..<12).map { UInt8($0 * 5) } + [1])
        #expect(
            bytes.sliced(1, from: 1, count: 2).sliced(2, from: 3, count: 1).scalars(as: UInt8.self) == [
                8, 13, 28, 33, 48, 53,
            ])
        let halves = numbers([40, 33], "halves").converted(to: .bfloat16)
        let there = halves.transposed([1, 0]).transposed([1, 0]).converted(to: .float32)
        #expect(there.scalars == halves.converted(to: .float32).scalars)
    }
}
