import AuspexTensors
import Foundation
import Synchronization

/// A file or folder to be written whole or not at all: it grows under a temporary name beside its place and is renamed once complete.
public struct OutputPlace: Sendable {
    public let path: String
    private let overwriting: Bool

    /// Looks, before any work is done, whether the place can be written.
    ///
    /// - Parameters:
    ///   - path: the file or folder to come; the folder that holds it must be there.
    ///   - overwriting: whether what stands there may be replaced (`--force`).
    /// - Throws: `FileError`, kind `exists` or `unwritable`.
    public init(_ path: String, overwriting: Bool = false) throws {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed
        self.overwriting = overwriting
        try checkFolder()
        try checkFree()
    }

    /// Writes a file: `body` gets the temporary name.
    ///
    /// If `body` throws, nothing is left behind.
    public func writeFile(_ body: (_ temporaryPath: String) throws -> Void) throws {
        let temporary = temporaryPath
        do {
            try body(temporary)
            try flush(temporary)
            try checkFree()
            guard rename(temporary, path) == 0 else { throw FileError.writing(path) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes a file from bytes in memory.
    public func write(_ data: Data) throws {
        try writeFile { temporary in
            guard let file = fopen(temporary, "wb") else { throw FileError.writing(path) }
            let written = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
            let closed = fclose(file)
            if written != data.count || closed != 0 { throw FileError.writing(path) }
        }
    }

    /// Writes a folder: `body` gets the temporary folder, made and empty.
    ///
    /// A folder that is there is replaced only if it is empty or, when overwriting, holds numbered PNG frames and nothing else.
    public func writeFolder(_ body: (_ temporaryPath: String) throws -> Void) throws {
        let temporary = temporaryPath
        guard mkdir(temporary, 0o777) == 0 else { throw FileError.writing(path) }
        do {
            try body(temporary)
            try checkFree()
            if FileManager.default.fileExists(atPath: path) {
                let old = temporary + ".old"
                guard rename(path, old) == 0 else { throw FileError.writing(path) }
                guard rename(temporary, path) == 0 else {
                    let reason = errno
                    rename(old, path)
                    throw FileError.writing(path, code: reason)
                }
                try? FileManager.default.removeItem(atPath: old)
            } else if rename(temporary, path) != 0 {
                throw FileError.writing(path)
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    // MARK: Looking

    private var folder: String { AtomicFile.folder(of: path) }

    private var temporaryPath: String {
        let number = OutputPlace.counter.wrappingAdd(1, ordering: .relaxed).newValue
        return folder + "/." + (path as NSString).lastPathComponent + AtomicFile.temporaryMark + "\(getpid())-\(number)"
    }

    private static let counter = Atomic<Int>(0)

    private func checkFolder() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw FileError.writing(path, code: ENOENT)
        }
        guard isFolder.boolValue else { throw FileError.writing(path, code: ENOTDIR) }
        guard access(folder, W_OK | X_OK) == 0 else { throw FileError.writing(path) }
    }

    private func checkFree() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            if overwriting { return }
            throw exists("a file of that name", "give --force to overwrite it, or another name")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        if names.isEmpty { return }
        if let foreign = names.sorted().first(where: { !OutputPlace.isFrameName($0) }) {
            throw exists("a folder that holds '\(foreign)', which is no frame of a clip", "name another folder")
        }
        if !overwriting { throw exists("a folder of frames", "give --force to replace it, or another name") }
    }

    private func exists(_ found: String, _ advice: String) -> FileError {
        FileError(.exists, path: path, found: found, expected: "a free name", advice: advice)
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
        guard fsync(descriptor) == 0 else { throw FileError.writing(path) }
    }
}
