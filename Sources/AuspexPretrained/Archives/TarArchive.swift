import AuspexSupport
import AuspexTensors

/// The files in a gzipped tar file, as Python's source archives are.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format".
struct TarArchive {
    private let bytes: [UInt8]
    /// The byte range of each file.
    let entries: [(name: String, range: Range<Int>)]

    /// An archive of weights is never larger than this.
    private static let limitBytes = 1 << 30

    /// - Throws: `FileError` where the file is not a gzipped tar, or is truncated or corrupt.
    init(_ file: RandomAccessFile) throws {
        let packed = try file.bytes(at: 0, count: file.sizeBytes)
        bytes = try packed.withUnsafeBytes {
            try Inflation.unpack($0, form: .gzip, limit: Self.limitBytes, path: file.path)
        }
        var entries: [(name: String, range: Range<Int>)] = []
        var place = 0
        // Two blocks of zeros end the archive; one is enough to know.
        while place + 512 <= bytes.count, bytes[place] != 0 {
            let header = bytes[place..<place + 512]
            guard let size = Self.number(header, at: 124, count: 12),
                Self.number(header, at: 148, count: 8) == Self.checksum(header)
            else {
                throw Self.garbled(file.path, found: "a header at byte \(place) whose checksum does not fit")
            }
            let start = place + 512
            guard size <= bytes.count - start else {
                throw Self.garbled(file.path, found: "\(bytes.count - start, "byte") where a header promises \(size)")
            }
            // '0' and NUL mark files; folders and metadata have other letters.
            if [0x30, 0].contains(bytes[place + 156]) {
                entries.append((Self.name(header), start..<start + size))
            }
            place = start + (size + 511) / 512 * 512
        }
        self.entries = entries
    }

    func contents(of range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

    private static func field(_ header: ArraySlice<UInt8>, at place: Int, count: Int) -> String {
        let first = header.startIndex + place
        return String(decoding: header[first..<first + count].prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func name(_ header: ArraySlice<UInt8>) -> String {
        let name = field(header, at: 0, count: 100)
        let prefix = field(header, at: 257, count: 5) == "ustar" ? field(header, at: 345, count: 155) : ""
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    /// Octal digits between spaces.
    private static func number(_ header: ArraySlice<UInt8>, at place: Int, count: Int) -> Int? {
        Int(field(header, at: place, count: count).filter { $0 != " " }, radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The sum of the header's bytes, with its own checksum counted as spaces.
    private static func checksum(_ header: ArraySlice<UInt8>) -> Int {
        header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
    }

    private static func garbled(_ path: String, found: String) -> FileError {
        FileError(
            .garbled, path: path, found: found, expected: "an intact tar archive",
            advice: "the file is damaged: download it again")
    }
}
