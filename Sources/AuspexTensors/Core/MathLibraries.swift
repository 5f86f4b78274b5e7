import CAuspexEngine
import CAuspexLAPACK

/// The versions of the libraries that compute: another version may give other last digits.
package enum MathLibraries {
    /// oneDNN's, major and minor: `2.6`.
    package static var oneDNN: String {
        let version = Int(ax_dnn_version())
        return "\(version / 100).\(version % 100)"
    }

    /// OpenBLAS's: `0.3.21`.
    package static var openBLAS: String {
        // "OpenBLAS 0.3.21 NO_AFFINITY …": what follows names the processor, which is noted elsewhere.
        let words = String(cString: openblas_get_config()).split(separator: " ")
        return words.count > 1 ? String(words[1]) : "unknown"
    }
}
