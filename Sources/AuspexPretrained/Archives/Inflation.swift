import AuspexSupport
import AuspexTensors
import CAuspexZlib

/// Unpacks deflated bytes with zlib.
enum Inflation {
    enum Form: Int32 {
        /// Raw, as in zip files (RFC 1951).
        case deflate = -15
        /// With gzip's header and checksum, which zlib checks (RFC 1952).
        case gzip = 31
    }

    /// - Parameters:
    ///   - limit: refuses to unpack more bytes than this: a few packed kilobytes can unpack to gigabytes.
    ///   - path: the file to name in errors.
    /// - Throws: `FileError` where the bytes are cut, garbled, or unpack to more than `limit`.
    static func unpack(
        _ input: UnsafeRawBufferPointer, form: Form, limit: Int, path: String
    ) throws -> [UInt8] {
        var stream = z_stream()
        guard ax_inflate_init(&stream, form.rawValue) == Z_OK else { stopProgram("Inflation", "zlib could not start") }
        defer { inflateEnd(&stream) }
        var source = input.bindMemory(to: UInt8.self)[...]
        var output: [UInt8] = []
        // One byte more than allowed, so that an excess is noticed; in parts, so that a false size reserves no memory.
        var buffer = [UInt8](repeating: 0, count: min(limit + 1, 1 << 20))
        while true {
            let piece = source.prefix(1 << 28)
            var status = Z_OK
            let produced = buffer.withUnsafeMutableBufferPointer { buffer -> Int in
                stream.next_in = UnsafeMutablePointer(mutating: UnsafeBufferPointer(rebasing: piece).baseAddress)
                stream.avail_in = UInt32(piece.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                status = inflate(&stream, Z_NO_FLUSH)
                return buffer.count - Int(stream.avail_out)
            }
            source = source.dropFirst(piece.count - Int(stream.avail_in))
            output += buffer[..<produced]
            guard output.count <= limit else {
                throw garbled(path, found: "packed bytes that unpack to more than \(limit)")
            }
            switch status {
            case Z_STREAM_END: return output
            case Z_OK where produced > 0 || !source.isEmpty: continue
            case Z_OK, Z_BUF_ERROR:
                throw FileError(
                    .truncated, path: path, found: "\(input.count, "packed byte"), which end too early",
                    expected: "the whole file", advice: "the file was truncated: download it again")
            default: throw garbled(path, found: "packed bytes that zlib cannot unpack (status \(status))")
            }
        }
    }

    /// The CRC-32 that zip files carry.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    private static func garbled(_ path: String, found: String) -> FileError {
        FileError(
            .garbled, path: path, found: found, expected: "an intact archive",
            advice: "the file is damaged: download it again")
    }
}
