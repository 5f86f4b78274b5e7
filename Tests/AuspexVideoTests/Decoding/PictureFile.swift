import Foundation

/// PNG files byte by byte, for what no encoder at hand writes: palettes, transparency, sixteen bits, Exif.
struct PNGFile {
    enum Colour: UInt8 { case grey = 0, rgb = 2, indexed = 3, greyAlpha = 4, rgba = 6 }

    var width: Int
    var height: Int
    var depth: UInt8 = 8
    var colour: Colour
    /// Rows one after another without filters.
    var pixels: [UInt8]
    var palette: [UInt8] = []
    var transparency: [UInt8] = []
    var exif: [UInt8] = []

    var bytes: [UInt8] {
        let header = Self.number(width) + Self.number(height) + [depth, colour.rawValue, 0, 0, 0]
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
        if !exif.isEmpty { file += Self.chunk("eXIf", exif) }
        if !palette.isEmpty { file += Self.chunk("PLTE", palette) }
        if !transparency.isEmpty { file += Self.chunk("tRNS", transparency) }
        let rowBytes = pixels.count / height
        let rows = (0..<height).flatMap { [0] + pixels[$0 * rowBytes..<($0 + 1) * rowBytes] }
        return file + Self.chunk("IDAT", Self.stored(rows)) + Self.chunk("IEND", [])
    }

    private static func number(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> (8 * $0) & 255) } }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return number(data.count) + body + number(Int(checksum(body)))
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
        }
    }

    /// A zlib stream that compresses nothing.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for first in stride(from: 0, to: bytes.count, by: 60_000) {
            let block = bytes[first..<min(first + 60_000, bytes.count)]
            let isLast: UInt8 = first + 60_000 >= bytes.count ? 1 : 0
            let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
            stream += [isLast, low, high, ~low, ~high] + block
        }
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return stream + number(b << 16 | a)
    }
}

/// An Exif block that says how the camera was held, among other tags.
func exifBlock(orientation: Int, bigEndian: Bool = false, isLong: Bool = false) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
        return bigEndian ? bytes.reversed() : bytes
    }
    func entry(_ tag: Int, _ type: Int, _ value: [UInt8]) -> [UInt8] {
        number(tag, 2) + number(type, 2) + number(1, 4) + value + [UInt8](repeating: 0, count: 4 - value.count)
    }
    let mark: [UInt8] = bigEndian ? [0x4D, 0x4D] : [0x49, 0x49]
    return mark + number(42, 2) + number(8, 4) + number(3, 2) + entry(0x0103, 3, number(6, 2))
        + entry(0x0112, isLong ? 4 : 3, number(orientation, isLong ? 4 : 2)) + entry(0x0128, 3, number(2, 2))
        + number(0, 4)
}

/// A JPEG file with an Exif block in front of its other segments.
func jpeg(_ bytes: [UInt8], exif: [UInt8]) -> [UInt8] {
    let length = exif.count + 8
    return bytes[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + Array("Exif".utf8) + [0, 0] + exif
        + bytes[2...]
}
