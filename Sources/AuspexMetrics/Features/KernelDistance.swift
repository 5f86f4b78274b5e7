import AuspexTensors
import CAuspexLAPACK

/// The unbiased estimate of the squared maximum mean discrepancy with a polynomial kernel of degree 3:
/// `Σ_{i≠j} k(xᵢ, xⱼ) / m(m − 1) + Σ_{i≠j} k(yᵢ, yⱼ) / n(n − 1) − 2 Σᵢⱼ k(xᵢ, yⱼ) / mn`. It may be negative.
///
/// Source: Gretton et al. 2012, equation 3; Bińkowski et al. 2018, arXiv:1801.01401.
public enum KernelDistance {
    public enum Kernel: String, Sendable, Codable {
        /// `(x·y / d + 1)³`.
        case scaled
        /// `(x·y + 1)³`.
        case plain

        func callAsFunction(_ product: Double, size: Int) -> Double {
            let base = (self == .scaled ? product / Double(size) : product) + 1
            return base * base * base
        }
    }

    /// Needs two rows of each.
    public static func between(_ x: ClipFeatures, _ y: ClipFeatures, kernel: Kernel) -> Double {
        require(
            x.size == y.size && min(x.count, y.count) > 1, "KernelDistance",
            "\(x.count) rows of \(x.size) and \(y.count) of \(y.size)")
        let (m, n) = (Double(x.count), Double(y.count))
        return kernelSum(x, x, kernel, diagonal: false) / (m * (m - 1))
            + kernelSum(y, y, kernel, diagonal: false) / (n * (n - 1))
            - 2 * kernelSum(x, y, kernel, diagonal: true) / (m * n)
    }

    /// The sum over pairs of rows, by blocks of rows: the table of all pairs would grow with the square of the clips.
    private static func kernelSum(
        _ x: ClipFeatures, _ y: ClipFeatures, _ kernel: Kernel, diagonal: Bool
    ) -> Double {
        let size = x.size
        let (left, right) = (x.values.map(Double.init), y.values.map(Double.init))
        let step = 512
        var products = [Double](repeating: 0, count: min(step, x.count) * y.count)
        var total = 0.0
        for start in stride(from: 0, to: x.count, by: step) {
            let rows = min(step, x.count - start)
            left.withUnsafeBufferPointer { left in
                guard let first = left.baseAddress else { return }
                cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(y.count), Int32(size), 1,
                    first + start * size, Int32(size), right, Int32(size), 0, &products, Int32(y.count))
            }
            for row in 0..<rows {
                for column in 0..<y.count where diagonal || start + row != column {
                    total += kernel(products[row * y.count + column], size: size)
                }
            }
        }
        return total
    }

    /// Mean and standard deviation over random subsets of as many rows of each set.
    ///
    /// - Parameters:
    ///   - subsets: how many; one where a subset is the whole of both sets, as all would be the same.
    ///   - stream: where subsets are drawn from.
    public static func overSubsets(
        _ x: ClipFeatures, _ y: ClipFeatures, kernel: Kernel, subsets: Int = 100, size: Int = 1000,
        from stream: RandomStream
    ) -> (mean: Double, deviation: Double, size: Int) {
        let size = min(size, x.count, y.count)
        if size == x.count, size == y.count { return (between(x, y, kernel: kernel), 0, size) }
        let values = (0..<subsets).map { subset in
            between(
                x.rows(stream.named("real").at(step: subset).sample(size, below: x.count)),
                y.rows(stream.named("predicted").at(step: subset).sample(size, below: y.count)), kernel: kernel)
        }
        let mean = values.reduce(0, +) / Double(subsets)
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (spread / Double(max(subsets - 1, 1))).squareRoot(), size)
    }
}
