import Foundation

/// Identifies a version of a file: size and date, of the target if it is a link.
struct FileStamp: Hashable, Sendable {
    var size = 0
    var modifiedSeconds = 0
    var modifiedNanoseconds = 0
    /// Whether the file exists.
    var isKnown = false

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        size = Int(status.st_size)
        modifiedSeconds = Int(status.st_mtim.tv_sec)
        modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
        isKnown = true
    }

    /// Seconds since the file was written.
    var ageSeconds: Double {
        Date().timeIntervalSince1970 - Double(modifiedSeconds) - Double(modifiedNanoseconds) * 1e-9
    }
}
