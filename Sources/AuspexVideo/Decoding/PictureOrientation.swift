/// The camera's orientation as recorded in a picture file: Exif's tag Orientation.
///
/// FFmpeg 5 reads it for JPEG only, so this parses the bytes of all formats. Unreadable data count as upright.
///
/// - Source: CIPA DC-008 (Exif 2.32), tag 0x0112; PNG third edition, chunk eXIf; WebP container specification; TIFF 6.0.
extension Orientation {
    /// From the bytes of a JPEG, PNG, WebP or TIFF file.
    package init(pictureBytes bytes: UnsafeRawBufferPointer) {
        self = Self.exifBlock(of: PictureBytes(bytes)).flatMap(Self.tag).flatMap(Orientation.init(exif:)) ?? .upright
    }

    /// From the tag's value, which says what row 0 and column 0 of the stored picture are in the shown one.
    ///
    /// - Returns: nil for values other than 1…8.
    package init?(exif value: Int) {
        self.init()
        switch value {
        case 1: (a, b, c, d) = (1, 0, 0, 1)
        case 2: (a, b, c, d) = (-1, 0, 0, 1)
        case 3: (a, b, c, d) = (-1, 0, 0, -1)
        case 4: (a, b, c, d) = (1, 0, 0, -1)
        case 5: (a, b, c, d) = (0, 1, 1, 0)
        case 6: (a, b, c, d) = (0, 1, -1, 0)
        case 7: (a, b, c, d) = (0, -1, -1, 0)
        case 8: (a, b, c, d) = (0, -1, 1, 0)
        default: return nil
        }
    }

    /// The location of the file's Exif block, which has the structure of a TIFF file.
    private static func exifBlock(of file: PictureBytes) -> PictureBytes? {
        if file.holds([0xFF, 0xD8], at: 0) { return jpegBlock(of: file) }
        if file.holds([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], at: 0) { return pngBlock(of: file) }
        if file.holds("RIFF".utf8, at: 0), file.holds("WEBP".utf8, at: 8) { return webPBlock(of: file) }
        return file.holds([0x49, 0x49, 42, 0], at: 0) || file.holds([0x4D, 0x4D, 0, 42], at: 0) ? file : nil
    }

    private static func jpegBlock(of file: PictureBytes) -> PictureBytes? {
        var place = 2
        while let mark = file.byte(at: place), mark == 0xFF, let kind = file.byte(at: place + 1) {
            // Fill bytes, and markers without a length.
            if kind == 0xFF {
                place += 1
                continue
            }
            if kind == 0x01 || (0xD0...0xD7).contains(kind) {
                place += 2
                continue
            }
            // The image data begin.
            if kind == 0xDA || kind == 0xD9 { return nil }
            guard let length = file.number(at: place + 2, bytes: 2, bigEndian: true), length >= 2 else { return nil }
            if kind == 0xE1, file.holds(Array("Exif".utf8) + [0, 0], at: place + 4) {
                return file.part(from: place + 10, count: length - 8)
            }
            place += 2 + length
        }
        return nil
    }

    private static func pngBlock(of file: PictureBytes) -> PictureBytes? {
        var place = 8
        while let length = file.number(at: place, bytes: 4, bigEndian: true) {
            if file.holds("eXIf".utf8, at: place + 4) { return file.part(from: place + 8, count: length) }
            if file.holds("IEND".utf8, at: place + 4) { return nil }
            place += 12 + length
        }
        return nil
    }

    private static func webPBlock(of file: PictureBytes) -> PictureBytes? {
        var place = 12
        while let length = file.number(at: place + 4, bytes: 4, bigEndian: false) {
            if file.holds("EXIF".utf8, at: place) {
                // Some programs put JPEG's Exif prefix in front.
                let isMarked = file.holds(Array("Exif".utf8) + [0, 0], at: place + 8)
                return file.part(from: place + (isMarked ? 14 : 8), count: length - (isMarked ? 6 : 0))
            }
            place += 8 + length + length % 2
        }
        return nil
    }

    private static func tag(in block: PictureBytes) -> Int? {
        let isBig = block.holds([0x4D, 0x4D], at: 0)
        guard isBig || block.holds([0x49, 0x49], at: 0), block.number(at: 2, bytes: 2, bigEndian: isBig) == 42,
            let directory = block.number(at: 4, bytes: 4, bigEndian: isBig),
            let count = block.number(at: directory, bytes: 2, bigEndian: isBig)
        else { return nil }
        for entry in 0..<count {
            let place = directory + 2 + 12 * entry
            guard let tag = block.number(at: place, bytes: 2, bigEndian: isBig),
                let type = block.number(at: place + 2, bytes: 2, bigEndian: isBig)
            else { return nil }
            guard tag == 0x0112 else { continue }
            // A short; some programs write a long.
            return block.number(at: place + 8, bytes: type == 4 ? 4 : 2, bigEndian: isBig)
        }
        return nil
    }
}

/// Numbers from untrusted bytes: nothing outside is read.
private struct PictureBytes {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func byte(at place: Int) -> UInt8? { bytes.indices.contains(place) ? bytes[place] : nil }

    func holds(_ wanted: some Collection<UInt8>, at place: Int) -> Bool {
        place >= 0 && place <= bytes.count - wanted.count && bytes[place..<place + wanted.count].elementsEqual(wanted)
    }

    func number(at place: Int, bytes count: Int, bigEndian: Bool) -> Int? {
        guard place >= 0, place <= bytes.count - count else { return nil }
        let part = bytes[place..<place + count]
        return bigEndian ? part.reduce(0) { $0 << 8 | Int($1) } : part.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    func part(from place: Int, count: Int) -> PictureBytes? {
        guard place >= 0, count >= 0, place <= bytes.count - count else { return nil }
        return PictureBytes(UnsafeRawBufferPointer(rebasing: bytes[place..<place + count]))
    }
}
