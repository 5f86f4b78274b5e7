import AuspexTensors
import Foundation
import TestSupport
import Testing

private let sizes = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 67]

@Suite struct ElementwiseTests {
    private struct Function {
        let name: String
        let fast: (Tensor) -> Tensor
        let plain: (Double) -> Double
        /// Brings standard normal numbers to where the function is smooth.
        var argument: (Float) -> Float = { $0 }
    }

    private static var functions: [Function] {
        [
            Function(name: "exp", fast: { exp($0) }, plain: { Foundation.exp($0) }),
            Function(name: "log", fast: { log($0) }, plain: { Foundation.log($0) }, argument: { abs($0) + 0.1 }),
            Function(name: "tanh", fast: { tanh($0) }, plain: { Foundation.tanh($0) }),
            Function(name: "sigmoid", fast: { sigmoid($0) }, plain: { Plain.sigmoid($0) }),
            Function(name: "relu", fast: { relu($0) }, plain: { max($0, 0) }, argument: { $0 + ($0 > 0 ? 0.1 : -0.1) }),
            Function(name: "silu", fast: { silu($0) }, plain: { Plain.silu($0) }),
            Function(name: "softplus", fast: { softplus($0) }, plain: { Foundation.log(1 + Foundation.exp($0)) }),
            Function(
                name: "clamped", fast: { clamped($0, least: -0.25, most: 0.5) }, plain: { min(max($0, -0.25), 0.5) }),
            Function(
                name: "leakyReLU", fast: { leakyReLU($0, slope: 0.2) },
                plain: { $0 < 0 ? Double(Float(0.2)) * $0 : $0 },
                argument: { $0 + ($0 > 0 ? 0.1 : -0.1) }),
            Function(name: "abs", fast: { abs($0) }, plain: { abs($0) }, argument: { $0 + ($0 > 0 ? 0.1 : -0.1) }),
            Function(name: "square", fast: { square($0) }, plain: { $0 * $0 }),
            Function(
                name: "squareRoot", fast: { squareRoot($0) }, plain: { $0.squareRoot() }, argument: { abs($0) + 0.1 }),
            Function(name: "negate", fast: { -$0 }, plain: { -$0 }),
            Function(name: "times", fast: { 2.5 * $0 * 3 }, plain: { 7.5 * $0 }),
            Function(name: "plus", fast: { 1.5 - (2 + $0 - 0.25) }, plain: { -0.25 - $0 }),
            Function(name: "quotient", fast: { 3 / ($0 / 7) }, plain: { 21 / $0 }, argument: { abs($0) + 0.3 }),
        ]
    }

    @Test func functionsAndTheirGradients() {
        for function in Self.functions {
            for size in sizes {
                let x = Tensor(numbers([size], function.name).scalars.map(function.argument), shape: [size])
                let difference = gradientMismatch(
                    of: { function.fast($0[0]) }, against: { $0[0].map(function.plain) }, at: [x])
                #expect(difference == nil, "\(function.name) of \(size)")
            }
        }
    }

    /// Distance in units of the last place of the true result, which is zero where a float32 would be subnormal: kernels flush those.
    private func ulps(_ actual: Float, _ exact: Double) -> Double {
        let expected = abs(exact) < Double(Float.leastNormalMagnitude) ? 0 : exact
        return abs(Double(actual) - expected) / Double(max(Float(expected).magnitude, .leastNormalMagnitude).ulp)
    }

    @Test func accuracyInUnitsOfTheLastPlace() {
        let spread = (0..<40_000).map { Float($0 - 20_000) * 0.00437 }
        let positive = (0..<40_000).map { Foundation.exp(Float($0 - 20_000) * 0.00435) }
        forEveryInstructionSet { set in
            func worst(_ x: [Float], _ fast: (Tensor) -> Tensor, _ plain: (Double) -> Double) -> Double {
                largestMagnitude(zip(fast(Tensor(x, shape: [x.count])).scalars, x).map { ulps($0, plain(Double($1))) })
            }
            #expect(worst(spread, { exp($0) }, { Foundation.exp($0) }) < 2, "\(set)")
            #expect(worst(positive, { log($0) }, { Foundation.log($0) }) < 2, "\(set)")
            #expect(worst(spread, { tanh($0) }, { Foundation.tanh($0) }) < 3, "\(set)")
            #expect(worst(spread.filter { $0 > -80 }, { sigmoid($0) }, { Plain.sigmoid($0) }) < 4, "\(set)")
        }
    }

    private func flushed(_ x: Float) -> Float { x.isSubnormal ? x * 0 : x }

