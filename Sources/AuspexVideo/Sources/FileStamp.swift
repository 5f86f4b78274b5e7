import Foundation

/// By which a changed file is known: size and date, of the file itself where a link leads to it.
struct FileStamp: Hashable, Sendable {
    var size = 0
    var modifiedSeconds = 0
    var modifiedNanoseconds = 0
    /// Whether there is such a file.
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
