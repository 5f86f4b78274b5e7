import AuspexTensors
import Foundation
import TestSupport
import Testing

/// Values and gradients of layered motion that PyTorch computed: tools/oracles/motion_operations.py.
@Suite struct LayeredMotionGoldenTests {
    private static let velocities = (0..<49).map { number in
        let (row, column) = (Float(number / 7), Float(number % 7))
        return (dy: (row - 3) / 2, dx: (column - 3) / 2)
    }

    private static func operation(_ name: String) -> ([Tensor]) -> Tensor {
        switch name.prefix(while: { $0 != "_" }) {
        case "splat": { splatted($0[0], flow: $0[1]) }
        case "edges": { sampledWithEdges($0[0], flow: $0[1]) }
        case "enlarged": { upsampledBilinear($0[0]) }
        case "composed": { composed(splat: $0[0], over: $0[1]).image }
        case "filled": { holesFilled($0[0], known: $0[1]) }
        case "softplus": { softplus($0[0]) }
        case "clamped": { clamped($0[0], least: -0.5, most: 1) }
        case "costs": { costVolume(from: $0[0], to: $0[1], displacements: velocities, limit: 0.6) }
        case "median": { median($0[0], along: 1) }
        default: { _ in Tensor(zeros: [0]) }
        }
    }

    @Test func agreeWithPyTorch() throws {
        let path = try #require(
            Bundle.module.url(forResource: "Golden/motion_operations.safetensors", withExtension: nil)
        ).path
        let cases = try GoldenCases(readingFrom: path)
        #expect(cases.names.count == 21)
        forEveryInstructionSet { set in
            for name in cases.names.sorted() {
                let difference = cases.mismatch(name, absolute: 1e-5, relative: 1e-4, of: Self.operation(name))
                #expect(difference == nil, "\(name), \(set)")
            }
        }
    }
}

/// The same against plain Swift, over sizes that include 1, odd numbers and channels that fill no vector.
@Suite struct LayeredMotionTests {
    private static let shapes: [([Int], Int)] = [
        ([1, 1, 1, 1], 1), ([1, 2, 3, 3], 2), ([2, 3, 1, 5], 3), ([1, 4, 5, 8], 2), ([2, 3, 4, 2], 1),
        ([1, 2, 2, 19], 2),
    ]

    /// Away from whole pixels, where the interpolant has a corner; some places are outside.
    private func flow(_ shape: [Int], times: Int) -> Tensor {
        let shape = [shape[0], times, shape[1], shape[2], 2]
        return Tensor(
            numbers(shape, "flow").scalars.map {
                ($0 * 2).rounded() + 0.1 + abs($0).truncatingRemainder(dividingBy: 0.8)
            }, shape: shape)
    }

    @Test(arguments: shapes) func splatsAndSamples(_ shape: [Int], _ times: Int) {
        let inputs = [numbers(shape, "image"), flow(shape, times: times)]
        let splat = gradientMismatch(
            of: { splatted($0[0], flow: $0[1]) }, against: { Plain.splatted($0[0], flow: $0[1]) }, at: inputs)
        #expect(splat == nil, "splat of \(shape)")
        let edges = gradientMismatch(
            of: { sampledWithEdges($0[0], flow: $0[1]) }, against: { Plain.sampledWithEdges($0[0], flow: $0[1]) },
            at: inputs)
        #expect(edges == nil, "edges of \(shape)")
    }

    /// `⟨splat(v), u⟩ = ⟨v, warp(u)⟩`: the splat is the adjoint of the warp by flow, which is another kernel.
    @Test func splattingIsTheWarpsAdjoint() {
        let (values, upstream) = (numbers([2, 7, 9, 3], "v"), numbers([2, 7, 9, 3], "u"))
        let flow = flow([2, 7, 9, 3], times: 1)
        let flat = flow.reshaped(to: [2, 7, 9, 2])
        let there = sum(splatted(values, flow: flow).reshaped(to: values.shape) * upstream).scalar
        let back = sum(values * warpedByFlow(upstream, flow: flat)).scalar
        #expect(abs(there - back) < 1e-4 * (1 + abs(there)))
    }

