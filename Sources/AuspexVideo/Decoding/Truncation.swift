import AuspexSupport
import CAuspexFFmpeg
import Foundation

/// Detects files that end too early without FFmpeg reporting it.
enum Truncation {
    /// - Parameters:
    ///   - demuxer: it has read its file to the end.
    ///   - packets: all of its packets.
    /// - Returns: why the file is incomplete; nil if nothing is missing.
    static func find(in demuxer: Demuxer, packets: [PacketScan.Packet]) -> String? {
        if let said = FFmpegMessages.said, said.contains("partial file") || said.contains("prematurely") {
            return "the file is truncated: \(said)"
        }
        let check: (FileHandle, UInt64) throws -> String?
        switch demuxer.containerName {
        case "avi": check = riff
        case "gif": check = gif
        case "yuv4mpegpipe": check = { try yuv4mpeg($0, size: $1, packets: packets, demuxer: demuxer) }
        default: return nil
        }
        guard let file = FileHandle(forReadingAtPath: demuxer.path) else { return nil }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: 0)
        return (try? check(file, size)) ?? nil
    }

    /// RIFF: four letters, then the length of what follows them.
    private static func riff(_ file: FileHandle, size: UInt64) throws -> String? {
        guard let head = try file.read(upToCount: 8), head.count == 8 else { return nil }
        let length = head.suffix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Recorders that could not seek back leave the length unset.
        guard length < 0xFFFF_FFF0 else { return nil }
        return length + 8 > size + 1 ? "the file is truncated: \(Int(clamping: size), "byte") of \(length + 8)" : nil
    }

    /// The file begins with a line of text, and so does each frame; all pictures have the same size.
    private static func yuv4mpeg(
        _ file: FileHandle, size: UInt64, packets: [PacketScan.Packet], demuxer: Demuxer
    ) throws -> String? {
        let parameters = demuxer.parameters
        let picture = av_image_get_buffer_size(AVPixelFormat(parameters.format), parameters.width, parameters.height, 1)
        guard picture > 0, let line = try lineLength(in: file, from: 0) else { return nil }
        var next = line
        var frames = 0
        while next < size {
            guard let line = try lineLength(in: file, from: next), next + line + UInt64(picture) <= size else {
                return
                    "the file is truncated in frame \(frames): only \(Int(clamping: size - next), "byte") of it can be read"
            }
            next += line + UInt64(picture)
            frames += 1
        }
        return nil
    }

    private static func lineLength(in file: FileHandle, from start: UInt64) throws -> UInt64? {
        try file.seek(toOffset: start)
        // Longer lines are refused by FFmpeg, too.
        return try file.read(upToCount: 256)?.firstIndex(of: 0x0a).map { UInt64($0) + 1 }
    }

    /// Walks over the blocks of a GIF file: its last byte must be the trailer.
    ///
    /// - Source: Graphics Interchange Format 89a, sections 17 to 27.
    private static func gif(_ file: FileHandle, size: UInt64) throws -> String? {
        guard let bytes = try file.readToEnd().map([UInt8].init), bytes.count > 13 else { return nil }
        let cut = "the file is truncated: it ends without a GIF's trailer"
        func tableSize(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
        var next = 13 + tableSize(bytes[10])
        while next < bytes.count {
            let kind = bytes[next]
            switch kind {
            case 0x3b: return nil
            case 0x21: next += 2
            case 0x2c where next + 10 < bytes.count: next += 11 + tableSize(bytes[next + 9])
            // Neither image nor extension: FFmpeg skips such bytes.
            default:
                next += 1
                continue
            }
            // Data follow in blocks of a length and that many bytes; the last is empty.
            while next < bytes.count, bytes[next] != 0 { next += 1 + Int(bytes[next]) }
            next += 1
        }
        return cut
    }
}
