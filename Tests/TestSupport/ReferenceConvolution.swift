/// The slow, readable convolution that the fast one is compared with: plain loops over `[N, D, H, W, C]`, generic over the precision.
///
/// Two spatial dimensions are three with the first one of side 1.
package struct ReferenceConvolution<Scalar: BinaryFloatingPoint> {
    package let batch, channels, outputs, groups: Int
    package let input, kernel, stride, before, output: [Int]
    package let relu: Bool

    /// - Parameters:
    ///   - x, weight: shapes, `[N, sides…, C]` and `[sides…, C / groups, O]`.
    package init(
        x: [Int], weight: [Int], stride: [Int], padding: [(before: Int, after: Int)], groups: Int = 1,
        relu: Bool = false
    ) {
        let spatial = x.count - 2
        func three(_ sides: [Int], filler: Int) -> [Int] { spatial == 3 ? sides : [filler] + sides }
        batch = x[0]
        channels = x[x.count - 1]
        outputs = weight[weight.count - 1]
        input = three(Array(x[1...spatial]), filler: 1)
        kernel = three(Array(weight[0..<spatial]), filler: 1)
        self.stride = three(stride, filler: 1)
        before = three(padding.map(\.before), filler: 0)
        let after = three(padding.map(\.after), filler: 0)
        let (i, k, s, b) = (input, kernel, self.stride, before)
        output = (0..<3).map { (i[$0] + b[$0] + after[$0] - k[$0]) / s[$0] + 1 }
        self.groups = groups
        self.relu = relu
    }

    package var outputCount: Int { batch * output.reduce(1, *) * outputs }

    /// Visits every product's pixel pair: (index of the first input channel, of the first weight of the tap, of the first output channel).
    private func visit(_ body: (_ x: Int, _ weight: Int, _ y: Int) -> Void) {
        for n in 0..<batch {
            for z in 0..<output[0] {
                for y in 0..<output[1] {
                    for x in 0..<output[2] {
                        let to = (((n * output[0] + z) * output[1] + y) * output[2] + x) * outputs
                        taps(z, y, x) { place, tap in
                            body((n * input.reduce(1, *) + place) * channels, tap * channels / groups * outputs, to)
                        }
                    }
                }
            }
        }
    }

    private func taps(_ z: Int, _ y: Int, _ x: Int, _ body: (_ place: Int, _ tap: Int) -> Void) {
        for a in 0..<kernel[0] {
            for b in 0..<kernel[1] {
                for c in 0..<kernel[2] {
                    let (i, j, k) = (
                        z * stride[0] + a - before[0], y * stride[1] + b - before[1], x * stride[2] + c - before[2]
                    )
                    guard (0..<input[0]).contains(i), (0..<input[1]).contains(j), (0..<input[2]).contains(k) else {
                        continue
                    }
                    body((i * input[1] + j) * input[2] + k, (a * kernel[1] + b) * kernel[2] + c)
                }
            }
        }
    }

    /// Visits a tap's products: (input channel, output channel, weight's place within the tap), where both channels are of one group.
    private func products(_ body: (_ input: Int, _ output: Int, _ weight: Int) -> Void) {
        let width = channels / groups
        for o in 0..<outputs {
            let first = o / (outputs / groups) * width
            for i in 0..<width { body(first + i, o, i * outputs + o) }
        }
    }

    /// The output, of `outputCount` numbers.
    package func forward(x: [Scalar], weight: [Scalar], bias: [Scalar]?) -> [Scalar] {
        var result = (0..<outputCount).map { bias?[$0 % outputs] ?? 0 }
        visit { from, tap, to in
            products { i, o, w in result[to + o] += x[from + i] * weight[tap + w] }
        }
        return relu ? result.map { max($0, 0) } : result
    }

    /// The gradients of `Σ upstream · output`.
    package func backward(
        x: [Scalar], weight: [Scalar], bias: [Scalar]?, upstream: [Scalar]
    ) -> (x: [Scalar], weight: [Scalar], bias: [Scalar]) {
        let y = forward(x: x, weight: weight, bias: bias)
        let dy = relu ? zip(upstream, y).map { $1 > 0 ? $0 : 0 } : upstream
        var dx = [Scalar](repeating: 0, count: x.count)
        var dw = [Scalar](repeating: 0, count: weight.count)
        var db = [Scalar](repeating: 0, count: outputs)
        for i in dy.indices { db[i % outputs] += dy[i] }
        visit { from, tap, to in
            products { i, o, w in
                dx[from + i] += weight[tap + w] * dy[to + o]
                dw[tap + w] += x[from + i] * dy[to + o]
            }
        }
        return (dx, dw, db)
    }
}

/// Central differences of a function of many numbers, one number at a time.
package func centralDifferences(
    at point: [Double], step: Double = 1e-5, of function: ([Double]) -> Double
) -> [Double] {
    point.indices.map { i in
        var moved = point
        moved[i] = point[i] + step
        let above = function(moved)
        moved[i] = point[i] - step
        return (above - function(moved)) / (2 * step)
    }
}
