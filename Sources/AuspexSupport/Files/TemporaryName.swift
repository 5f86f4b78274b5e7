import Foundation
import Synchronization

/// Names for unfinished files and folders: `.partial-PROCESS-RANDOM`, beside their final place.
///
/// The final name is not part of it: file systems allow 255 bytes, and a name of that length must work.
package enum TemporaryName {
    /// The marker of such names, here and in versions that put the final name before it.
    static let mark = ".partial-"

    package static func beside(_ path: String) -> String {
        AtomicFile.folder(of: path) + "/" + mark + String(getpid()) + "-"
            + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// Marks a file or folder as being written, for as long as the descriptor is open.
    package static func hold(_ descriptor: Int32) { _ = flock(descriptor, LOCK_EX | LOCK_NB) }

    // MARK: Leftovers

    private static let swept = Mutex<Set<String>>([])

    /// Removes what killed programs left in a folder, the first time that this process writes there.
    package static func sweepOnce(_ folder: String) {
        guard swept.withLock({ $0.insert(folder).inserted }) else { return }
        sweep(folder)
    }

    /// A leftover has an old temporary name, and nobody holds its lock: the system releases locks however a program ends.
    package static func sweep(_ folder: String, olderThanSeconds age: Double = 60) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where isTemporary(name) {
            let path = folder + "/" + name
            var status = stat()
            // A writer takes the lock right after it makes the file: in between, only the file's age protects it.
            guard lstat(path, &status) == 0, Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec) >= age else {
                continue
            }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { FileCall.remove(path) }
            close(descriptor)
        }
    }

    /// Whether a name is `.partial-PROCESS-…`, or `.NAME.partial-PROCESS…` as earlier versions wrote it.
    static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix("."), let place = name.range(of: mark, options: .backwards) else { return false }
        let process = name[place.upperBound...].prefix { $0 != "-" }
        return !process.isEmpty && process.allSatisfy { ("0"..."9").contains($0) }
    }
}
