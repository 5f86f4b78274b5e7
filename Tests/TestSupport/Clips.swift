import AuspexTensors
import Foundation

/// A clip of noise: every byte is its own, so that nothing lost goes unseen.
public func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    let stream = RandomStream(seed: seed, name: "noise")
    let bytes = stream.uniform(shape).scalars.map { UInt8($0 * 256) }
    return Tensor(bytes, shape: shape)
}

/// Peak signal to noise ratio of two clips of bytes, in decibels.
public func peakSignalToNoise(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return -.infinity }
    let squares = zip(a.scalars(as: UInt8.self), b.scalars(as: UInt8.self)).reduce(0) { sum, pair in
        let difference = Int(pair.0) - Int(pair.1)
        return sum + difference * difference
    }
    return squares == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / Double(squares))
}

/// Whether two clips of bytes are the same.
public func same(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && a.scalars(as: UInt8.self) == b.scalars(as: UInt8.self)
}