    /// Images that several threads share: the same bits as one image after another.
    @Test func imagesDoNotSeeEachOther() {
        let (image, flow) = (numbers([3, 24, 40, 5], "image"), flow([3, 24, 40, 5], times: 4))
        for operation in [splatted, sampledWithEdges] {
            let together = operation(image, flow)
            for number in 0..<3 {
                let alone = operation(
                    image.sliced(0, from: number, count: 1), flow.sliced(0, from: number, count: 1))
                #expect(alone.scalars == together.sliced(0, from: number, count: 1).scalars)
            }
        }
    }

    @Test func placesThatAreNoNumbersShow() {
        let image = Tensor(repeating: 1, shape: [1, 2, 2, 1])
        let flow = Tensor([0, .nan, .infinity, 0, 0, 0, -1e30, 0] as [Float], shape: [1, 1, 2, 2, 2])
        #expect(splatted(image, flow: flow).scalars.map(\.isNaN) == [true, false, false, false])
        let sampled = sampledWithEdges(image, flow: flow).scalars
        #expect(sampled.map(\.isNaN) == [true, false, false, false] && sampled.dropFirst().allSatisfy { $0 == 1 })
        let tape = Tape()
        let leaves = [tape.watch(image), tape.watch(flow)]
        for gradient in tape.gradients(
            of: splatted(leaves[0], flow: leaves[1]), upstream: Tensor(repeating: 1, shape: [1, 1, 2, 2, 1]), at: leaves
        ) {
            #expect(gradient.scalars[0].isNaN)
        }
        #expect(clamped(Tensor(Float.nan), least: 0, most: 1).scalar.isNaN)
        #expect(median(Tensor([1, .nan, 3] as [Float], shape: [3]), along: 0).scalar.isNaN)
        #expect(
            clamped(Tensor(Float.infinity), most: 2).scalar == 2 && clamped(Tensor(Float(-7)), least: 1).scalar == 1)
    }

    @Test(arguments: [[1, 1, 1, 1], [2, 1, 3, 2], [1, 4, 2, 5], [1, 3, 3, 17]]) func enlarges(_ shape: [Int]) {
        let difference = gradientMismatch(
            of: { upsampledBilinear($0[0]) }, against: { Plain.upsampledBilinear($0[0]) }, at: [numbers(shape, "x")])
        #expect(difference == nil, "\(shape)")
    }

    @Test(arguments: [([1, 1, 1, 1], 2, 1), ([2, 2, 3, 4], 2, 3), ([1, 3, 2, 5], 4, 3), ([1, 4, 5, 1], 3, 2)])
    func enlargesAlongEdges(_ shape: [Int], _ factor: Int, _ channels: Int) {
        let guide = numbers([shape[0], shape[1] * factor, shape[2] * factor, channels], "guide")
        let coarse = numbers(Array(shape[..<3]) + [channels], "coarse")
        let difference = gradientMismatch(
            of: { enlarged($0[0], guide: guide, coarse: coarse, tolerance: 0.7) },
            against: {
                Plain.enlarged($0[0], guide: PlainTensor(guide), coarse: PlainTensor(coarse), tolerance: 0.7)
            }, at: [numbers(shape, "x")])
        #expect(difference == nil, "\(shape)")
    }

    /// Two plain halves that meet inside a cell: each pixel takes what belongs to its own colour.
    @Test func mapsFollowTheEdgesOfThePicture() {
        let guide = Tensor((0..<16).map { Float($0 % 16 < 6 ? -1 : 1) }, shape: [1, 1, 16, 1])
        let coarse = Tensor([-1, 0, 1, 1] as [Float], shape: [1, 1, 4, 1])
        let tall = joined([Tensor](repeating: guide, count: 4), along: 1)
        let maps = Tensor([10, 10, 20, 20] as [Float], shape: [1, 1, 4, 1])
        let large = enlarged(maps, guide: tall, coarse: coarse, tolerance: 0.1).scalars
        #expect(large[..<4].allSatisfy { abs($0 - 10) < 0.01 } && large[8..<16].allSatisfy { abs($0 - 20) < 0.01 })
        // Colours that no cell has: bilinear but for the raised weights, and never NaN.
        let strange = enlarged(maps, guide: tall * 1000, coarse: coarse, tolerance: 0.1).scalars
        #expect(strange.allSatisfy { (10...20.001).contains($0) })
    }

    private static let rollouts: [([Int], Int, Int)] = [
        ([1, 1, 1, 1], 1, 1), ([2, 3, 3, 7], 5, 3), ([1, 5, 8, 12], 18, 2), ([1, 9, 15, 6], 3, 2),
        ([3, 1, 2, 17], 33, 4),
    ]

    @Test(arguments: rollouts) func rollsOut(_ shape: [Int], _ second: Int, _ steps: Int) {
        let first = shape[3]
        let inputs = [
            numbers(shape, "known"), numbers(shape.dropLast() + [2], "velocity"), numbers([4, first], "motion") * 0.5,
            numbers([first, second], "hidden") * (1 / Float(first).squareRoot()), numbers([second], "hidden bias"),
            numbers([second, 6], "output") * (0.3 / Float(second).squareRoot()), numbers([6], "output bias"),
        ]
        func rule(_ x: [Tensor]) -> RolloutWeights {
            RolloutWeights(motion: x[2], hidden: x[3], hiddenBias: x[4], output: x[5], outputBias: x[6])
        }
        let difference = gradientMismatch(
            of: { rolledOut(known: $0[0], velocity: $0[1], by: rule($0), steps: steps).way },
            against: { Plain.rolledOut($0, steps: steps) }, at: inputs, absolute: 1e-4, relative: 1e-3)
        #expect(difference == nil, "\(shape), \(second)")
    }

    /// Without features and biases, g is 0 and every velocity is half turned round: it vanishes.
    @Test func saysHowFarVelocitiesAreTurned() {
        let rule = RolloutWeights(
            motion: Tensor(zeros: [4, 3]), hidden: Tensor(zeros: [3, 2]), hiddenBias: Tensor(zeros: [2]),
            output: Tensor(zeros: [2, 6]), outputBias: Tensor([0, 2, 0, 0, 0, 0] as [Float], shape: [6]))
        let (way, turns) = rolledOut(
            known: Tensor(zeros: [1, 3, 7, 3]), velocity: Tensor(repeating: 1, shape: [1, 3, 7, 2]), by: rule, steps: 2)
        let turned = Float(1 / (1 + Foundation.exp(-2.0)))
        for (place, turn) in turns.scalars.enumerated() {
            #expect(abs(turn - (place % 2 == 0 ? 0.5 : turned)) < 1e-6)
        }
        let velocity = 1 - 2 * turned
        for (place, distance) in way.scalars.enumerated() {
            let expected = place % 2 == 0 ? 0 : place < 42 ? velocity : velocity + velocity * velocity
            #expect(abs(distance - expected) < 1e-6)
        }
    }

    /// As many pieces as there are at most, on any number of threads: the same bits.
    @Test func threadsChangeNoRollout() {
        let inputs = [
            numbers([3, 40, 33, 9], "known"), numbers([3, 40, 33, 2], "velocity"), numbers([4, 9], "motion"),
            numbers([9, 6], "hidden"), numbers([6], "hidden bias"), numbers([6, 6], "output") * 0.1,
            numbers([6], "output bias"),
        ]
        func results(threads: Int) -> [[Float]] {
            let before = Kernels.threads
            Kernels.setThreads(threads)
            defer { Kernels.setThreads(before) }
            let tape = Tape()
            let x = inputs.map(tape.watch)
            let rule = RolloutWeights(motion: x[2], hidden: x[3], hiddenBias: x[4], output: x[5], outputBias: x[6])
            let (way, turns) = rolledOut(known: x[0], velocity: x[1], by: rule, steps: 3)
            return [way.scalars, turns.scalars]
                + tape.gradients(of: way, upstream: numbers(way.shape, "upstream"), at: x).map(\.scalars)
        }
        let one = results(threads: 1)
        for threads in [2, 3] { #expect(results(threads: threads) == one) }
    }

    @Test(arguments: [([1, 1, 1, 1], 0), ([2, 3, 4, 3], 4), ([1, 2, 5, 8], 1), ([3, 1, 2, 19], 2)])
    func mixes(_ shape: [Int], _ times: Int) {
        let inputs = [
            numbers([shape[0], times] + shape[1...], "frames"), numbers(shape, "last"),
            numbers(shape.dropLast() + [times + 1], "shares"),
        ]
        let difference = gradientMismatch(
            of: { mixed($0[0], $0[1], shares: $0[2]) }, against: { Plain.mixed($0[0], $0[1], shares: $0[2]) },
            at: inputs)
        #expect(difference == nil, "\(shape), \(times)")
    }

    @Test(arguments: [[1, 1], [3, 3], [2, 3, 4, 2], [7, 18]]) func composes(_ shape: [Int]) {
        let channels = shape[shape.count - 1]
        // Coverages to both sides of 1.
        let splat = abs(numbers(shape.dropLast() + [channels + 2], "splat")) * 0.8 + 0.05
        let difference = gradientMismatch(
            of: { composed(splat: $0[0], over: $0[1]).image },
            against: { Plain.composed(splat: $0[0], over: $0[1]) }, at: [splat, numbers(shape, "background")])
        #expect(difference == nil, "\(shape)")
        let empty = composed(splat: splat * 0, over: numbers(shape, "background"))
        #expect(empty.image.scalars == numbers(shape, "background").scalars)
        #expect(empty.opacity.scalars.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [([1, 1, 1, 1], 5), ([1, 2, 4, 2], 5), ([1, 4, 4, 1], 1), ([2, 6, 4, 3], 5)])
    func fillsHoles(_ shape: [Int], _ levels: Int) {
        let known = sigmoid(numbers(shape.dropLast() + [1], "known") * 3)
        let difference = gradientMismatch(
            of: { holesFilled($0[0], known: $0[1], levels: levels) },
            against: { Plain.holesFilled($0[0], known: $0[1], levels: levels) }, at: [numbers(shape, "x"), known])
        #expect(difference == nil, "\(shape)")
    }

    @Test(arguments: [[1, 1, 1, 1], [2, 3, 5, 3], [1, 4, 4, 4], [1, 2, 7, 5]]) func costs(_ shape: [Int]) {
        let (first, second) = (numbers(shape, "first"), numbers(shape, "second"))
        let velocities: [(dy: Float, dx: Float)] = [(0, 0), (0.5, -1.25), (-9, 0.3), (2, 9.75)]
        let expected = Plain.costVolume(
            from: PlainTensor<Double>(first), to: PlainTensor(second), displacements: velocities, limit: 1.25)
        forEveryInstructionSet { set in
            let found = costVolume(from: first, to: second, displacements: velocities, limit: 1.25)
            #expect(mismatch(found, expected) == nil, "\(set)")
        }
    }

    @Test(arguments: [[1], [2], [5], [64], [3, 101], [4, 6, 3]]) func medians(_ shape: [Int]) {
        // Few different numbers, so that many are equal.
        let x = Tensor(numbers(shape, "x").scalars.map { ($0 * 4).rounded() }, shape: shape)
        let (axis, inner) = (max(0, shape.count - 2), shape.count > 1 ? shape[shape.count - 1] : 1)
        let (count, all) = (shape[axis], x.scalars)
        let expected = (0..<x.count / count).map { column in
            let start = column / inner * count * inner + column % inner
            return (0..<count).map { all[start + $0 * inner] }.sorted()[(count - 1) / 2]
        }
        #expect(median(x, along: axis).scalars == expected)
    }

    @Test func shapesThatDoNotFitStop() async {
        await #expect(processExitsWith: .failure) {
            _ = splatted(Tensor(zeros: [1, 2, 2, 3]), flow: Tensor(zeros: [1, 2, 2, 2]))
        }
        await #expect(processExitsWith: .failure) {
            _ = sampledWithEdges(Tensor(zeros: [1, 2, 2, 3]), flow: Tensor(zeros: [1, 4, 2, 3, 2]))
        }
        await #expect(processExitsWith: .failure) {
            _ = composed(splat: Tensor(zeros: [2, 3]), over: Tensor(zeros: [2, 3]))
        }
    }
}
