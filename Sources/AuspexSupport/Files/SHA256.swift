/// SHA-256, the checksum that identifies weights files.
///
/// Our own implementation, because the well-maintained package for it compiles a whole cryptography library, which takes minutes. It only serves to
/// identify files, never to keep a secret.
/// Source: FIPS 180-4, "Secure Hash Standard", sections 4.1.2, 5.3.3 and 6.2.2.
package struct SHA256: Sendable {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes of an incomplete block.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    package init() {}

    /// The checksum of all bytes, in hexadecimal.
    package static func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexadecimal
    }

    /// The checksum of a whole file, in hexadecimal.
    ///
    /// - Throws: `FileError` where the file cannot be read.
    package static func hexadecimal(ofFile path: String) throws -> String {
        let file = try RandomAccessFile(path: path)
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for offset in stride(from: 0, to: file.sizeBytes, by: buffer.count) {
            let count = min(buffer.count, file.sizeBytes - offset)
            try buffer.withUnsafeMutableBytes { bytes in
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                try file.read(into: part, at: offset)
                hash.update(UnsafeRawBufferPointer(part))
            }
        }
        return hash.hexadecimal
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count += UInt64(bytes.count)
        var place = 0
        if !rest.isEmpty {
            place = min(64 - rest.count, bytes.count)
            rest += bytes[..<place]
            guard rest.count == 64 else { return }
            let block = rest
            block.withUnsafeBytes { mix($0, blocks: 1) }
            rest = []
        }
        let blocks = (bytes.count - place) / 64
        mix(UnsafeRawBufferPointer(rebasing: bytes[place..<place + 64 * blocks]), blocks: blocks)
        rest += bytes[(place + 64 * blocks)...]
    }

    /// The checksum of the bytes so far, 32 bytes.
    package var bytes: [UInt8] {
        var copy = self
        let padding = [0x80] + [UInt8](repeating: 0, count: (119 - rest.count) % 64)
        padding.withUnsafeBytes { copy.update($0) }
        withUnsafeBytes(of: (count * 8).bigEndian) { copy.update($0) }
        return copy.state.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }

    /// The checksum of the bytes so far, in hexadecimal.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private mutating func mix(_ bytes: UnsafeRawBufferPointer, blocks: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            Self.constants.withUnsafeBufferPointer { constants in
                for block in 0..<blocks { mix(bytes, at: 64 * block, schedule, constants) }
            }
        }
    }

    @inline(__always)
    private mutating func mix(
        _ bytes: UnsafeRawBufferPointer, at place: Int, _ w: UnsafeMutableBufferPointer<UInt32>,
        _ k: UnsafeBufferPointer<UInt32>
    ) {
        for i in 0..<16 {
            w[i] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 4 * i, as: UInt32.self))
        }
        for i in 16..<64 {
            let early = Self.rotated(w[i - 15], 7) ^ Self.rotated(w[i - 15], 18) ^ (w[i - 15] >> 3)
            let late = Self.rotated(w[i - 2], 17) ^ Self.rotated(w[i - 2], 19) ^ (w[i - 2] >> 10)
            w[i] = w[i - 16] &+ early &+ w[i - 7] &+ late
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
            let choice = (e & f) ^ (~e & g)
            let sumE = Self.rotated(e, 6) ^ Self.rotated(e, 11) ^ Self.rotated(e, 25)
            let first = h &+ sumE &+ choice &+ k[i] &+ w[i]
            let majority = (a & b) ^ (a & c) ^ (b & c)
            let sumA = Self.rotated(a, 2) ^ Self.rotated(a, 13) ^ Self.rotated(a, 22)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sumA &+ majority)
        }
        for (i, word) in zip(0..., [a, b, c, d, e, f, g, h]) { state[i] &+= word }
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
        (word &>> places) | (word &<< (32 &- places))
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
