import CAuspexSystem
import Foundation
import Synchronization

/// The system calls that change files, collected here so that a test can make each one fail, or stop at each one as a kill would.
///
/// They return what the system call returns, and leave the reason in `errno`.
package enum FileCall {
    package enum Name: String, Sendable {
        case makeFolder, open, write, flush, rename, link, remove
    }

    /// Called before each system call: returns the error to fail with, or nil to let the call proceed.
    package typealias Fault = @Sendable (Name, _ path: String) -> Int32?

    /// Per thread, so that tests do not disturb each other. (A task-local value of a function type crashes when built with Swift 6.3's optimiser.)
    private static let faults = Mutex<[UInt: Fault]>([:])
    private static let hasFaults = Atomic<Bool>(false)

    /// Runs `body` with faults in the calls that this thread makes.
    package static func withFault<Result>(_ fault: @escaping Fault, _ body: () throws -> Result) rethrows -> Result {
        let thread = UInt(pthread_self())
        faults.withLock { $0[thread] = fault }
        hasFaults.store(true, ordering: .relaxed)
        defer { faults.withLock { $0[thread] = nil } }
        return try body()
    }

    private static func call<Status: SignedInteger>(_ name: Name, _ path: String, _ body: () -> Status) -> Status {
        guard hasFaults.load(ordering: .relaxed) else { return body() }
        let fault = faults.withLock { $0[UInt(pthread_self())] }
        guard let code = fault?(name, path) else { return body() }
        errno = code
        return -1
    }

    package static func makeFolder(_ path: String) -> Int32 { call(.makeFolder, path) { mkdir(path, 0o777) } }

    package static func open(_ path: String, _ flags: Int32) -> Int32 {
        call(.open, path) { Foundation.open(path, flags | O_CLOEXEC, 0o644) }
    }

    /// Writes all of the bytes, at the descriptor's position or at an offset.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int? = nil, path: String
    ) -> Int32 {
        guard let base = bytes.baseAddress else { return 0 }
        var done = 0
        while done < bytes.count {
            let rest = bytes.count - done
            let count = call(.write, path) {
                offset.map { pwrite(descriptor, base + done, rest, off_t($0 + done)) }
                    ?? Foundation.write(descriptor, base + done, rest)
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                if count == 0 { errno = ENOSPC }
                return -1
            }
        }
        return 0
    }

    package static func flush(_ descriptor: Int32, path: String) -> Int32 { call(.flush, path) { fsync(descriptor) } }

    package static func rename(_ path: String, to other: String) -> Int32 {
        call(.rename, path) { Foundation.rename(path, other) }
    }

    /// Exchanges the names of a new file or folder and an older one in one step; the name always exists.
    package static func exchange(_ path: String, with other: String) -> Int32 {
        call(.rename, path) { ax_exchange(path, other) }
    }

    package static func link(_ path: String, to target: String) -> Int32 {
        call(.link, path) { symlink(target, path) }
    }

    /// Removes a file, or a folder with all of its contents, as far as possible.
    package static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            _ = call(.remove, path) { unlink(path) }
            return
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { remove(path + "/" + name) }
        _ = call(.remove, path) { rmdir(path) }
    }
}
