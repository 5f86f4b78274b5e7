/// Philox 4×32 with ten rounds: four random words from a counter and a key, without any other state.
///
/// Source: Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", SC'11.
package struct Philox {
    private let key: (UInt32, UInt32)

    package init(key: UInt64) {
        self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// The four words for a counter, given as its two halves, low word first.
    package func words(_ low: UInt64, _ high: UInt64) -> SIMD4<UInt32> {
        var counter = SIMD4(
            UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32),
            UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high >> 32))
        var (first, second) = key
        for _ in 0..<10 {
            let a = UInt64(counter[0]) * 0xD251_1F53
            let b = UInt64(counter[2]) * 0xCD9E_8D57
            counter = SIMD4(
                UInt32(truncatingIfNeeded: b >> 32) ^ counter[1] ^ first, UInt32(truncatingIfNeeded: b),
                UInt32(truncatingIfNeeded: a >> 32) ^ counter[3] ^ second, UInt32(truncatingIfNeeded: a))
            first &+= 0x9E37_79B9
            second &+= 0xBB67_AE85
        }
        return counter
    }
}
