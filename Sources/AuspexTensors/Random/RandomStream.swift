import AuspexSupport
import Foundation

/// Random numbers that are a pure function of (seed, stream name, step, element): nothing is consumed and nothing needs saving.
///
/// For example, `RandomStream(seed: 7, name: "noise", step: 120).normal([4, 120])` gives the same numbers at any time and in any place.
public struct RandomStream: Sendable, Hashable {
    /// The run's seed.
    public let seed: UInt64
    /// What the numbers are for: `noise`. Streams of different names are unrelated.
    public let name: String
    /// The number of the draw; numbers of different steps are unrelated.
    public let step: Int
    private let key: UInt64

    /// A stream; the same three arguments always give the same numbers.
    public init(seed: UInt64, name: String, step: Int = 0) {
        self.seed = seed
        self.name = name
        self.step = step
        // FNV-1a over the name, then one Philox round trip, so that similar seeds and names give unrelated keys.
        let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let mixed = Philox(key: seed).words(hash, 0)
        key = UInt64(mixed[0]) | UInt64(mixed[1]) << 32
    }

    /// The stream of another step.
    public func at(step: Int) -> RandomStream { RandomStream(seed: seed, name: name, step: step) }

    /// A substream for a part of this one's purpose: `stream.named("crop")`.
    public func named(_ part: String) -> RandomStream { RandomStream(seed: seed, name: name + "/" + part, step: step) }

    private func words(_ block: Int) -> SIMD4<UInt32> {
        Philox(key: key).words(UInt64(truncatingIfNeeded: block), UInt64(bitPattern: Int64(step)))
    }

    /// A uniform number in [0, 1), with 24 random bits, at a place of the stream.
    public func uniform(at element: Int) -> Float {
        Float(words(element / 4)[element % 4] >> 8) * 0x1p-24
    }

    /// A whole number in `0..<bound` at a place of the stream.
    public func integer(below bound: Int, at element: Int) -> Int {
        require(bound > 0, "RandomStream.integer", "no number is below \(bound)")
        let four = words(element)
        let word = UInt64(four[0]) | UInt64(four[1]) << 32
        return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Uniform numbers in [0, 1), float32.
    public func uniform(_ shape: [Int]) -> Tensor {
        Tensor(shape) { out in
            let count = shape.product
            for block in 0..<(count + 3) / 4 {
                let four = words(block)
                for lane in 0..<min(4, count - block * 4) { out[block * 4 + lane] = Float(four[lane] >> 8) * 0x1p-24 }
            }
        }
    }

    /// Standard normal numbers, float32, by Box and Muller's transform.
    public func normal(_ shape: [Int]) -> Tensor {
        Tensor(shape) { out in
            let count = shape.product
            for block in 0..<(count + 3) / 4 {
                let four = words(block)
                for pair in 0..<2 {
                    // (0, 1]: avoids the logarithm of zero.
                    let radius = (-2 * log((Double(four[2 * pair]) + 1) * 0x1p-32)).squareRoot()
                    let angle = 2 * Double.pi * Double(four[2 * pair + 1]) * 0x1p-32
                    let first = block * 4 + 2 * pair
                    if first < count { out[first] = Float(radius * cos(angle)) }
                    if first + 1 < count { out[first + 1] = Float(radius * sin(angle)) }
                }
            }
        }
    }

    /// `count` different numbers of `0..<bound`, in random order (Fisher and Yates), drawn at a place of the stream.
    public func sample(_ count: Int, below bound: Int, at element: Int = 0) -> [Int] {
        require(count <= bound, "RandomStream.sample", "\(count) different numbers below \(bound) do not exist")
        var numbers = Array(0..<bound)
        for i in 0..<count { numbers.swapAt(i, i + integer(below: bound - i, at: element * bound + i)) }
        return Array(numbers.prefix(count))
    }
}
