import CAuspexEngine
import CAuspexLAPACK

/// The versions of the libraries that compute: another version may change the last digits.
package enum MathLibraries {
    /// oneDNN's, major and minor: `2.6`.
    package static var oneDNN: String {
        let version = Int(ax_dnn_version())
        return "\(version / 100).\(version % 100)"
    }

    /// OpenBLAS's: `0.3.21`.
    package static var openBLAS: String {
        // "OpenBLAS 0.3.21 NO_AFFINITY …": the rest names the processor, which is recorded elsewhere.
        let words = String(cString: openblas_get_config()).split(separator: " ")
        return words.count > 1 ? String(words[1]) : "unknown"
    }
}
