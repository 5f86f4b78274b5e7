/// The generator behind NumPy's `RandomState(seed).rand`: MT19937 with 53-bit numbers, for values that were published with its noise.
///
/// Source: Matsumoto and Nishimura 1998; `init_genrand` and `genrand_res53` of their 2002 code.
struct MersenneTwister {
    private var state: [UInt32]
    private var place = 624

    init(seed: Int) {
        state = [UInt32(seed)]
        for i in 1..<624 { state.append(1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)) }
    }

    private mutating func word() -> UInt32 {
        if place == 624 {
            for i in 0..<624 {
                let joined = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7FFF_FFFF)
                state[i] = state[(i + 397) % 624] ^ (joined >> 1) ^ (joined & 1 == 1 ? 0x9908_B0DF : 0)
            }
            place = 0
        }
        var word = state[place]
        place += 1
        word ^= word >> 11
        word ^= (word << 7) & 0x9D2C_5680
        word ^= (word << 15) & 0xEFC6_0000
        return word ^ (word >> 18)
    }

    /// A number in [0, 1).
    mutating func uniform() -> Double {
        let (high, low) = (word() >> 5, word() >> 6)
        return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
    }
}
