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
        let (count, size) = (features.count, features.size)
        require(
            count > (divisor == .lessOne ? 1 : 0), "FeatureStatistics", "\(count) rows have no covariance")
        var centred = features.values.map(Double.init)
        var mean = [Double](repeating: 0, count: size)
        for row in 0..<count { for i in 0..<size { mean[i] += centred[row * size + i] } }
        for i in 0..<size { mean[i] /= Double(count) }
        for row in 0..<count { for i in 0..<size { centred[row * size + i] -= mean[i] } }
        var covariance = [Double](repeating: 0, count: size * size)
        let scale = 1 / Double(divisor == .lessOne ? count - 1 : count)
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasTrans, Int32(size), Int32(count), scale, centred, Int32(size), 0,
            &covariance, Int32(size))
        for row in 0..<size { for column in 0..<row { covariance[row * size + column] = covariance[column * size + row] } }
        self.mean = mean
        self.covariance = covariance
    }

    public init(mean: [Double], covariance: [Double]) {
        require(
            covariance.count == mean.count * mean.count, "FeatureStatistics",
            "\(covariance.count) numbers are no covariance of \(mean.count)")
        self.mean = mean
        self.covariance = covariance
    }
}
