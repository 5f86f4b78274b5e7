import Foundation

/// Writes a file under a temporary name, flushes it to the disk and renames it: whoever looks sees the old file or the whole new one.
package struct AtomicFile {
    /// What marks a temporary name, so that leftovers of a killed program can be told and removed.
    package static let temporaryMark = ".partial-"

    /// Writes `path` anew; where `body` throws, nothing is left behind and an older file stays as it was.
    package static func write<Result>(
        to path: String, _ body: (FileSink) throws -> Result
    ) throws -> Result {
        let sink = try FileSink(replacing: path)
        do {
            let result = try body(sink)
            try sink.commit()
            return result
        } catch {
            sink.abandon()
            throw error
        }
    }

    package static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
        try write(to: path) { try $0.write(Array(bytes)) }
    }

    /// Removes what a killed program left half written in a folder; only for the one program that writes there.
    package static func removeLeftovers(in folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasPrefix(".") && name.contains(temporaryMark) {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// Makes a rename in this folder outlast a loss of power.
    package static func flushFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.writing(path) }
        defer { close(descriptor) }
        // Some network file systems cannot flush a folder and say so by EINVAL: nothing better is to be had there.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError.writing(path) }
    }

    package static func folder(of path: String) -> String {
        let folder = PathParts.folder(of: path)
        return folder.isEmpty ? "." : folder
    }
}

/// Where the bytes of a file under its temporary name go.
package final class FileSink {
    package let path: String
    private let temporary: String
    private var descriptor: Int32
    /// Bytes written so far.
    package private(set) var count = 0
    /// CRC-32C of what was written by `write`.
    package private(set) var checksum = CRC32C()

    package init(replacing path: String) throws {
        let name = (path as NSString).lastPathComponent
        let folder = AtomicFile.folder(of: path)
        self.path = path
        temporary =
            folder + "/." + name + AtomicFile.temporaryMark + String(getpid()) + "-"
            + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.writing(path) }
    }

    deinit { abandon() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try put(bytes, at: nil)
        checksum.update(bytes)
        count += bytes.count
    }

    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Writes over bytes that are there already, such as a header that waited for a count; outside `count` and `checksum`.
    package func overwrite(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { try put($0, at: offset) }
    }

    private func put(_ bytes: UnsafeRawBufferPointer, at offset: Int?) throws {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let rest = bytes.count - done
            let put =
                offset.map { pwrite(descriptor, base + done, rest, off_t($0 + done)) }
                ?? Foundation.write(descriptor, base + done, rest)
            if put < 0 {
                if errno == EINTR { continue }
                throw FileError.writing(path)
            }
            done += put
        }
    }

    /// Flushes and gives the file its name.
    package func commit() throws {
        guard fsync(descriptor) == 0 else { throw FileError.writing(path) }
        close(descriptor)
        descriptor = -1
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError.writing(path, code: code)
        }
        try AtomicFile.flushFolder(AtomicFile.folder(of: path))
    }

    /// Removes what was written, unless it was committed.
    package func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(temporary)
    }
}
