import AuspexTensors
import Testing

@Suite struct MatrixProductTests {
    private func transposed(_ a: [Double], rows: Int, columns: Int) -> [Double] {
        (0..<a.count).map { a[$0 % rows * columns + $0 / rows] }
    }

    private func plain(_ a: [Double], _ b: [Double], _ m: Int, _ n: Int, _ k: Int) -> [Double] {
        (0..<m * n).map { i in (0..<k).reduce(0) { $0 + a[i / n * k + $1] * b[$1 * n + i % n] } }
    }

    @Test(
        arguments: [(1, 1, 1), (3, 5, 7), (16, 32, 64), (4, 100, 120), (33, 17, 129)],
        [(false, false), (true, false), (false, true), (true, true)])
    func agreesWithPlainLoops(sides: (Int, Int, Int), transposing: (Bool, Bool)) {
        let (m, n, k) = sides
        let a = numbers(transposing.0 ? [k, m] : [m, k], "a")
        let b = numbers(transposing.1 ? [n, k] : [k, n], "b")
        let (c, upstream, gradients) = outputAndGradients([a, b]) {
            matrixProduct($0[0], $0[1], transposingLeft: transposing.0, transposingRight: transposing.1)
        }
        let left = transposing.0 ? transposed(doubles(a), rows: k, columns: m) : doubles(a)
        let right = transposing.1 ? transposed(doubles(b), rows: n, columns: k) : doubles(b)
        let arriving = doubles(upstream)
        expectClose(c, plain(left, right, m, n, k), shape: [m, n], "product")
        let da = plain(arriving, transposed(right, rows: k, columns: n), m, k, n)
        let db = plain(transposed(left, rows: m, columns: k), arriving, k, n, m)
        expectClose(
            gradients[0], transposing.0 ? transposed(da, rows: m, columns: k) : da, shape: a.shape, "gradient of a")
        expectClose(
            gradients[1], transposing.1 ? transposed(db, rows: k, columns: n) : db, shape: b.shape, "gradient of b")
    }

    @Test func stopsTheProgramWhenSidesDoNotChain() async {
        await #expect(processExitsWith: .failure) {
            _ = matrixProduct(Tensor(zeros: [2, 3]), Tensor(zeros: [2, 3]))
        }
    }
}
