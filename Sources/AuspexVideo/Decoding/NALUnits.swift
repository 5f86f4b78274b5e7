import CAuspexFFmpeg

/// The NAL units of one H.264 or HEVC packet, up to the first slice.
///
/// - Source: ITU-T H.264 and H.265, section 7.3.1 and annex B; ISO/IEC 14496-15 for units that follow their length.
struct NALUnits {
    /// Bytes of the length before each unit; 0 if units follow start codes (annex B).
    let lengthBytes: Int

    /// - Parameter parameters: of the stream; its `extradata` says how units are delimited.
    init(_ parameters: AVCodecParameters) {
        guard let extra = parameters.extradata, parameters.extradata_size > 0 else {
            lengthBytes = 0
            return
        }
        let size = Int(parameters.extradata_size)
        switch parameters.codec_id {
        case AV_CODEC_ID_H264: lengthBytes = size >= 7 && extra[0] == 1 ? Int(extra[4] & 3) + 1 : 0
        default:
            let isRecord = size >= 23 && (extra[0] != 0 || extra[1] != 0 || extra[2] > 1)
            lengthBytes = isRecord ? Int(extra[21] & 3) + 1 : 0
        }
    }

    /// Calls a function with each unit until it returns false. The slice data at the end of a packet is not searched for start codes.
    ///
    /// - Parameter isSlice: tells from the first byte whether a unit is a slice; slices are passed with everything that follows them.
    func forEach(
        in packet: UnsafeBufferPointer<UInt8>, isSlice: (UInt8) -> Bool,
        _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Bool
    ) {
        if lengthBytes > 0 {
            var next = 0
            while next + lengthBytes < packet.count {
                let length = packet[next..<next + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
                next += lengthBytes
                guard length > 0, length <= packet.count - next else { return }
                guard body(packet[next..<next + length]) else { return }
                next += length
            }
            return
        }
        guard var start = Self.unitStart(in: packet, from: 0) else { return }
        while start < packet.count {
            if isSlice(packet[start]) {
                guard body(packet[start..<packet.count]) else { return }
            }
            let following = Self.unitStart(in: packet, from: start)
            let end = following.map { $0 - 3 } ?? packet.count
            if !isSlice(packet[start]), end > start {
                guard body(packet[start..<end]) else { return }
            }
            guard let following else { return }
            start = following
        }
    }

    /// Index of the byte after the next `00 00 01`.
    static func unitStart(in bytes: UnsafeBufferPointer<UInt8>, from first: Int) -> Int? {
        var place = first + 2
        while place < bytes.count {
            // Only a 1 can end a start code; anything larger also rules out the two places that follow it.
            switch bytes[place] {
            case 0: place += 1
            case 1:
                if bytes[place - 1] == 0, bytes[place - 2] == 0 { return place + 1 }
                place += 3
            default: place += 3
            }
        }
        return nil
    }

    /// A unit's payload without the bytes that keep start codes out of it.
    static func withoutEscapes(_ unit: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(unit.count)
        var zeros = 0
        for byte in unit {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            zeros = byte == 0 ? zeros + 1 : 0
            plain.append(byte)
        }
        return plain
    }
}

/// H.264's recovery point: decoding may begin at a picture which is not an IDR picture.
struct RecoveryPoint {
    /// After how many frame numbers later pictures are correct.
    var frameCount: Int
    /// Whether they then exactly equal those of a decoder that began earlier.
    var isExact: Bool

    /// - Parameter unit: an SEI unit, with its first byte.
    /// - Source: ITU-T H.264, sections 7.3.2.3.1 and D.1.8.
    init?(in unit: Slice<UnsafeBufferPointer<UInt8>>) {
        let bytes = NALUnits.withoutEscapes(unit.dropFirst())
        var next = 0
        /// Types and sizes above 254 are written as a run of 255s and a rest.
        func number() -> Int? {
            var value = 0
            while next < bytes.count {
                value += Int(bytes[next])
                next += 1
                if bytes[next - 1] != 255 { return value }
            }
            return nil
        }
        while let type = number(), let size = number(), next + size <= bytes.count {
            if type == 6 {
                var bits = BitReader(bytes[next..<next + size])
                guard let count = bits.exponentialGolomb(), let exact = bits.bit() else { return nil }
                (frameCount, isExact) = (count, exact == 1)
                return
            }
            next += size
        }
        return nil
    }
}

/// Bits of a byte string, the highest of each byte first.
struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var position = 0

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// nil at the end.
    mutating func bit() -> Int? {
        guard position < bytes.count * 8 else { return nil }
        let byte = bytes[bytes.startIndex + position / 8]
        defer { position += 1 }
        return Int(byte >> UInt8(7 - position % 8)) & 1
    }

    /// An unsigned Exp-Golomb code; nil where the bits end, or the number has more than 31 bits.
    mutating func exponentialGolomb() -> Int? {
        var zeros = 0
        while let next = bit() {
            if next == 1 {
                var value = 1
                for _ in 0..<zeros {
                    guard let next = bit() else { return nil }
                    value = value << 1 | next
                }
                return value - 1
            }
            zeros += 1
            if zeros > 31 { return nil }
        }
        return nil
    }
}
