import AuspexSupport

/// Approximately the nearest matrix with orthonormal rows or columns: every singular value is brought into about [0.7, 1.2], singular vectors are kept.
///
/// From `X = G / ‖G‖` each iteration takes `X ← aX + b(XXᵀ)X + c(XXᵀ)²X` with (a, b, c) = (3.4445, −4.7750, 2.0315): the quintic Newton–Schulz
/// iteration whose coefficients raise small singular values as fast as possible at the cost of ending near 1, not at 1. The products of X with
/// itself are taken on its shorter side; transposing G transposes the result. Off the tape.
///
/// - Parameter matrix: G, `[R, C]`, float32.
/// - Returns: `[R, C]`; zeros where G is zero.
/// - Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the iteration is of Bernstein and Newhouse 2024,
///   arXiv:2409.20325, appendix.
package func orthogonalized(_ matrix: Tensor, iterations: Int = 5) -> Tensor {
    require(matrix.rank == 2, "orthogonalized", "a matrix [R, C], not \(matrix.shape)")
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = matrix.detached() * Float(1 / (matrix.sumOfSquares.squareRoot() + 1e-7))
    let linear = scaledIdentity(min(matrix.shape[0], matrix.shape[1]), 3.4445)
    for _ in 0..<iterations {
        let gram = matrixProduct(x, x, transposingLeft: isTall, transposingRight: !isTall)
        // One product with the whole polynomial instead of two and a sum.
        let polynomial = linear + gram * -4.7750 + matrixProduct(gram, gram) * 2.0315
        x = isTall ? matrixProduct(x, polynomial) : matrixProduct(polynomial, x)
    }
    return x
}

private func scaledIdentity(_ size: Int, _ scale: Float) -> Tensor {
    Tensor([size, size]) { out in
        out.update(repeating: 0, count: size * size)
        for place in 0..<size { out[place * (size + 1)] = scale }
    }
}
