import AuspexTensors
import TestSupport
import Testing

/// One convolution to compare; sides of 1, odd sides, and channels that fill no vector.
struct ConvolutionCase: Sendable, CustomTestStringConvertible {
    var x: [Int]
    var weight: [Int]
    var stride: [Int]
    var groups = 1
    var padding: Padding = .same
    var bias = true
    var relu = false

    var testDescription: String {
        "\(x) ∗ \(weight) stride \(stride) groups \(groups) \(padding) bias \(bias) relu \(relu)"
    }

    static let all: [ConvolutionCase] = [
        .init(x: [1, 1, 1, 1], weight: [1, 1, 1, 1], stride: [1, 1]),
        .init(x: [2, 5, 7, 3], weight: [3, 3, 3, 5], stride: [1, 1], relu: true),
        .init(x: [3, 4, 4, 16], weight: [3, 3, 16, 32], stride: [1, 1]),
        .init(x: [2, 8, 8, 17], weight: [3, 3, 17, 33], stride: [1, 1], bias: false, relu: true),
        .init(x: [1, 9, 6, 8], weight: [2, 4, 8, 24], stride: [1, 1]),
        .init(x: [2, 9, 7, 6], weight: [5, 3, 6, 9], stride: [2, 3], padding: .valid),
        .init(x: [2, 11, 8, 16], weight: [4, 4, 16, 16], stride: [2, 2], padding: .explicit([(1, 0), (1, 1)])),
        .init(x: [1, 6, 5, 40], weight: [1, 1, 40, 12], stride: [1, 1]),
        .init(x: [2, 7, 7, 8], weight: [1, 1, 8, 7], stride: [2, 2], padding: .valid, relu: true),
        .init(x: [1, 5, 5, 4], weight: [3, 3, 4, 8], stride: [1, 1], padding: .explicit([(0, 3), (2, 0)])),
        .init(x: [1, 1, 1, 1, 2], weight: [3, 3, 3, 2, 3], stride: [1, 1, 1]),
        .init(x: [2, 3, 5, 4, 8], weight: [3, 3, 3, 8, 16], stride: [1, 1, 1], relu: true),
        .init(x: [1, 5, 6, 7, 3], weight: [3, 3, 3, 3, 10], stride: [1, 1, 1], bias: false),
        .init(
            x: [2, 5, 7, 6, 16], weight: [4, 4, 4, 16, 17], stride: [2, 2, 2],
            padding: .explicit([(1, 0), (1, 0), (1, 1)])),
        .init(x: [1, 7, 7, 8, 9], weight: [3, 2, 1, 9, 20], stride: [2, 3, 1], padding: .valid, relu: true),
        .init(x: [2, 1, 5, 2, 8], weight: [3, 3, 3, 8, 8], stride: [2, 2, 3]),
        .init(x: [5, 16, 16, 32], weight: [3, 3, 32, 24], stride: [1, 1], relu: true),
        .init(x: [1, 4, 9, 9, 5], weight: [3, 1, 1, 5, 6], stride: [2, 1, 1], padding: .same),
        .init(x: [2, 5, 7, 6], weight: [3, 3, 2, 9], stride: [1, 1], groups: 3, relu: true),
        .init(x: [1, 6, 5, 32], weight: [5, 5, 16, 32], stride: [1, 1], groups: 2, bias: false),
        .init(x: [2, 9, 6, 32], weight: [11, 11, 4, 40], stride: [1, 1], groups: 8),
        .init(x: [2, 7, 5, 8], weight: [3, 3, 1, 8], stride: [2, 2], groups: 8),
        .init(x: [1, 3, 5, 4, 6], weight: [3, 3, 3, 3, 4], stride: [2, 1, 1], groups: 2),
    ]

    var reference: ReferenceConvolution<Double> {
        let pads: [(before: Int, after: Int)] =
            switch padding {
            case .same: weight.prefix(x.count - 2).map { (($0 - 1) / 2, $0 / 2) }
            case .valid: weight.prefix(x.count - 2).map { _ in (0, 0) }
            case .explicit(let pads): pads
            }
        return ReferenceConvolution(x: x, weight: weight, stride: stride, padding: pads, groups: groups, relu: relu)
    }

    var inputs: [Tensor] {
        let out = weight[weight.count - 1]
        return [numbers(x, "x"), numbers(weight, "w")] + (bias ? [numbers([out], "b")] : [])
    }

    func computed(_ inputs: [Tensor]) -> Tensor {
        convolution(
            inputs[0], weight: inputs[1], bias: bias ? inputs[2] : nil, stride: stride, groups: groups,
            padding: padding, activation: relu ? .relu : .identity)
    }
}

