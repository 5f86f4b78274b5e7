import AuspexSupport
import Foundation
import Testing

/// Bits written from the highest of each byte, for streams that no encoder makes.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var used = 0

    mutating func write(_ value: Int, bits: Int) {
        for bit in (0..<bits).reversed() {
            if used == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(7 - used)
            used = (used + 1) % 8
        }
    }

    /// An Exp-Golomb code.
    mutating func writeCode(_ value: Int) {
        let length = Int.bitWidth - (value + 1).leadingZeroBitCount
        write(0, bits: length - 1)
        write(value + 1, bits: length)
    }

    mutating func align() {
        while used != 0 { write(0, bits: 1) }
    }

    /// The unit's end: a one, and zeros up to the next byte.
    mutating func finish() {
        write(1, bits: 1)
        align()
    }
}

/// H.264 of 16×32 pixels in which each field is a picture: every macroblock holds its samples uncompressed.
///
/// - Source: ITU-T H.264, sections 7.3.2.1, 7.3.2.2, 7.3.3 and 7.3.5.
enum FieldPictures {
    static func stream(frames: Int) -> [UInt8] {
        var stream = unit(0x67, sequence) + unit(0x68, picture)
        for frame in 0..<frames {
            for field in 0..<2 {
                let isIDR = frame == 0 && field == 0
                stream += unit(isIDR ? 0x65 : 0x61, slice(frame: frame, field: field, isIDR: isIDR))
            }
        }
        return stream
    }

    private static func unit(_ head: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var escaped: [UInt8] = [0, 0, 0, 1, head]
        var zeros = 0
        for byte in payload {
            if zeros >= 2, byte <= 3 {
                escaped.append(3)
                zeros = 0
            }
            zeros = byte == 0 ? zeros + 1 : 0
            escaped.append(byte)
        }
        return escaped
    }

    private static var sequence: [UInt8] {
        var bits = BitWriter()
        for byte in [77, 0, 30] { bits.write(byte, bits: 8) }
        // Identifier, bits of frame numbers - 4, order of showing = order of coding, reference frames.
        for code in [0, 0, 2, 1] { bits.writeCode(code) }
        bits.write(0, bits: 1)
        // Width and height in macroblocks, less one.
        for code in [0, 0] { bits.writeCode(code) }
        // Not only frames, no mixing within a frame, 8×8 inference, no cropping, no VUI.
        for flag in [0, 0, 1, 0, 0] { bits.write(flag, bits: 1) }
        bits.finish()
        return bits.bytes
    }

    private static var picture: [UInt8] {
        var bits = BitWriter()
        for code in [0, 0] { bits.writeCode(code) }
        bits.write(0, bits: 2)
        for code in [0, 0, 0] { bits.writeCode(code) }
        bits.write(0, bits: 3)
        for code in [0, 0, 0] { bits.writeCode(code) }
        // The slice says how it is deblocked.
        bits.write(0b100, bits: 3)
        bits.finish()
        return bits.bytes
    }

    private static func slice(frame: Int, field: Int, isIDR: Bool) -> [UInt8] {
        var bits = BitWriter()
        for code in [0, 7, 0] { bits.writeCode(code) }
        bits.write(frame % 16, bits: 4)
        bits.write(0b10 | field, bits: 2)
        if isIDR { bits.writeCode(0) }
        bits.write(0, bits: isIDR ? 2 : 1)
        bits.writeCode(0)
        bits.writeCode(1)
        // I_PCM.
        bits.writeCode(25)
        bits.align()
        for sample in 0..<384 { bits.write(16 + (frame * 7 + field * 3 + sample) % 200, bits: 8) }
        bits.finish()
        return bits.bytes
    }
}

/// An MP4 file's H.264 parameters without the part that tells how many frames are shown later than coded.
enum WithoutReorderDepth {
    /// - Parameter file: changed in place.
    static func make(_ file: String) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let name = Array("avcC".utf8)
        let box = try #require(bytes.indices.dropLast(16).first { Array(bytes[$0..<$0 + 4]) == name })
        let length = Int(bytes[box + 10]) << 8 | Int(bytes[box + 11])
        let unit = box + 12..<box + 12 + length
        let flag = try placeOfFlag(Array(bytes[unit].dropFirst()))
        // The flag cleared, the unit's end after it, and zeros that decoders pass over.
        for bit in flag..<(length - 1) * 8 { set(&bytes, unit.lowerBound + 1, bit, to: bit == flag + 1) }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    private static func set(_ bytes: inout [UInt8], _ first: Int, _ bit: Int, to isOne: Bool) {
        let mask = UInt8(0x80) >> UInt8(bit % 8)
        if isOne { bytes[first + bit / 8] |= mask } else { bytes[first + bit / 8] &= ~mask }
    }

    /// Where `vui_parameters_present_flag` is in a sequence parameter set of the High profile.
    private static func placeOfFlag(_ set: [UInt8]) throws -> Int {
        var place = 24
        func bit() throws -> Int {
            try #require(place < set.count * 8)
            defer { place += 1 }
            return Int(set[place / 8] >> UInt8(7 - place % 8)) & 1
        }
        func code() throws -> Int {
            var zeros = 0
            while try bit() == 0 { zeros += 1 }
            return try (0..<zeros).reduce(1) { value, _ in try value << 1 | bit() } - 1
        }
        _ = try code()
        if [100, 110, 122, 244].contains(set[0]) {
            for _ in 0..<3 { _ = try code() }
            for _ in 0..<2 { _ = try bit() }
        }
        _ = try code()
        try #require(try code() == 0, "the order of showing is not written in each picture")
        for _ in 0..<2 { _ = try code() }
        _ = try bit()
        for _ in 0..<2 { _ = try code() }
        if try bit() == 0 { _ = try bit() }
        _ = try bit()
        if try bit() == 1 { for _ in 0..<4 { _ = try code() } }
        #expect(!zip(set, set.dropFirst()).prefix(place / 8).contains { $0 == 0 && $1 == 0 }, "escapes are not handled")
        #expect(try bit() == 1, "there is nothing to remove")
        return place - 1
    }
}
