import AuspexSupport
import CAuspexEngine

/// The product of two matrices: `c = a · b`, with either optionally transposed.
///
/// - Parameters:
///   - a: `[M, K]`, or `[K, M]` if transposed; float32.
///   - b: `[K, N]`, or `[N, K]` if transposed; float32.
/// - Returns: `[M, N]`.
public func matrixProduct(
    _ a: Tensor, _ b: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
) -> Tensor {
    require(
        a.rank == 2 && b.rank == 2 && a.shape[transposingLeft ? 0 : 1] == b.shape[transposingRight ? 1 : 0],
        "matrixProduct",
        "shapes \(a.shape)\(transposingLeft ? "ᵀ" : "") and \(b.shape)\(transposingRight ? "ᵀ" : "") do not chain")
    let output = product(a, b, transposingLeft, transposingRight)
    let left = b.isTracked ? a.detached() : nil
    let right = a.isTracked ? b.detached() : nil
    return output.recorded("matrixProduct", from: a, b) { gradient in
        // With c = a·b: da = dc·bᵀ and db = aᵀ·dc; a transposed factor's gradient is the transpose, computed by swapping the factors.
        let da = right.map {
            transposingLeft
                ? product($0, gradient, transposingRight, true) : product(gradient, $0, false, !transposingRight)
        }
        let db = left.map {
            transposingRight
                ? product(gradient, $0, true, transposingLeft) : product($0, gradient, !transposingLeft, false)
        }
        return [da, db]
    }
}

private func product(_ a: Tensor, _ b: Tensor, _ transposeA: Bool, _ transposeB: Bool) -> Tensor {
    let (m, k) = transposeA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let n = transposeB ? b.shape[0] : b.shape[1]
    guard m * n * k > 0 else { return Tensor(zeros: [m, n]) }
    let output = Tensor([m, n]) { c in
        withFloats(a, b) {
            checkDNN(
                ax_dnn_matrix_product($0, $1, c, Int64(m), Int64(n), Int64(k), transposeA ? 1 : 0, transposeB ? 1 : 0),
                "matrixProduct", "[\(m), \(k)] · [\(k), \(n)]")
        }
    }
    output.storage.shapePass?.noteMatrixProduct(2 * Double(m) * Double(n) * Double(k), writing: output.sizeBytes)
    return output
}
