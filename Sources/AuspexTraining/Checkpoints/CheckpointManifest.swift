import AuspexSupport
import AuspexTensors
import Foundation

/// `checkpoint.json`: the required contents of a checkpoint's folder. Written last, so that a folder without it is not a checkpoint.
///
/// Since format 2 the manifest also has a checksum of all its bytes, computed with the checksum's own digits replaced by zeros.
struct CheckpointManifest: Codable, Equatable {
    static let fileName = "checkpoint.json"
    /// Increased when older programs can no longer read what is written.
    static let currentFormat = 2
    /// Replaces the checksum's digits when it is computed.
    private static let blankChecksum = "00000000"

    /// The expected length and checksum of a file.
    struct File: Codable, Equatable {
        let sizeBytes: Int
        let crc32c: UInt32
    }

    /// CRC-32C of the file in eight hexadecimal digits; nil in format 1.
    private var checksum: String?
    var format = currentFormat
    let step: Int
    let version: String
    let files: [String: File]
    /// The run's best step as of this checkpoint; nil if none is best, and in manifests of earlier versions.
    ///
    /// Stored in the checkpoint so that a single rename publishes both, the last checkpoint and the best.
    let best: Int?

    /// Reads a folder's manifest.
    ///
    /// - Throws: `FileError` where there is none, it is truncated, or it is of a later format.
    init(folder: String) throws {
        let path = folder + "/" + Self.fileName
        let file = try RandomAccessFile(path: path)
        let data = Data(try file.bytes(at: 0, count: file.sizeBytes))
        struct Front: Codable { let format: Int }
        guard let front = try? JSONDecoder().decode(Front.self, from: data) else {
            throw Self.garbled(path, found: "\(data.count, "byte"), not a list of files")
        }
        guard front.format <= Self.currentFormat else {
            throw FileError(
                .unsupported, path: path, found: "format \(front.format)", expected: "\(Self.currentFormat) at most",
                advice: "a newer Auspex wrote it: use that one")
        }
        guard let manifest = try? JSONDecoder().decode(Self.self, from: data) else {
            throw Self.garbled(path, found: "\(data.count, "byte"), not a list of files")
        }
        // Damage may turn a 2 into a 1: a checksum is verified if present, whatever the format.
        if manifest.format > 1 || manifest.checksum != nil {
            let found = manifest.checksum ?? "none"
            guard Self.checksum(of: data, without: found) == found else {
                throw Self.garbled(path, found: "contents other than written (checksum \(found))")
            }
        }
        self = manifest
    }

    init(step: Int, version: String, files: [String: File], best: Int? = nil) {
        self.best = best
        self.step = step
        self.version = version
        self.files = files
    }

    func write(into folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        var manifest = self
        manifest.checksum = Self.blankChecksum
        let blank = try encoder.encode(manifest)
        manifest.checksum = Self.checksum(of: blank, without: Self.blankChecksum)
        try AtomicFile.write(try encoder.encode(manifest), to: folder + "/" + Self.fileName)
    }

    private static func checksum(of data: Data, without digits: String) -> String {
        var blank = data
        if let place = blank.firstRange(of: Data("\"\(digits)\"".utf8)) {
            blank.replaceSubrange(place, with: Data("\"\(blankChecksum)\"".utf8))
        }
        return String(Int(CRC32C(blank).value), digits: 8, radix: 16)
    }

    /// Compares each file's length, and optionally its checksum, with what was written.
    ///
    /// - Parameter only: the only file to compare; nil compares all.
    /// - Throws: `FileError` naming the first file that differs.
    func check(folder: String, checksums: Bool, only: String? = nil) throws {
        for (name, expected) in files.sorted(by: { $0.key < $1.key }) where only == nil || name == only {
            let path = folder + "/" + name
            let file = try RandomAccessFile(path: path)
            guard file.sizeBytes == expected.sizeBytes else {
                throw FileError(
                    file.sizeBytes < expected.sizeBytes ? .truncated : .garbled, path: path,
                    found: "\(file.sizeBytes, "byte")", expected: "\(expected.sizeBytes)", advice: "")
            }
            guard checksums else { continue }
            var checksum = CRC32C()
            let part = 1 << 20
            for start in stride(from: 0, to: file.sizeBytes, by: part) {
                let bytes = try file.bytes(at: start, count: min(part, file.sizeBytes - start))
                bytes.withUnsafeBytes { checksum.update($0) }
            }
            guard checksum.value == expected.crc32c else {
                throw Self.garbled(path, found: "contents other than written (checksum \(checksum.value))")
            }
        }
    }

    private static func garbled(_ path: String, found: String) -> FileError {
        FileError(.garbled, path: path, found: found, expected: "what the run wrote", advice: "")
    }
}
