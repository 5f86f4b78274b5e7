import AuspexTensors
import CAuspexLAPACK

/// The squared Wasserstein-2 distance of two normal distributions: `|μ1 − μ2|² + tr(Σ1 + Σ2 − 2 (Σ1 Σ2)^½)`.
///
/// `Σ1 Σ2` is not symmetric, so its root is taken of `Σ1^½ Σ2 Σ1^½`, which has the same eigenvalues and is: no imaginary parts can come up, whatever the
/// rank. Eigenvalues that rounding made negative count as zero.
/// Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv:1706.08500, equation 6.
public enum FrechetDistance {
    /// - Returns: the distance, never below zero.
    public static func between(_ a: FeatureStatistics, _ b: FeatureStatistics) -> Double {
        require(a.size == b.size, "FrechetDistance", "features of \(a.size) and of \(b.size) numbers")
        let means = zip(a.mean, b.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let traces = trace(a.covariance, a.size) + trace(b.covariance, b.size)
        let root = SymmetricMatrix.root(of: a.covariance, size: a.size)
        let product = SymmetricMatrix.product(
            root, SymmetricMatrix.product(b.covariance, root, size: a.size), size: a.size)
        let eigenvalues = SymmetricMatrix.eigenvalues(of: product, size: a.size)
        let rootTrace = eigenvalues.reduce(0) { $0 + max($1, 0).squareRoot() }
        return max(0, means + traces - 2 * rootTrace)
    }

    /// Between two sets of features.
    ///
    /// With fewer clips than features the covariances `XᵀX` are mostly null, and the trace of the root is the sum of the singular values of `X Yᵀ`, a small
    /// matrix: the same number, with less work and without the roots of rounding errors.
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
    /// `A · B`.
    static func product(_ a: [Double], _ b: [Double], size: Int) -> [Double] {
        var c = [Double](repeating: 0, count: size * size)
        let n = Int32(size)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
        return c
    }

    static func eigenvalues(of matrix: [Double], size: Int) -> [Double] {
        var copy = matrix
        return decompose(&copy, size: size, vectors: false)
    }

    /// `V diag(√λ) Vᵀ`, which squared gives the matrix back.
    static func root(of matrix: [Double], size: Int) -> [Double] {
        var vectors = matrix
        let eigenvalues = decompose(&vectors, size: size, vectors: true)
        // Rows of `vectors` are eigenvectors, as LAPACK's columns are in column-major order.
        var scaled = vectors
        for (row, value) in eigenvalues.enumerated() {
            let factor = max(value, 0).squareRoot()
            for column in 0..<size { scaled[row * size + column] *= factor }
        }
        var root = [Double](repeating: 0, count: size * size)
        let n = Int32(size)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, n, 1, vectors, n, scaled, n, 0, &root, n)
        return root
    }

    private static func decompose(_ matrix: inout [Double], size: Int, vectors: Bool) -> [Double] {
        var eigenvalues = [Double](repeating: 0, count: size)
        let job = CChar(UInt8(ascii: vectors ? "V" : "N"))
        let status = LAPACKE_dsyevd(
            LAPACK_COL_MAJOR, job, CChar(UInt8(ascii: "U")), Int32(size), &matrix, Int32(size), &eigenvalues)
        require(status == 0, "SymmetricMatrix", "dsyevd ended with \(status) for a matrix of \(size)×\(size)")
        return eigenvalues
    }
}