@Suite struct ConvolutionTests {
    @Test(arguments: ConvolutionCase.all)
    func agreesWithPlainLoops(_ c: ConvolutionCase) {
        let inputs = c.inputs
        let (output, upstream, gradients) = outputAndGradients(inputs, of: c.computed)
        let (x, w, b) = (doubles(inputs[0]), doubles(inputs[1]), c.bias ? doubles(inputs[2]) : nil)
        expectClose(output, c.reference.forward(x: x, weight: w, bias: b), shape: output.shape, "output")
        let expected = c.reference.backward(x: x, weight: w, bias: b, upstream: doubles(upstream))
        expectClose(gradients[0], expected.x, shape: c.x, "gradient of x")
        expectClose(gradients[1], expected.weight, shape: c.weight, "gradient of the weight")
        if c.bias {
            expectClose(gradients[2], expected.bias, shape: [c.weight[c.weight.count - 1]], "gradient of the bias")
        }
    }

    /// The plain loops' own gradients, where every number can be moved in turn.
    @Test(arguments: ConvolutionCase.all.filter { $0.x.reduce(1, *) * $0.weight.reduce(1, *) < 60_000 })
    func plainGradientsAgreeWithCentralDifferences(_ c: ConvolutionCase) {
        let inputs = c.inputs
        let (x, w, b) = (doubles(inputs[0]), doubles(inputs[1]), c.bias ? doubles(inputs[2]) : nil)
        let reference = c.reference
        let upstream = doubles(numbers([reference.outputCount], "upstream"))
        func loss(_ x: [Double], _ w: [Double], _ b: [Double]?) -> Double {
            zip(reference.forward(x: x, weight: w, bias: b), upstream).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let gradients = reference.backward(x: x, weight: w, bias: b, upstream: upstream)
        let differences = [
            centralDifferences(at: x) { loss($0, w, b) }, centralDifferences(at: w) { loss(x, $0, b) },
            b.map { centralDifferences(at: $0) { loss(x, w, $0) } } ?? gradients.bias,
        ]
        for (analytic, numeric) in zip([gradients.x, gradients.weight, gradients.bias], differences) {
            #expect(analytic.count == numeric.count)
            for (a, n) in zip(analytic, numeric) { #expect(abs(a - n) <= 1e-6 * (1 + abs(n))) }
        }
    }

    @Test func aGradientAloneIsTheSameAsAmongOthers() {
        let c = ConvolutionCase.all[1]
        let inputs = c.inputs
        for watched in 0..<3 {
            let tape = Tape()
            let leaf = tape.watch(inputs[watched])
            let output = c.computed((0..<3).map { $0 == watched ? leaf : inputs[$0] })
            let upstream = numbers(output.shape, "upstream")
            let alone = tape.gradients(of: output, upstream: upstream, at: [leaf])[0]
            let all = outputAndGradients(inputs, of: c.computed).gradients[watched]
            expectClose(alone, all, "gradient \(watched) alone")
        }
    }

    @Test func takesViewsThatDoNotBeginTheirStorage() {
        let c = ConvolutionCase.all[2]
        let (many, weights) = (numbers([2] + c.x, "many"), numbers([2] + c.weight, "weights"))
        let bias = numbers([32], "b")
        let (x, w) = (many.viewed(as: c.x, from: c.x.product), weights.viewed(as: c.weight, from: c.weight.product))
        let other = weights.viewed(as: c.weight)
        let expected = c.computed([x.copied(), w.copied(), bias])
        _ = c.computed([x, other, bias])
        expectClose(c.computed([x, w, bias]), expected, "with views")
    }

    @Test func packedWeightsServeEverySizeOfImage() {
        for weight in [numbers([3, 3, 16, 20], "w"), numbers([4, 4, 4, 16, 20], "w3")] {
            let spatial = weight.rank - 2
            for side in [1, 5, 8] {
                let x = numbers([2] + [Int](repeating: side, count: spatial) + [16], "x")
                let pads = (0..<spatial).map { _ in (before: 2, after: 1) }
                let compute = { (inputs: [Tensor]) in
                    convolution(
                        inputs[0], weight: inputs[1], stride: [Int](repeating: spatial - 1, count: spatial),
                        padding: .explicit(pads))
                }
                let kept = outputAndGradients([x, weight], of: compute)
                let fresh = outputAndGradients([x, weight.copied()], of: compute)
                expectClose(kept.output, fresh.output, "output of side \(side)")
                expectClose(kept.gradients[0], fresh.gradients[0], "gradient of side \(side)")
            }
        }
    }

    @Test func forgetsPackedWeightsWhenTheyChange() {
        let c = ConvolutionCase.all[2]
        var inputs = c.inputs
        _ = c.computed(inputs)
        inputs[1].withMutableScalars(as: Float.self) { for i in $0.indices { $0[i] = -2 * $0[i] } }
        let fresh = [inputs[0], inputs[1].copied(), inputs[2]]
        expectClose(c.computed(inputs), c.computed(fresh), "after the weight changed")
    }

    @Test func stopsTheProgramWhenChannelsDiffer() async {
        await #expect(processExitsWith: .failure) {
            _ = convolution(Tensor(zeros: [1, 4, 4, 3]), weight: Tensor(zeros: [3, 3, 4, 8]))
        }
    }
}
