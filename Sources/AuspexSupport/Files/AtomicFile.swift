import Foundation

/// Writes a file under a temporary name, flushes it to the disk and renames it: readers see the old file or the whole new one.
package struct AtomicFile {
    /// Writes `path` as a whole; if `body` throws, nothing is left behind and an older file stays unchanged.
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

    /// Removes half-written files that a killed program left in a folder; for the only program that writes there.
    package static func removeLeftovers(in folder: String) throws {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw FileError.reading(folder, code: error.systemCode ?? EIO)
        }
        for name in names where name.hasPrefix(".") && name.contains(TemporaryName.mark) {
            FileCall.remove(folder + "/" + name)
        }
    }

    /// Makes a rename in this folder survive a loss of power.
    package static func flushFolder(_ path: String) throws {
        let descriptor = FileCall.open(path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw FileError.writing(path) }
        defer { close(descriptor) }
        // Some network file systems cannot flush a folder and return EINVAL: nothing better is possible there.
        guard FileCall.flush(descriptor, path: path) == 0 || errno == EINVAL else { throw FileError.writing(path) }
    }

    /// Makes a folder and its parents.
    ///
    /// - Throws: `FileError` with the system's own reason.
    package static func makeFolders(_ path: String) throws {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty || made == "/" ? "" : "/") + part
            if FileCall.makeFolder(made) == 0 { continue }
            let code = errno
            guard code == EEXIST else { throw FileError.writing(made, code: code) }
            guard try FileKind.of(made) == .folder else { throw FileError.writing(made, code: ENOTDIR) }
        }
    }

    /// Gives a finished folder its name; an existing folder of that name is swapped out in one step, and removed.
    package static func replaceFolder(_ path: String, by temporary: String) throws {
        if access(path, F_OK) != 0 {
            guard FileCall.rename(temporary, to: path) == 0 else { throw FileError.writing(path) }
        } else if FileCall.exchange(temporary, with: path) == 0 {
            FileCall.remove(temporary)
        } else {
            let code = errno
            guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else { throw FileError.writing(path, code: code) }
            // A file system without exchange: for a moment the name does not exist.
            let aside = TemporaryName.beside(path)
            guard FileCall.rename(path, to: aside) == 0 else { throw FileError.writing(path) }
            guard FileCall.rename(temporary, to: path) == 0 else {
                let code = errno
                _ = FileCall.rename(aside, to: path)
                throw FileError.writing(path, code: code)
            }
            FileCall.remove(aside)
        }
        try flushFolder(folder(of: path))
    }

    package static func folder(of path: String) -> String {
        let folder = PathParts.folder(of: path)
        return folder.isEmpty ? "." : folder
    }
}

/// Receives the bytes of a file under its temporary name.
package final class FileSink {
    package let path: String
    private let temporary: String
    private var descriptor: Int32
    /// Bytes written so far.
    package private(set) var count = 0
    /// CRC-32C of what was written by `write`.
    package private(set) var checksum = CRC32C()

    package init(replacing path: String) throws {
        self.path = path
        TemporaryName.sweepOnce(AtomicFile.folder(of: path))
        temporary = TemporaryName.beside(path)
        descriptor = FileCall.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
        guard descriptor >= 0 else { throw FileError.writing(path) }
        TemporaryName.hold(descriptor)
    }

    deinit { abandon() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try put(bytes, at: nil)
        checksum.update(bytes)
        count += bytes.count
    }

    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Overwrites earlier bytes, such as a header that needed a count; does not affect `count` and `checksum`.
    package func overwrite(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { try put($0, at: offset) }
    }

    private func put(_ bytes: UnsafeRawBufferPointer, at offset: Int?) throws {
        guard FileCall.write(bytes, to: descriptor, at: offset, path: path) == 0 else { throw FileError.writing(path) }
    }

    /// Flushes and gives the file its name.
    ///
    /// - Parameter flushingFolder: whether the name itself must survive a loss of power; false for files of a folder that is flushed at its end.
    package func commit(flushingFolder: Bool = true) throws {
        guard FileCall.flush(descriptor, path: path) == 0 else { throw FileError.writing(path) }
        // A network file system may report a full disk only now.
        let closed = close(descriptor)
        let closingCode = errno
        descriptor = -1
        guard closed == 0, FileCall.rename(temporary, to: path) == 0 else {
            let code = closed == 0 ? errno : closingCode
            FileCall.remove(temporary)
            throw FileError.writing(path, code: code)
        }
        if flushingFolder { try AtomicFile.flushFolder(AtomicFile.folder(of: path)) }
    }

    /// Removes what was written, unless it was committed.
    package func abandon() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        FileCall.remove(temporary)
    }
}
