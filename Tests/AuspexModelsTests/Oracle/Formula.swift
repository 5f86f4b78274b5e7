import AuspexTensors

/// Numbers that the oracle in Python makes bit for bit too (`tools/oracles/golden_state.py`): weights, clips and noise need no place in the golden files.
enum Formula {
    /// SplitMix64 over the FNV-1a hash of a name.
    static func words(_ name: String, _ count: Int) -> [UInt64] {
        let key = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return (0..<count).map { element in
            var x = key &+ UInt64(element + 1) &* 0x9e37_79b9_7f4a_7c15
            x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
            x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
            return x ^ (x >> 31)
        }
    }

    /// Uniform in [−1, 1), multiples of 2⁻²³: exact in float32.
    static func numbers(_ name: String, _ count: Int) -> [Float] {
        words(name, count).map { Float(Int($0 >> 40) - (1 << 23)) * 0x1p-23 }
    }

    static func uniform(_ name: String, _ shape: [Int], times scale: Float = 1) -> Tensor {
        Tensor(numbers(name, shape.reduce(1, *)).map { $0 * scale }, shape: shape)
    }

    /// Coarse patches that move, half hidden in noise: `[B, T, size, size, C]`, exact in float32.
    static func clip(_ name: String, batch: Int, time: Int, size: Int, channels: Int) -> Tensor {
        let cells = size / 4
        let coarse = numbers(name + ".coarse", batch * cells * cells * channels)
        var video = numbers(name + ".fine", batch * time * size * size * channels)
        var place = 0
        for b in 0..<batch {
            for t in 0..<time {
                for y in 0..<size {
                    for x in 0..<size {
                        let cell = (b * cells + (y + 2 * t) % size / 4) * cells + (x + t) % size / 4
                        for c in 0..<channels {
                            video[place] = 0.5 * (coarse[cell * channels + c] + video[place])
                            place += 1
                        }
                    }
                }
            }
        }
        return Tensor(video, shape: [batch, time, size, size, channels])
    }
}
