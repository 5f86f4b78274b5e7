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

    public let mean: [Double]
    /// `[D, D]`, both halves filled.
    public let covariance: [Double]

    public var size: Int { mean.count }

    public init(_ features: ClipFeatures, divisor: Divisor = .lessOne) {
        let centred = CentredFeatures(features, divisor: divisor)
        self.init(mean: centred.mean, covariance: centred.covariance)
    }

    public init(mean: [Double], covariance: [Double]) {
        require(
            covariance.count == mean.count * mean.count, "FeatureStatistics",
            "\(covariance.count) numbers are no covariance of \(mean.count)")
        self.mean = mean
        self.covariance = covariance
    }
}

/// Features without their mean, divided so that their products are covariances.
struct CentredFeatures {
    let mean: [Double]
    /// `[N, D]`.
    private let rows: [Double]

    init(_ features: ClipFeatures, divisor: FeatureStatistics.Divisor) {
        let (count, size) = (features.count, features.size)
        require(count > (divisor == .lessOne ? 1 : 0), "CentredFeatures", "\(count) rows have no covariance")
        var rows = features.values.map(Double.init)
        var mean = [Double](repeating: 0, count: size)
        for row in 0..<count { for i in 0..<size { mean[i] += rows[row * size + i] } }
        for i in 0..<size { mean[i] /= Double(count) }
        let scale = 1 / Double(divisor == .lessOne ? count - 1 : count).squareRoot()
        for row in 0..<count { for i in 0..<size { rows[row * size + i] = (rows[row * size + i] - mean[i]) * scale } }
        self.mean = mean
        self.rows = rows
    }

    private var size: Int { mean.count }
    private var count: Int { rows.count / size }

    /// `XᵀX`, `[D, D]`.
    var covariance: [Double] {
        var covariance = [Double](repeating: 0, count: size * size)
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasTrans, Int32(size), Int32(count), 1, rows, Int32(size), 0, &covariance,
            Int32(size))
        for row in 0..<size {
            for column in 0..<row { covariance[row * size + column] = covariance[column * size + row] }
        }
        return covariance
    }

    /// The trace of the covariance.
    var totalVariance: Double { rows.reduce(0) { $0 + $1 * $1 } }

    /// Of `X Yᵀ`.
    func sumOfSingularValues(with other: CentredFeatures) -> Double {
        let (m, n) = (Int32(count), Int32(other.count))
        var products = [Double](repeating: 0, count: count * other.count)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, m, n, Int32(size), 1, rows, Int32(size), other.rows, Int32(size),
            0,
            &products, n)
        var values = [Double](repeating: 0, count: Int(min(m, n)))
        var none = [0.0]
        var alsoNone = [0.0]
        let status = LAPACKE_dgesdd(
            LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), m, n, &products, n, &values, &none, m, &alsoNone, n)
        require(status == 0, "CentredFeatures", "dgesdd ended with \(status) for a matrix of \(m)×\(n)")
        return values.reduce(0, +)
    }
}
