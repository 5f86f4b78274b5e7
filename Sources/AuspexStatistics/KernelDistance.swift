import AuspexSupport
import AuspexTensors
import CAuspexLAPACK

/// The unbiased estimate of the squared maximum mean discrepancy with a polynomial kernel of degree 3:
/// `Σ_{i≠j} k(xᵢ, xⱼ) / m(m − 1) + Σ_{i≠j} k(yᵢ, yⱼ) / n(n − 1) − 2 Σᵢⱼ k(xᵢ, yⱼ) / mn`. It may be negative.
///
/// Source: Gretton et al. 2012, equation 3; Bińkowski et al. 2018, arXiv:1801.01401.
public enum KernelDistance {
    /// The polynomial kernel `k(x, y)` of two rows of d features.
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
            "\(x.count, "row") of \(x.size) and \(y.count) of \(y.size)")
        let (m, n) = (Double(x.count), Double(y.count))
        return kernelSum(x, kernel) / (m * (m - 1)) + kernelSum(y, kernel) / (n * (n - 1))
            - 2 * kernelSum(x, y, kernel) / (m * n)
    }

    /// Computed by parts of the rows: a table of all pairs would grow with the square of the clips.
    private static func tiles(_ features: ClipFeatures) -> [Range<Int>] {
        let step = KernelTile.rows(ofSize: features.size)
        return stride(from: 0, to: features.count, by: step).map { $0..<min($0 + step, features.count) }
    }

    /// The sum over pairs of different rows of one set, which is symmetric about the diagonal.
    private static func kernelSum(_ x: ClipFeatures, _ kernel: Kernel) -> Double {
        let tiles = tiles(x)
        var table = KernelTile(size: x.size)
        var total = 0.0
        for (number, rows) in tiles.enumerated() {
            table.setLeft(x, rows)
            for columns in tiles[number...] {
                table.setRight(x, columns)
                let isDiagonal = rows == columns
                total += (isDiagonal ? 1 : 2) * table.sum(kernel, withDiagonal: !isDiagonal)
            }
        }
        return total
    }

    /// The sum over pairs of a row of either set.
    private static func kernelSum(_ x: ClipFeatures, _ y: ClipFeatures, _ kernel: Kernel) -> Double {
        var table = KernelTile(size: x.size)
        var total = 0.0
        for rows in tiles(x) {
            table.setLeft(x, rows)
            for columns in tiles(y) {
                table.setRight(y, columns)
                total += table.sum(kernel, withDiagonal: true)
            }
        }
        return total
    }

    /// Mean and standard deviation over random subsets of the same number of rows of each set.
    ///
    /// - Parameters:
    ///   - subsets: how many; one if a subset is the whole of both sets, as all would be the same.
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
        return (values.reduce(0, +) / Double(subsets), FrechetEstimates.deviation(of: values), size)
    }
}

/// Products of some rows of one set with some of another.
private struct KernelTile {
    private let size: Int
    private var left: [Double]
    private var right: [Double]
    private var products: [Double]
    private var leftCount = 0
    private var rightCount = 0

    /// Rows in a tile.
    static func rows(ofSize size: Int) -> Int { max(1, min(512, (1 << 21) / size)) }

    init(size: Int) {
        self.size = size
        let rows = Self.rows(ofSize: size)
        left = Array(repeating: 0, count: rows * size)
        right = Array(repeating: 0, count: rows * size)
        products = Array(repeating: 0, count: rows * rows)
    }

    mutating func setLeft(_ features: ClipFeatures, _ rows: Range<Int>) {
        features.write(rows, columns: 0..<size, to: &left)
        leftCount = rows.count
    }

    mutating func setRight(_ features: ClipFeatures, _ rows: Range<Int>) {
        features.write(rows, columns: 0..<size, to: &right)
        rightCount = rows.count
    }

    mutating func sum(_ kernel: KernelDistance.Kernel, withDiagonal: Bool) -> Double {
        MatrixLibrary.prepare()
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(leftCount), Int32(rightCount), Int32(size), 1, left,
            Int32(size), right, Int32(size), 0, &products, Int32(rightCount))
        var total = 0.0
        for row in 0..<leftCount {
            for column in 0..<rightCount where withDiagonal || row != column {
                total += kernel(products[row * rightCount + column], size: size)
            }
        }
        return total
    }
}
