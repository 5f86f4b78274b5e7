/// Headers of MPEG-1, MPEG-2 and MPEG-4 part 2 pictures.
struct MPEGPictures {
    /// Size and aspect of the first sequence header: a change makes the decoder restart and lose the frames that it still holds.
    private var sequence: [UInt8]?

    /// - Source: ISO/IEC 13818-2, sections 6.2.2 to 6.2.3.1.
    mutating func video12(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        var picture = CodedPicture()
        var type: UInt8?
        var hasSequence = false
        var isClosed = false
        var next = 0
        scan: while let start = NALUnits.unitStart(in: bytes, from: next), start < bytes.count {
            next = start
            switch bytes[start] {
            case 0xb3 where start + 4 < bytes.count:
                let head = Array(bytes[start + 1..<start + 5])
                guard sequence ?? head == head else { return .uncertain }
                (sequence, hasSequence) = (head, true)
            case 0xb8 where start + 4 < bytes.count: isClosed = bytes[start + 4] & 0x40 != 0
            case 0x00 where start + 2 < bytes.count:
                guard type == nil else { return .uncertain }
                type = bytes[start + 2] >> 3 & 7
            case 0xb5 where start + 3 < bytes.count && bytes[start + 1] >> 4 == 8:
                // 3 is a frame, 1 and 2 are single fields.
                guard bytes[start + 3] & 3 == 3 else { return .uncertain }
            case 0x01...0xaf: break scan
            default: break
            }
        }
        switch type {
        case 1: if hasSequence { picture.start = isClosed ? .clean : .fromHere }
        case 2: break
        case 3: picture.isBidirectional = true
        default: return .uncertain
        }
        return picture
    }

    /// - Source: ISO/IEC 14496-2, section 6.2.5.
    mutating func video4(_ bytes: UnsafeBufferPointer<UInt8>) -> CodedPicture {
        var picture = CodedPicture()
        var plane: Int?
        var next = 0
        while let start = NALUnits.unitStart(in: bytes, from: next), start < bytes.count {
            next = start
            guard bytes[start] == 0xb6 else { continue }
            // Two pictures in one packet: DivX's way to put B-pictures into AVI.
            guard plane == nil else { return .uncertain }
            plane = start
        }
        // A picture of a few bytes may be "not coded": then it gives no frame.
        guard let plane, bytes.count - plane > 24 else { return .uncertain }
        switch bytes[plane + 1] >> 6 {
        case 0: picture.start = .fromHere
        case 2: picture.isBidirectional = true
        default: break
        }
        return picture
    }
}
