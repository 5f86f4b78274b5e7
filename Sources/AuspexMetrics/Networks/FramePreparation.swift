import AuspexTensors

/// How a clip of pixels becomes what I3D takes, `[T, 224, 224, 3]`: the part of FVD that differs most between implementations.
public enum FramePreparation: String, Sendable, CaseIterable, Codable {
    /// The published rule: the whole frame to 224×224, the place of output i is `i · in / out`, as TensorFlow 1 samples; then `2x/255 − 1`.
    case published
    /// The whole frame to 224×224, the place of output i is `(i + ½) · in / out − ½`, as PyTorch's `interpolate` samples; then `2x/255 − 1`.
    case centred
    /// The short side to 224 as `centred`, the middle of the long side; then `x/255 − ½`, half the range that the network was trained on.
    case cropped

    /// For a result's convention.
    public var summary: String {
        switch self {
        case .published: "frames to 224×224, bilinear, corner-based (i·in/out), no antialias, 2x/255 − 1"
        case .centred: "frames to 224×224, bilinear, centre-based, no antialias, 2x/255 − 1"
        case .cropped: "short side to 224, bilinear, centre-based, centre crop, x/255 − ½"
        }
    }

    private var range: (scale: Float, offset: Float) {
        self == .cropped ? (1 / 255, -0.5) : (2 / 255, -1)
    }

    /// - Parameters:
    ///   - clips: `[B, T, H, W, C]`, uint8, or float32 on a scale from 0 to `peak`; C is 3, or 1 that is repeated.
    /// - Returns: `[B, T, 224, 224, 3]`, float32.
    package func callAsFunction(_ clips: Tensor, peak: Float) -> Tensor {
        let (height, width, channels) = (clips.shape[2], clips.shape[3], clips.shape[4])
        require(channels == 1 || channels == 3, "FramePreparation", "clips of \(channels) channels")
        let frames = clips.shape[0] * clips.shape[1]
        let side = I3D.frameSide
        let taps = (vertical: taps(height, other: width), horizontal: taps(width, other: height))
        func fill<Scalar>(
            _ out: UnsafeMutablePointer<Float>, _ pixels: UnsafeBufferPointer<Scalar>, scale: Float,
            _ float: (Scalar) -> Float
        ) {
            for frame in 0..<frames {
                let picture = UnsafeBufferPointer(rebasing: pixels.dropFirst(frame * height * width * channels))
                let place = out + frame * side * side * 3
                for row in 0..<side {
                    let (top, bottom) = (taps.vertical[row].first, taps.vertical[row].second)
                    let (upper, lower) = (top * width * channels, bottom * width * channels)
                    let down = taps.vertical[row].weight
                    for column in 0..<side {
                        let tap = taps.horizontal[column]
                        let (left, right) = (tap.first * channels, tap.second * channels)
                        for channel in 0..<3 {
                            let c = channels == 1 ? 0 : channel
                            let (a, b) = (float(picture[upper + left + c]), float(picture[upper + right + c]))
                            let (d, e) = (float(picture[lower + left + c]), float(picture[lower + right + c]))
                            let (above, below) = (a + (b - a) * tap.weight, d + (e - d) * tap.weight)
                            let value = above + (below - above) * down
                            place[(row * side + column) * 3 + channel] = value * scale + range.offset
                        }
                    }
                }
            }
        }
        return Tensor([clips.shape[0], clips.shape[1], side, side, 3]) { out in
            if clips.elementType == .uint8 {
                clips.withScalars(as: UInt8.self) { fill(out, $0, scale: range.scale) { Float($0) } }
            } else {
                clips.withScalars(as: Float.self) { fill(out, $0, scale: range.scale * 255 / peak) { $0 } }
            }
        }
    }

    /// Two pixels and the second one's share.
    package struct Tap: Equatable {
        package var first: Int
        package var second: Int
        package var weight: Float

        package init(first: Int, second: Int, weight: Float) {
            self.first = first
            self.second = second
            self.weight = weight
        }
    }

    /// Where each of the 224 outputs along a side of `count` pixels is sampled.
    package func taps(_ count: Int, other: Int) -> [Tap] {
        let side = I3D.frameSide
        var (outputs, skipped) = (side, 0)
        if self == .cropped, count > other {
            // The long side keeps its proportion, rounded up, and its middle is taken.
            outputs = Int((Double(count) * (Double(side) / Double(other))).rounded(.up))
            skipped = (outputs - side) / 2
        }
        let step = Float(count) / Float(outputs)
        return (0..<side).map { output in
            let place =
                self == .published
                ? Float(output) * step : max(0, (Float(output + skipped) + 0.5) * step - 0.5)
            let first = min(Int(place), count - 1)
            return Tap(first: first, second: min(first + 1, count - 1), weight: place - Float(first))
        }
    }
}
