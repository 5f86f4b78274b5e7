import CAuspexLAPACK
import Foundation

/// OpenBLAS's working memory, which must be available before its first call: OpenBLAS itself retries forever if it does not get it.
package enum MatrixLibrary {
    /// The memory that OpenBLAS maps at once for a calling thread.
    private static let bufferBytes = 128 << 20

    /// Called before any product or factorisation; nearly free after the first time.
    ///
    /// OpenBLAS begins with one thread (`CAuspexSystem`) and gets as many as the kernels have here; each maps as much memory as the caller.
    package static func prepare() {
        _ = prepared
        let wanted = Int32(clamping: Kernels.threads)
        let current = openblas_get_num_threads()
        if current == wanted { return }
        if wanted < current || OutOfMemory.leavesRoom(forBytes: Int(wanted) * bufferBytes) {
            openblas_set_num_threads(wanted)
        }
    }

    private static let prepared: Void = {
        let wanted = bufferBytes + (1 << 20)
        let probe = mmap(nil, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let probe, probe != MAP_FAILED else { OutOfMemory.stop(wanting: wanted, for: "products of matrices") }
        munmap(probe, wanted)
        // A product large enough to need the memory, which OpenBLAS then keeps for later calls.
        let side = 128
        let ones = [Float](repeating: 1, count: side * side)
        var product = [Float](repeating: 0, count: side * side)
        let n = Int32(side)
        cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, ones, n, ones, n, 0, &product, n)
    }()
}
