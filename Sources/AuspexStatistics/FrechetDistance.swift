import AuspexSupport
import AuspexTensors
import CAuspexLAPACK

/// The squared Wasserstein-2 distance of two normal distributions: `|μ1 − μ2|² + tr(Σ1 + Σ2 − 2 (Σ1 Σ2)^½)`.
///
/// Only the trace of the root is wanted, the sum of the roots of the eigenvalues of `Σ1 Σ2`. That product is not symmetric; with `Σ1 = F Fᵀ` the matrix
/// `Fᵀ Σ2 F` is, and has the same eigenvalues: no imaginary parts can arise, whatever the rank. F is Σ1's Cholesky factor with pivoting, which exists for
/// singular matrices too and takes a tenth of the time of the symmetric root `Σ1^½`. Eigenvalues that rounding made negative count as zero.
/// Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv:1706.08500, equation 6.
public enum FrechetDistance {
    /// - Returns: the distance, never below zero.
    public static func between(_ a: FeatureStatistics, _ b: FeatureStatistics) -> Double {
        require(a.size == b.size, "FrechetDistance", "features of \(a.size) and of \(b.size) numbers")
        let means = zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let traces = trace(a.covariance, a.size) + trace(b.covariance, b.size)
        let product = SymmetricMatrix.congruent(b.covariance, byFactorOf: a.covariance, size: a.size)
        let eigenvalues = SymmetricMatrix.eigenvalues(of: product, size: a.size)
        let rootTrace = eigenvalues.reduce(0) { $0 + max($1, 0).squareRoot() }
        return max(0, means + traces - 2 * rootTrace)
    }

    /// Between two sets of features.
    ///
    /// With fewer clips than features the covariances `XᵀX` are mostly null, and the trace of the root is the sum of the singular values of `X Yᵀ`, a small
    /// matrix: the same number, with less work and without the rounding errors of matrix roots.
    public static func between(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor = .lessOne
    ) -> Double {
        guard max(a.count, b.count) < a.size else {
            return between(FeatureStatistics(a, divisor: divisor), FeatureStatistics(b, divisor: divisor))
        }
        let (x, y) = (CentredFeatures(a, divisor: divisor), CentredFeatures(b, divisor: divisor))
        let means = zip(x.mean, y.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return max(0, means + x.totalVariance + y.totalVariance - 2 * x.sumOfSingularValues(with: y))
    }

    private static func trace(_ matrix: [Double], _ size: Int) -> Double {
        (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] }
    }
}

/// LAPACK on symmetric matrices `[D, D]`.
enum SymmetricMatrix {
    /// `Fᵀ B F` where `A = F Fᵀ`, up to a permutation of rows and columns that does not change the eigenvalues; the lower triangle, column by column.
    static func congruent(_ b: [Double], byFactorOf a: [Double], size: Int) -> [Double] {
        MatrixLibrary.prepare()
        let n = Int32(size)
        var factor = a
        var order = [Int32](repeating: 0, count: size)
        var rank: Int32 = 0
        // A positive status says that the matrix is singular, which the rank says too.
        let status = LAPACKE_dpstrf(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), n, &factor, n, &order, &rank, -1)
        require(status >= 0, "SymmetricMatrix", "dpstrf ended with \(status) for a matrix of \(size)×\(size)")
        for column in Int(rank)..<size {
            for row in column..<size { factor[column * size + row] = 0 }
        }
        let places = order.map { Int($0) - 1 }
        var product = [Double](repeating: 0, count: size * size)
        for (column, from) in places.enumerated() {
            for (row, place) in places.enumerated() { product[column * size + row] = b[from * size + place] }
        }
        cblas_dtrmm(
            CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, n, n, 1, factor, n, &product, n)
        cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, n, 1, factor, n, &product, n)
        return product
    }

    /// For a matrix whose lower triangle, column by column, is filled.
    static func eigenvalues(of matrix: [Double], size: Int) -> [Double] {
        MatrixLibrary.prepare()
        var copy = matrix
        var eigenvalues = [Double](repeating: 0, count: size)
        let status = LAPACKE_dsyevd(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "L")), Int32(size), &copy, Int32(size),
            &eigenvalues)
        require(status == 0, "SymmetricMatrix", "dsyevd ended with \(status) for a matrix of \(size)×\(size)")
        return eigenvalues
    }
}
