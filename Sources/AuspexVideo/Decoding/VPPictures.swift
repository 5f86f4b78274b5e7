/// Headers of VP8 and VP9 frames.
enum VPPictures {
    /// Hidden reference frames are in separate packets: bit 4 of the first byte is `show_frame`, bit 0 is clear in key frames.
    ///
    /// - Source: RFC 6386, section 9.1.
    static func vp8(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        CodedPicture(isShown: bytes[0] & 0x10 != 0, start: bytes[0] & 1 == 0 ? .clean : .none)
    }

    /// A packet is a frame, or a superframe that usually contains hidden frames and a shown one.
    ///
    /// - Source: VP9 bitstream specification, section 6.2 and annex B.
    static func vp9(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        var shown = 0
        var isKey = false
        for (number, start) in frameStarts(bytes).enumerated() {
            guard start < bytes.count, bytes[start] >> 6 == 2 else { return .uncertain }
            let head = bytes[start]
            let profile = (head >> 5 & 1) | (head >> 4 & 1) << 1
            // Profile 3 has a reserved bit before the flags.
            let flags = profile == 3 ? head << 5 : head << 4
            let (repeats, isInter, isShown) = (flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x20 != 0)
            if repeats || isShown { shown += 1 }
            if number == 0, !repeats, !isInter { isKey = true }
        }
        guard shown <= 1 else { return .uncertain }
        return CodedPicture(isShown: shown == 1, start: isKey ? .clean : .none)
    }

    private static func frameStarts(_ bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
        let mark = bytes[bytes.count - 1]
        guard mark & 0xe0 == 0xc0 else { return [0] }
        let (count, width) = (Int(mark & 7) + 1, Int(mark >> 3 & 3) + 1)
        let indexSize = 2 + width * count
        guard bytes.count > indexSize, bytes[bytes.count - indexSize] == mark else { return [0] }
        var starts: [Int] = []
        var start = 0
        for number in 0..<count {
            let field = bytes.count - indexSize + 1 + number * width
            let size = (0..<width).reduce(0) { $0 | Int(bytes[field + $1]) << (8 * $1) }
            // The decoder skips empty entries.
            if size > 0 { starts.append(start) }
            start += size
        }
        return starts
    }
}