    @Test func specialValues() {
        let subnormal = Float.leastNormalMagnitude / 64
        let special: [Float] = [
            .infinity, -.infinity, .nan, 0, -0.0, 200, -200, subnormal, -subnormal, 88.7, -103,
        ]
        let x = Tensor(special, shape: [special.count])
        forEveryInstructionSet { set in
            func same(_ actual: Tensor, _ expected: (Float) -> Float, _ name: String) {
                for (a, argument) in zip(actual.scalars, special) {
                    // Subnormal arguments and results may count as zero.
                    let holds = [expected(argument), flushed(expected(flushed(argument)))].contains { b in
                        (a.isNaN && b.isNaN) || abs(a - b) <= 1e-6 * abs(b) || a == b
                    }
                    #expect(holds, "\(name)(\(argument)) is \(a), \(set)")
                }
            }
            same(exp(x), { Foundation.exp($0) }, "exp")
            same(log(x), { Foundation.log($0) }, "log")
            same(tanh(x), { Foundation.tanh($0) }, "tanh")
            same(sigmoid(x), { 1 / (1 + Foundation.exp(-$0)) }, "sigmoid")
            same(relu(x), { $0.isNaN ? $0 : max($0, 0) }, "relu")
            same(silu(x), { $0 / (1 + Foundation.exp(-$0)) }, "silu")
            same(softplus(x), { $0 > 80 ? $0 : Foundation.log1p(Foundation.exp($0)) }, "softplus")
            same(clamped(x, least: -1, most: 1), { $0.isNaN ? $0 : min(max($0, -1), 1) }, "clamped")
            same(leakyReLU(x, slope: 0.5), { $0 < 0 ? 0.5 * $0 : $0 }, "leakyReLU")
            same(squareRoot(x), { $0.squareRoot() }, "squareRoot")
        }
    }

    private static let meetings: [([Int], [Int])] = [
        ([1], [1]), ([7], [7]), ([3, 5], [5]), ([5], [3, 5]), ([2, 3, 17], [17]), ([2, 3, 17], [1, 3, 1]),
        ([4, 1, 9], [1, 6, 1]), ([2, 3, 4], []), ([], [3, 2]), ([2, 1, 3, 8], [2, 5, 1, 8]), ([3, 4, 1], [3, 4, 3]),
        ([2, 3, 33], [2, 3, 33]), ([2, 2, 2, 16], [2, 1, 1, 16]),
    ]

    @Test(arguments: meetings)
    func broadcasting(_ left: [Int], _ right: [Int]) {
        let a = numbers(left, "left")
        // Away from zero, for the quotient.
        let b = Tensor(numbers(right, "right").scalars.map { $0 + ($0 > 0 ? 0.5 : -0.5) }, shape: right)
        func check(
            _ name: String, _ fast: (Tensor, Tensor) -> Tensor, _ plain: @escaping (Double, Double) -> Double
        ) {
            let difference = gradientMismatch(
                of: { fast($0[0], $0[1]) }, against: { Plain.combined($0[0], $0[1], plain) }, at: [a, b])
            #expect(difference == nil, "\(left) \(name) \(right)")
        }
        check("+", { $0 + $1 }, { $0 + $1 })
        check("-", { $0 - $1 }, { $0 - $1 })
        check("*", { $0 * $1 }, { $0 * $1 })
        check("/", { $0 / $1 }, { $0 / $1 })
    }

    @Test func onSeveralThreads() {
        let shape = [9, 31, 17, 13]
        let (a, b, c) = (numbers(shape, "a"), numbers([13], "c"), numbers([9, 1, 1, 13], "n"))
        let (plainB, plainC) = (b.scalars.map(Double.init), c.scalars.map(Double.init))
        var expected: [Double] = []
        for (i, value) in a.scalars.enumerated() {
            let channel = i % 13
            let image = i / (31 * 17 * 13)
            expected.append(Foundation.exp(Double(value)) * plainB[channel] + plainC[image * 13 + channel])
        }
        forEveryInstructionSet { set in
            #expect(mismatch(exp(a) * b + c, PlainTensor(shape, expected)) == nil, "\(set)")
        }
    }

    @Test func aValueUsedTwiceGathersBothGradients() {
        let x = numbers([5], "twice")
        let difference = gradientMismatch(
            of: { $0[0] * $0[0] + $0[0] }, against: { $0[0].map { $0 * $0 + $0 } }, at: [x])
        #expect(difference == nil)
    }

    @Test func shapesThatDoNotMeetStop() async {
        await #expect(processExitsWith: .failure) {
            _ = Tensor(zeros: [2, 3]) + Tensor(zeros: [2, 4])
        }
    }
}
