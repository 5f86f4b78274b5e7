import AuspexSupport
import AuspexTensors
import Foundation

/// One file of a feature cache: a header, and records of a clip's key, its row of features, and their CRC-32C.
///
/// Records are only appended, in one write under the file's lock, so several programs may append at once; if one was killed while writing, the next cuts
/// the incomplete record off. Every record is checked when it is read: whatever else happened to the file, a wrong row is never returned.
/// A full file is rewritten with its newer half and renamed; programs that have the old one open continue to read it.
final class FeatureCacheFile {
    /// SHA-256 of everything that the features depend on within the file's kind.
    struct Key: Hashable {
        fileprivate let bytes: [UInt8]

        /// - Parameter clip: `[T, H, W, C]`, or `[1, T, H, W, C]`.
        init(of clip: Tensor, peak: Float) {
            let scale = clip.elementType == .uint8 ? 255 : peak
            var hash = SHA256()
            let text = "\(clip.elementType) \(clip.shape.suffix(4)) \(scale) \(ClipDigest(of: clip).hexadecimal)"
            Array(text.utf8).withUnsafeBytes { hash.update($0) }
            bytes = hash.bytes
        }

        fileprivate init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    private static let headingBytes = 64
    private static let keyBytes = 32

    private let path: String
    private let rowSize: Int
    private let mostBytes: Int
    private var descriptor: Int32 = -1
    private var places: [Key: Int] = [:]

    private var recordBytes: Int { Self.keyBytes + 4 * rowSize + 4 }

    /// - Throws: `FileError` where the file can be neither read nor made.
    init(path: String, rowSize: Int, mostBytes: Int) throws {
        self.path = path
        self.rowSize = rowSize
        self.mostBytes = mostBytes
        try reopen()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func row(of key: Key) throws -> [Float]? {
        guard let place = places[key] else { return nil }
        let record = try bytes(at: place, count: recordBytes)
        guard record.count == recordBytes, Self.isWhole(record), Key(Array(record[..<Self.keyBytes])) == key else {
            return nil
        }
        return (0..<rowSize).map { index in
            let start = Self.keyBytes + 4 * index
            return Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(record[start + $1]) << (8 * UInt32($1)) })
        }
    }

    func append(_ rows: [(key: Key, row: [Float])]) throws {
        var seen: Set<Key> = []
        let new = rows.filter { places[$0.key] == nil && seen.insert($0.key).inserted }
        guard !new.isEmpty else { return }
        try lock()
        defer { flock(descriptor, LOCK_UN) }
        var end = try cutPartialRecord()
        if end + new.count * recordBytes > mostBytes {
            try dropOlderHalf(end: end)
            end = try cutPartialRecord()
        }
        var block: [UInt8] = []
        for (key, row) in new {
            require(row.count == rowSize, "FeatureCacheFile", "a row of \(row.count), not \(rowSize)")
            var record = key.bytes
            for value in row { withUnsafeBytes(of: value.bitPattern.littleEndian) { record += $0 } }
            withUnsafeBytes(of: CRC32C(record).value.littleEndian) { record += $0 }
            places[key] = end + block.count
            block += record
        }
        try write(block, at: end)
    }

    // MARK: The file

    /// Opens the file, creating it if there is none, and reads its index.
    private func reopen() throws {
        if descriptor >= 0 { close(descriptor) }
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.writing(path) }
        places = [:]
        let end = try size()
        guard try end >= Self.headingBytes && bytes(at: 0, count: Self.headingBytes) == heading else { return }
        let block = max(1, (1 << 20) / recordBytes)
        let count = (end - Self.headingBytes) / recordBytes
        for first in stride(from: 0, to: count, by: block) {
            let start = Self.headingBytes + first * recordBytes
            let bytes = try bytes(at: start, count: min(block, count - first) * recordBytes)
            for record in 0..<bytes.count / recordBytes {
                let place = record * recordBytes
                places[Key(Array(bytes[place..<place + Self.keyBytes]))] = start + place
            }
        }
    }

    /// Opens the file that has this name now: another program may have replaced it.
    private func lock() throws {
        for _ in 0..<8 {
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else { throw FileError.writing(path) }
            }
            var (held, named) = (stat(), stat())
            if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
                held.st_dev == named.st_dev
            {
                return
            }
            try reopen()
        }
        throw FileError.writing(path, code: EBUSY)
    }

    /// - Returns: where the next record begins.
    private func cutPartialRecord() throws -> Int {
        let end = try size()
        guard try end >= Self.headingBytes && bytes(at: 0, count: Self.headingBytes) == heading else {
            // New, or in another program's format: start over.
            guard ftruncate(descriptor, 0) == 0 else { throw FileError.writing(path) }
            places = [:]
            try write(heading, at: 0)
            return Self.headingBytes
        }
        let rest = (end - Self.headingBytes) % recordBytes
        guard rest == 0 || ftruncate(descriptor, off_t(end - rest)) == 0 else { throw FileError.writing(path) }
        return end - rest
    }

    private func dropOlderHalf(end: Int) throws {
        let count = (end - Self.headingBytes) / recordBytes
        let kept = count / 2
        try AtomicFile.write(to: path) { sink in
            try sink.write(heading)
            let block = max(1, (1 << 20) / recordBytes)
            for first in stride(from: count - kept, to: count, by: block) {
                try sink.write(
                    bytes(
                        at: Self.headingBytes + first * recordBytes, count: min(block, count - first) * recordBytes))
            }
        }
        // Closing the old file releases its lock.
        try reopen()
        try lock()
    }

    private var heading: [UInt8] {
        let text = Array("auspex features 1, \(rowSize) numbers a clip\n".utf8)
        return text + [UInt8](repeating: 0, count: Self.headingBytes - text.count)
    }

    private func size() throws -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.reading(path) }
        return Int(status.st_size)
    }

    /// At most this many bytes; fewer at the end of the file.
    private func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset + done))
            }
            if got < 0 {
                guard errno == EINTR else { throw FileError.reading(path) }
            } else if got == 0 {
                break
            } else {
                done += got
            }
        }
        return Array(bytes[..<done])
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
            if put < 0 {
                guard errno == EINTR else { throw FileError.writing(path) }
            } else {
                done += put
            }
        }
    }

    private static func isWhole(_ record: [UInt8]) -> Bool {
        let end = record.count - 4
        let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(record[end + $1]) << (8 * UInt32($1)) }
        return CRC32C(record[..<end]).value == sum
    }
}
