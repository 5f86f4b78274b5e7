import AuspexSupport
import AuspexTensors
import Foundation

/// A file or folder that is written completely or not at all: it grows under a temporary name beside its place and is renamed once complete.
public struct OutputPlace: Sendable {
    /// The file or folder to come, without slashes at its end.
    public let path: String
    private let overwriting: Bool

    /// Checks, before any work is done, whether the place can be written.
    ///
    /// - Parameters:
    ///   - path: the file or folder to come; its parent folder must exist.
    ///   - overwriting: whether an existing one may be replaced.
    /// - Throws: `FileError`, kind `exists` or `unwritable`.
    public init(_ path: String, overwriting: Bool = false) throws {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed
        self.overwriting = overwriting
        try checkFolder()
        try checkFree()
    }

    /// Writes a file: `body` gets the temporary name, under which there is an empty file.
    ///
    /// If `body` throws, nothing is left behind; errors that mention the temporary name are changed to name the path.
    public func writeFile(_ body: (_ temporaryPath: String) throws -> Void) throws {
        TemporaryName.sweepOnce(folder)
        let temporary = TemporaryName.beside(path)
        let held = FileCall.open(temporary, O_WRONLY | O_CREAT | O_EXCL)
        guard held >= 0 else { throw FileError.writing(path) }
        defer { close(held) }
        TemporaryName.hold(held)
        do {
            try body(temporary)
            try flush(temporary)
            try checkFree()
            guard FileCall.rename(temporary, to: path) == 0 else { throw FileError.writing(path) }
        } catch {
            FileCall.remove(temporary)
            throw named(error, insteadOf: temporary)
        }
        try AtomicFile.flushFolder(folder)
    }

    /// Writes a file from bytes in memory.
    public func write(_ data: Data) throws { try write(data, flushingFolder: true) }

    func write(_ data: Data, flushingFolder: Bool) throws {
        let sink = try FileSink(replacing: path)
        do {
            try data.withUnsafeBytes { try sink.write($0) }
            try checkFree()
            try sink.commit(flushingFolder: flushingFolder)
        } catch {
            sink.abandon()
            throw error
        }
    }

    /// Writes a folder: `body` gets the temporary folder, made and empty.
    ///
    /// An existing folder is replaced only if it is empty or, when overwriting, holds numbered PNG frames and nothing else.
    public func writeFolder(_ body: (_ temporaryPath: String) throws -> Void) throws {
        TemporaryName.sweepOnce(folder)
        let temporary = TemporaryName.beside(path)
        guard FileCall.makeFolder(temporary) == 0 else { throw FileError.writing(path) }
        let held = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if held >= 0 { close(held) } }
        TemporaryName.hold(held)
        do {
            try body(temporary)
            try AtomicFile.flushFolder(temporary)
            try checkFree()
            try AtomicFile.replaceFolder(path, by: temporary)
        } catch {
            FileCall.remove(temporary)
            throw named(error, insteadOf: temporary)
        }
    }

    /// Users know only the path.
    private func named(_ error: any Error, insteadOf temporary: String) -> any Error {
        switch error {
        case let error as FileError: error.naming(path, insteadOf: temporary)
        case let error as VideoError:
            VideoError(
                error.kind, error.subject.replacing(temporary, with: path),
                error.message.replacing(temporary, with: path))
        default: error
        }
    }

    // MARK: Checks

    private var folder: String { AtomicFile.folder(of: path) }

    private func checkFolder() throws {
        var status = stat()
        // The system's own reason: a missing folder is different from one that may not be accessed.
        guard stat(folder, &status) == 0 else { throw FileError.writing(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError.writing(path, code: ENOTDIR) }
        guard access(folder, W_OK | X_OK) == 0 else { throw FileError.writing(path) }
    }

    private func checkFree() throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw FileError.writing(path)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if overwriting { return }
            throw exists("a file of that name", "allow it to be overwritten, or give another name", .overwrite)
        }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw FileError.reading(path, code: error.systemCode ?? EACCES)
        }
        if names.isEmpty { return }
        if let foreign = names.sorted().first(where: { !OutputPlace.isFrameName($0) }) {
            throw exists("a folder that holds '\(foreign)', which is not a frame of a clip", "name another folder", nil)
        }
        if !overwriting {
            throw exists("a folder of frames", "allow it to be replaced, or give another name", .overwrite)
        }
    }

    private func exists(_ found: String, _ advice: String, _ remedy: Remedy?) -> FileError {
        FileError(
            .exists, path: path, found: found, expected: "a free name", advice: advice,
            remedies: [remedy].compactMap(\.self))
    }

    /// The name of a frame in a folder of frames.
    package static func frameName(_ number: Int) -> String { String(number, digits: 5) + ".png" }

    private static func isFrameName(_ name: String) -> Bool {
        name.hasSuffix(".png") && name.count >= 9 && name.dropLast(4).allSatisfy { ("0"..."9").contains($0) }
    }

    private func flush(_ temporary: String) throws {
        let descriptor = open(temporary, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.writing(path) }
        defer { close(descriptor) }
        guard FileCall.flush(descriptor, path: path) == 0 else { throw FileError.writing(path) }
    }
}
