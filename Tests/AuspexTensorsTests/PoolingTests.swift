import AuspexTensors
import Testing

@Suite struct PoolingTests {
    /// Plain loops over windows, with the gradient of an average spread evenly and that of a maximum given to the first winner.
    private func reference(
        _ x: Tensor, size: [Int], stride: [Int], before: [Int], output: [Int], maximum: Bool, upstream: Tensor
    ) -> (output: [Double], gradient: [Double]) {
        let spatial = size.count
        func three(_ sides: [Int], _ filler: Int) -> [Int] { spatial == 3 ? sides : [filler] + sides }
        let (k, s, p, o) = (three(size, 1), three(stride, 1), three(before, 0), three(output, 1))
        let side = three(Array(x.shape[1...spatial]), 1)
        let channels = x.shape[x.rank - 1]
        let (numbers, arriving) = (doubles(x), doubles(upstream))
        var (result, gradient) = ([Double](), [Double](repeating: 0, count: numbers.count))
        for n in 0..<x.shape[0] {
            for place in 0..<o.product {
                let (z, y, w) = (place / (o[1] * o[2]), place / o[2] % o[1], place % o[2])
                for c in 0..<channels {
                    var members: [Int] = []
                    for tap in 0..<k.product {
                        let i = z * s[0] - p[0] + tap / (k[1] * k[2])
                        let j = y * s[1] - p[1] + tap / k[2] % k[1]
                        let l = w * s[2] - p[2] + tap % k[2]
                        if (0..<side[0]).contains(i), (0..<side[1]).contains(j), (0..<side[2]).contains(l) {
                            members.append((((n * side[0] + i) * side[1] + j) * side[2] + l) * channels + c)
                        }
                    }
                    let arrived = arriving[result.count]
                    if maximum {
                        let winner = members.reduce(members[0]) { numbers[$1] > numbers[$0] ? $1 : $0 }
                        gradient[winner] += arrived
                        result.append(numbers[winner])
                    } else {
                        for member in members { gradient[member] += arrived / Double(k.product) }
                        result.append(members.reduce(0) { $0 + numbers[$1] } / Double(k.product))
                    }
                }
            }
        }
        return (result, gradient)
    }

    @Test(arguments: [
        ([1, 2, 2, 1], [2, 2], [1, 1]), ([3, 5, 7, 3], [2, 2], [2, 3]), ([2, 8, 8, 16], [2, 2], [4, 4]),
        ([1, 9, 9, 19], [4, 3], [2, 3]), ([2, 5, 7, 6, 9], [2, 2, 2], [2, 3, 3]),
        ([1, 3, 4, 4, 8], [1, 2, 2], [3, 2, 2]),
    ])
    func averages(shape: [Int], size: [Int], output: [Int]) {
        let x = numbers(shape, "x")
        let (y, upstream, gradients) = outputAndGradients([x]) { averagePooled($0[0], size: size) }
        let expected = reference(
            x, size: size, stride: size, before: size.map { _ in 0 }, output: output, maximum: false, upstream: upstream
        )
        expectClose(y, expected.output, shape: [shape[0]] + output + [shape[shape.count - 1]], "output")
        expectClose(gradients[0], expected.gradient, shape: shape, "gradient")
    }

    @Test(arguments: [
        ([2, 7, 6, 5], [3, 3], [2, 2], Padding.explicit([(0, 1), (1, 1)]), [0, 1], [3, 3]),
        ([1, 8, 8, 16], [2, 2], [2, 2], .valid, [0, 0], [4, 4]),
        ([2, 5, 5, 3], [3, 3], [1, 1], .same, [1, 1], [5, 5]),
        ([1, 4, 6, 7, 9], [3, 3, 3], [2, 2, 2], .same, [1, 1, 1], [2, 3, 4]),
        ([1, 2, 5, 5, 4], [1, 3, 3], [1, 2, 2], .explicit([(0, 0), (0, 1), (0, 1)]), [0, 0, 0], [2, 2, 2]),
        // Channels in whole vectors go another way where no gradient is wanted: 56 are 32, 16 and 8.
        ([2, 4, 7, 6, 56], [3, 3, 3], [1, 1, 1], .same, [1, 1, 1], [4, 7, 6]),
        ([1, 3, 4, 5, 8], [2, 2, 3], [2, 2, 3], .explicit([(0, 1), (0, 0), (1, 0)]), [0, 0, 1], [2, 2, 2]),
        ([2, 9, 11, 24], [3, 5], [2, 1], .explicit([(1, 1), (2, 2)]), [1, 2], [5, 11]),
    ])
    func maxima(shape: [Int], size: [Int], stride: [Int], padding: Padding, before: [Int], output: [Int]) {
        let x = numbers(shape, "x")
        let (y, upstream, gradients) = outputAndGradients([x]) {
            maximumPooled($0[0], size: size, stride: stride, padding: padding)
        }
        let expected = reference(
            x, size: size, stride: stride, before: before, output: output, maximum: true, upstream: upstream)
        expectClose(y, expected.output, shape: [shape[0]] + output + [shape[shape.count - 1]], "output")
        expectClose(gradients[0], expected.gradient, shape: shape, "gradient")
        expectClose(maximumPooled(x, size: size, stride: stride, padding: padding), y, "without a tape")
    }

    @Test(arguments: [[1, 1, 1, 1], [2, 3, 5, 7], [3, 4, 4, 32]])
    func upsamplesToTheNearest(shape: [Int]) {
        let x = numbers(shape, "x")
        let (y, upstream, gradients) = outputAndGradients([x]) { upsampledNearest($0[0]) }
        let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        var (expected, gradient) = ([Double](), [Double](repeating: 0, count: shape.product))
        let (from, arriving) = (doubles(x), doubles(upstream))
        for i in 0..<n * 4 * h * w * c {
            let (image, row, column, channel) = (i / (4 * h * w * c), i / (2 * w * c) % (2 * h), i / c % (2 * w), i % c)
            let source = ((image * h + row / 2) * w + column / 2) * c + channel
            expected.append(from[source])
            gradient[source] += arriving[i]
        }
        expectClose(y, expected, shape: [n, 2 * h, 2 * w, c], "output")
        expectClose(gradients[0], gradient, shape: shape, "gradient")
    }
}
