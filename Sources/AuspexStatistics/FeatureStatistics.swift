import AuspexSupport
import AuspexTensors
import CAuspexLAPACK

/// Mean and covariance of a set of features, in Double.
public struct FeatureStatistics: Sendable {
    /// What the sums of products are divided by.
    public enum Divisor: String, Sendable, Codable {
        /// n − 1: the unbiased estimate.
        case lessOne
        /// n.
        case all
    }

    /// `[D]`: the mean of each feature.
    public let mean: [Double]
    /// `[D, D]`, both halves filled.
    public let covariance: [Double]

    /// D, the number of features.
    public var size: Int { mean.count }

    /// Computed by blocks of rows: memory beside the features does not grow with their number.
    public init(_ features: ClipFeatures, divisor: Divisor = .lessOne) {
        let centred = CentredFeatures(features, divisor: divisor)
        self.init(mean: centred.mean, covariance: centred.covariance)
    }

    /// Takes known statistics.
    ///
    /// - Parameters:
    ///   - mean: `[D]`.
    ///   - covariance: `[D, D]`, symmetric, both halves filled.
    public init(mean: [Double], covariance: [Double]) {
        require(
            covariance.count == mean.count * mean.count, "FeatureStatistics",
            "\(covariance.count, "number") cannot be the covariance of \(mean.count)")
        self.mean = mean
        self.covariance = covariance
    }
}

/// Features without their mean, divided so that their products are covariances: `X`, `[N, D]`, of which only a part is ever in memory.
struct CentredFeatures {
    let mean: [Double]
    private let features: ClipFeatures
    private let scale: Double
    /// Numbers of a part.
    private static let part = 1 << 18

    init(_ features: ClipFeatures, divisor: FeatureStatistics.Divisor) {
        let count = features.count
        require(count > (divisor == .lessOne ? 1 : 0), "CentredFeatures", "\(count, "row") cannot have a covariance")
        self.features = features
        mean = features.mean
        scale = 1 / Double(divisor == .lessOne ? count - 1 : count).squareRoot()
    }

    private var size: Int { mean.count }
    private var count: Int { features.count }

    private func write(_ rows: Range<Int>, columns: Range<Int>, to out: inout [Double]) {
        MatrixLibrary.prepare()
        out.withUnsafeMutableBufferPointer { out in
            guard let out = out.baseAddress else { return }
            features.write(rows, columns: columns, to: out) { ($0 - mean[$1]) * scale }
        }
    }

    /// `XᵀX`, `[D, D]`, added up by blocks of rows.
    var covariance: [Double] {
        var covariance = [Double](repeating: 0, count: size * size)
        let step = min(count, max(1, Self.part / size))
        var rows = [Double](repeating: 0, count: step * size)
        for first in stride(from: 0, to: count, by: step) {
            let block = first..<min(first + step, count)
            write(block, columns: 0..<size, to: &rows)
            cblas_dsyrk(
                CblasRowMajor, CblasUpper, CblasTrans, Int32(size), Int32(block.count), 1, rows, Int32(size), 1,
                &covariance, Int32(size))
        }
        for row in 0..<size {
            for column in 0..<row { covariance[row * size + column] = covariance[column * size + row] }
        }
        return covariance
    }

    /// The trace of the covariance.
    var totalVariance: Double {
        var total = 0.0
        features.forEachRow { _, numbers in
            for column in 0..<size {
                let deviation = (Double(numbers[column]) - mean[column]) * scale
                total += deviation * deviation
            }
        }
        return total
    }

    /// Of `X Yᵀ`, which is summed by blocks of columns.
    func sumOfSingularValues(with other: CentredFeatures) -> Double {
        MatrixLibrary.prepare()
        let (m, n) = (Int32(count), Int32(other.count))
        var products = [Double](repeating: 0, count: count * other.count)
        let step = min(size, max(1, Self.part / max(count, other.count)))
        var (left, right) = (
            [Double](repeating: 0, count: count * step), [Double](repeating: 0, count: other.count * step)
        )
        for first in stride(from: 0, to: size, by: step) {
            let columns = first..<min(first + step, size)
            write(0..<count, columns: columns, to: &left)
            other.write(0..<other.count, columns: columns, to: &right)
            let width = Int32(columns.count)
            cblas_dgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, m, n, width, 1, left, width, right, width, 1, &products, n)
        }
        var values = [Double](repeating: 0, count: Int(min(m, n)))
        var none = [0.0]
        var alsoNone = [0.0]
        let status = LAPACKE_dgesdd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), m, n, &products, n, &values, &none, m, &alsoNone, n)
        require(status == 0, "CentredFeatures", "dgesdd ended with \(status) for a matrix of \(m)×\(n)")
        return values.reduce(0, +)
    }
}
