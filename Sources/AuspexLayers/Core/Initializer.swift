import AuspexTensors

/// Gives every new parameter its own random stream, in order of construction: a network's initial weights are a pure function of the seed.
public struct Initializer: Sendable {
    private let stream: RandomStream
    private var handedOut = 0
    /// Whether weights are left at zero because others will be loaded.
    let isBlank: Bool

    /// For a network whose weights will be loaded: no random numbers are drawn.
    public static let blank = Initializer(seed: 0, isBlank: true)

    /// Draws from the stream of a name: networks with the same seed and different names have unrelated weights.
    public init(seed: UInt64, name: String = "weights") {
        self.init(seed: seed, name: name, isBlank: false)
    }

    private init(seed: UInt64, name: String = "weights", isBlank: Bool) {
        stream = RandomStream(seed: seed, name: name)
        self.isBlank = isBlank
    }

    mutating func next() -> RandomStream {
        defer { handedOut += 1 }
        return stream.at(step: handedOut)
    }

    /// An orthogonal weight of `[…, in, out]`, as a matrix of all input places by outputs.
    mutating func orthogonal(_ shape: [Int]) -> Tensor {
        if isBlank { return Tensor(zeros: shape) }
        let columns = shape[shape.count - 1]
        return next().orthogonalMatrix(rows: shape.dropLast().reduce(1, *), columns: columns).reshaped(to: shape)
    }
}

extension Initializer {
    /// Uniform in [−bound, bound).
    mutating func uniform(_ shape: [Int], bound: Float) -> Tensor {
        isBlank ? Tensor(zeros: shape) : (next().uniform(shape) * 2 - 1) * bound
    }

    mutating func normal(_ shape: [Int], deviation: Float) -> Tensor {
        isBlank ? Tensor(zeros: shape) : next().normal(shape) * deviation
    }

    /// Vectors of classes, `[count, size]`: orthogonal where possible, as every other weight.
    public mutating func embedding(count: Int, size: Int) -> Tensor { orthogonal([count, size]) }
}
