import AuspexSupport
import AuspexTensors

/// The files in a zip file, as Python's wheels are.
///
/// Stored and deflated entries; encryption, several volumes and the 64-bit extension are refused by name.
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
struct ZipArchive {
    struct Entry {
        let name: String
        let method: UInt16
        let checksum: UInt32
        let packedBytes: Int
        let sizeBytes: Int
        let headerOffset: Int
    }

    let entries: [Entry]
    /// A file of weights is never larger than this.
    private static let limitBytes = 1 << 30
    private let file: RandomAccessFile

    /// - Throws: `FileError` where the file is not a zip, is truncated, or uses an unsupported feature.
    init(_ file: RandomAccessFile) throws {
        self.file = file
        // The directory's end record: 22 bytes and a comment of at most 65,535, at the very end.
        let tailCount = min(file.sizeBytes, 22 + 65_535)
        let tail = LittleEndian(try file.bytes(at: file.sizeBytes - tailCount, count: tailCount))
        guard
            let end = stride(from: tailCount - 22, through: 0, by: -1).first(where: {
                tail.word(at: $0) == 0x0605_4b50 && $0 + 22 + Int(tail.half(at: $0 + 20)) == tailCount
            })
        else {
            throw Self.error(file.path, .truncated, "no directory at the end of this zip file", "the whole file")
        }
        let count = Int(tail.half(at: end + 10))
        let (size, offset) = (Int(tail.word(at: end + 12)), Int(tail.word(at: end + 16)))
        guard count != 0xFFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else {
            throw Self.error(file.path, .unsupported, "a zip file with 64-bit sizes", "one of less than 4 GiB")
        }
        guard tail.half(at: end + 4) == 0, tail.half(at: end + 8) == tail.half(at: end + 10) else {
            throw Self.error(file.path, .unsupported, "one volume of a zip file in several", "a single zip file")
        }
        guard offset + size <= file.sizeBytes - 22 else {
            throw Self.error(file.path, .truncated, "\(file.sizeBytes, "byte")", "at least \(offset + size + 22)")
        }
        entries = try Self.directory(
            LittleEndian(try file.bytes(at: offset, count: size)), count: count, path: file.path)
    }

    private static func directory(_ bytes: LittleEndian, count: Int, path: String) throws -> [Entry] {
        var entries: [Entry] = []
        var place = 0
        for _ in 0..<count {
            guard place + 46 <= bytes.count, bytes.word(at: place) == 0x0201_4b50 else {
                throw error(path, .garbled, "\(entries.count, "file") in its directory", "\(count)")
            }
            let nameCount = Int(bytes.half(at: place + 28))
            let next = place + 46 + nameCount + Int(bytes.half(at: place + 30)) + Int(bytes.half(at: place + 32))
            guard next <= bytes.count else {
                throw error(path, .garbled, "a directory that ends inside file \(entries.count)", "\(count, "file")")
            }
            let name = bytes.text(at: place + 46, count: nameCount)
            guard bytes.half(at: place + 8) & 1 == 0 else {
                throw error(path, .unsupported, "the encrypted file \(name)", "files without encryption")
            }
            entries.append(
                Entry(
                    name: name, method: bytes.half(at: place + 10), checksum: bytes.word(at: place + 16),
                    packedBytes: Int(bytes.word(at: place + 20)), sizeBytes: Int(bytes.word(at: place + 24)),
                    headerOffset: Int(bytes.word(at: place + 42))))
            place = next
        }
        return entries
    }

    /// Unpacks one file and checks its length and its CRC-32.
    func contents(of entry: Entry) throws -> [UInt8] {
        let header = LittleEndian(try file.bytes(at: entry.headerOffset, count: 30))
        let nameCount = Int(header.half(at: 26))
        let nameOffset = entry.headerOffset + 30
        guard header.word(at: 0) == 0x0403_4b50, header.half(at: 8) == entry.method,
            LittleEndian(try file.bytes(at: nameOffset, count: nameCount)).text(at: 0, count: nameCount) == entry.name
        else {
            throw Self.error(
                file.path, .garbled, "another file where its directory places \(entry.name)", "that file")
        }
        let first = nameOffset + nameCount + Int(header.half(at: 28))
        // Checked before memory is allocated: a corrupt directory may claim gigabytes.
        guard entry.packedBytes <= file.sizeBytes - first else {
            throw Self.error(
                file.path, .truncated, "\(file.sizeBytes, "byte")", "at least \(first + entry.packedBytes)")
        }
        guard entry.sizeBytes <= Self.limitBytes else {
            throw Self.error(
                file.path, .unsupported, "\(entry.sizeBytes, "byte") in \(entry.name)", "at most \(Self.limitBytes)")
        }
        let packed = try file.bytes(at: first, count: entry.packedBytes)
        let bytes: [UInt8]
        switch entry.method {
        case 0: bytes = packed
        case 8:
            bytes = try packed.withUnsafeBytes {
                try Inflation.unpack($0, form: .deflate, limit: entry.sizeBytes, path: file.path)
            }
        default:
            throw Self.error(
                file.path, .unsupported, "\(entry.name) packed by method \(entry.method)", "deflated or stored files")
        }
        guard bytes.count == entry.sizeBytes else {
            throw Self.error(
                file.path, .garbled, "\(bytes.count, "byte") in \(entry.name)",
                "\(entry.sizeBytes), as its directory says")
        }
        guard Inflation.checksum(bytes) == entry.checksum else {
            throw Self.error(
                file.path, .garbled, "\(entry.name) with another CRC-32 than its directory says", "the same")
        }
        return bytes
    }

    private static func error(
        _ path: String, _ kind: FileError.Kind, _ found: String, _ expected: String
    ) -> FileError {
        FileError(
            kind, path: path, found: found, expected: expected,
            advice: kind == .unsupported ? "pack it as pip does" : "the file is damaged: download it again")
    }
}

/// Numbers as zip files store them. The caller checks offsets.
struct LittleEndian {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    func half(at place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }
    func word(at place: Int) -> UInt32 { UInt32(half(at: place)) | UInt32(half(at: place + 2)) << 16 }
    func text(at place: Int, count: Int) -> String { String(decoding: bytes[place..<place + count], as: UTF8.self) }
}
