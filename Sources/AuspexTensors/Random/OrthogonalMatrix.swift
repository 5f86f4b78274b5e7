import AuspexSupport
import CAuspexLAPACK

extension RandomStream {
    /// A random matrix `[rows, columns]` with orthonormal columns (rows, where there are fewer rows than columns), float32.
    ///
    /// The orthogonal factor of a standard normal matrix, with the signs that make it uniform over such matrices.
    /// Source: Saxe et al. 2014, arXiv:1312.6120; signs: Mezzadri 2007, arXiv:math-ph/0609050.
    package func orthogonalMatrix(rows: Int, columns: Int) -> Tensor {
        if ShapePass.current != nil { return Tensor(uninitialized: [rows, columns]) }
        MatrixLibrary.prepare()
        let tall = rows >= columns
        let (long, short) = tall ? (rows, columns) : (columns, rows)
        // Column-major `long × short`, as LAPACK expects: each of the `short` vectors is contiguous.
        var factor = normal([short, long]).scalars
        var reflectors = [Float](repeating: 0, count: short)
        let (m, n) = (Int32(long), Int32(short))
        var status = LAPACKE_sgeqrf(LAPACK_COL_MAJOR, m, n, &factor, m, &reflectors)
        require(status == 0, "orthogonalMatrix", "sgeqrf refused argument \(-status)")
        let signs = (0..<short).map { factor[$0 * long + $0] < 0 ? -1 as Float : 1 }
        status = LAPACKE_sorgqr(LAPACK_COL_MAJOR, m, n, n, &factor, m, &reflectors)
        require(status == 0, "orthogonalMatrix", "sorgqr refused argument \(-status)")
        for vector in 0..<short { for i in 0..<long { factor[vector * long + i] *= signs[vector] } }
        if !tall { return Tensor(factor, shape: [rows, columns]) }
        return Tensor([rows, columns]) { out in
            for row in 0..<rows {
                for column in 0..<columns { out[row * columns + column] = factor[column * long + row] }
            }
        }
    }
}
