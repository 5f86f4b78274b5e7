import AuspexTensors

/// A picture and the prediction of it, `[H, W, C]` each.
struct FramePair {
    enum Pixels {
        case bytes(UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>)
        case floats(UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>)
    }

    let height: Int
    let width: Int
    let channels: Int
    let pixels: Pixels

    var count: Int { height * width * channels }

    /// `Σ (x − y)²`: exact for bytes, in Double for floats.
    var squaredError: Double {
        switch pixels {
        case .bytes(let x, let y):
            // Row by row, so that 32 bits suffice: 2^15 squares of at most 255².
            var total = 0
            for start in stride(from: 0, to: count, by: 1 << 15) {
                var part: UInt32 = 0
                for index in start..<min(start + 1 << 15, count) {
                    let difference = Int32(x[index]) &- Int32(y[index])
                    part &+= UInt32(bitPattern: difference &* difference)
                }
                total += Int(part)
            }
            return Double(total)
        case .floats(let x, let y):
            var total = 0.0
            for index in 0..<count {
                let difference = Double(x[index]) - Double(y[index])
                total += difference * difference
            }
            return total
        }
    }

    /// `Σ |x − y|`: exact for bytes, in Double for floats.
    var absoluteError: Double {
        switch pixels {
        case .bytes(let x, let y):
            var total = 0
            for index in 0..<count { total += abs(Int(x[index]) - Int(y[index])) }
            return Double(total)
        case .floats(let x, let y):
            var total = 0.0
            for index in 0..<count { total += abs(Double(x[index]) - Double(y[index])) }
            return total
        }
    }
}

/// The frames of predictions beside those of the clips they predict.
struct FramePairs {
    let metric: String
    let real: Tensor
    let predicted: Tensor
    /// The largest value a pixel can have.
    let peak: Double

    init(metric: String, real: Tensor, predicted: Tensor, settings: MetricSettings) throws {
        guard real.rank == 5, real.count > 0 else {
            throw MetricError.mismatch(
                metric: metric, found: "clips of shape \(real.shape)",
                expected: "[clip, time, height, width, channel], none of them 0")
        }
        guard real.shape == predicted.shape else {
            throw MetricError.mismatch(
                metric: metric, found: "predicted clips of shape \(predicted.shape)",
                expected: "\(real.shape), the real clips' shape")
        }
        guard real.elementType == predicted.elementType else {
            throw MetricError.mismatch(
                metric: metric, found: "predicted clips of \(predicted.elementType)",
                expected: "\(real.elementType), as the real clips have; convert one of them")
        }
        guard real.elementType == .uint8 || real.elementType == .float32 else {
            throw MetricError.mismatch(
                metric: metric, found: "clips of \(real.elementType)", expected: "uint8 or float32")
        }
        // Fields may have any number of channels; bytes with four channels are RGB and alpha.
        guard real.elementType != .uint8 || real.shape[4] != 4 else {
            throw MetricError.wrongChannels(real.shape[4], metric: metric)
        }
        self.metric = metric
        self.real = real
        self.predicted = predicted
        peak = real.elementType == .uint8 ? 255 : settings.peak
    }

    /// One value for each frame of each clip, `[B][T]`.
    ///
    /// - Throws: `MetricError.notFinite` where a value is not.
    func map(_ value: (FramePair) throws -> Double) throws -> [[Double]] {
        let (frames, height, width, channels) = (real.shape[1], real.shape[2], real.shape[3], real.shape[4])
        let size = height * width * channels
        func values(_ pixels: (Range<Int>) -> FramePair.Pixels) throws -> [[Double]] {
            try (0..<real.shape[0]).map { clip in
                try (0..<frames).map { frame in
                    let first = (clip * frames + frame) * size
                    let pair = FramePair(
                        height: height, width: width, channels: channels, pixels: pixels(first..<first + size))
                    let value = try value(pair)
                    guard value.isFinite else {
                        throw MetricError.notFinite(metric: metric, clip: clip, frame: frame)
                    }
                    return value
                }
            }
        }
        if real.elementType == .uint8 {
            return try real.withScalars(as: UInt8.self) { x in
                try predicted.withScalars(as: UInt8.self) { y in
                    try values { .bytes(.init(rebasing: x[$0]), .init(rebasing: y[$0])) }
                }
            }
        }
        return try real.withScalars(as: Float.self) { x in
            try predicted.withScalars(as: Float.self) { y in
                try values { .floats(.init(rebasing: x[$0]), .init(rebasing: y[$0])) }
            }
        }
    }
}
