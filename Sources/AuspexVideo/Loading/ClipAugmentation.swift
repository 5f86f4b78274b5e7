import AuspexTensors

/// Changes to training clips after which they are as good as new ones: turned, mirrored, played backwards, recoloured.
///
/// All frames of a clip are changed alike. What is changed how is a pure function of the stream's seed and name and of the clip's number.
public struct ClipAugmentation: Sendable, Equatable {
    /// The share of clips that are mirrored left to right, from 0 to 1.
    public var mirrored = 0.0
    /// The share of clips that are turned by a quarter, a half or three quarters, from 0 to 1. Oblong frames are turned by a half alone.
    public var turned = 0.0
    /// The share of clips that are played backwards, from 0 to 1.
    public var reversed = 0.0
    /// The share of clips of bytes whose channels change places and whose brightness and contrast change, from 0 to 1.
    public var recoloured = 0.0

    /// Changes nothing.
    public init() {}

    /// The brightness and contrast of a recoloured clip differ from the clip's own by at most this.
    private static let contrastReach: Float = 0.3
    private static let brightnessReach: Float = 0.15

    /// A clip's frames `[T, H, W, C]`, changed.
    ///
    /// - Parameter stream: of the clip.
    package func changed(_ frames: Tensor, from stream: RandomStream) -> Tensor {
        let draws = stream.named("augmentation")
        func happens(_ share: Double, _ place: Int) -> Bool { Double(draws.uniform(at: place)) < share }
        var placement = Placement(backwards: happens(reversed, 0), mirrored: happens(mirrored, 1), quarters: 0)
        if happens(turned, 2) {
            let isSquare = frames.shape[1] == frames.shape[2]
            placement.quarters = isSquare ? 1 + draws.named("turn").integer(below: 3, at: 0) : 2
        }
        let result = placement.applied(to: frames)
        return result.elementType == .uint8 && happens(recoloured, 3) ? Self.recoloured(result, from: draws) : result
    }

    private static func recoloured(_ frames: Tensor, from draws: RandomStream) -> Tensor {
        let channels = frames.shape[3]
        var order = Array(0..<channels)
        for place in order.indices.dropFirst() {
            order.swapAt(place, draws.integer(below: place + 1, at: 8 + place))
        }
        let contrast = 1 + contrastReach * (2 * draws.uniform(at: 4) - 1)
        let brightness = 255 * brightnessReach * (2 * draws.uniform(at: 5) - 1)
        let table = (0..<256).map { value in
            UInt8(min(max((Float(value) - 127.5) * contrast + 127.5 + brightness, 0), 255).rounded())
        }
        var result = Tensor(uninitialized: frames.shape, elementType: .uint8)
        frames.withScalars(as: UInt8.self) { values in
            result.withMutableScalars(as: UInt8.self) { out in
                for pixel in stride(from: 0, to: values.count, by: channels) {
                    for channel in 0..<channels {
                        out[pixel + channel] = table[Int(values[pixel + order[channel]])]
                    }
                }
            }
        }
        return result
    }
}

/// Where each pixel of a changed clip comes from.
private struct Placement {
    var backwards: Bool
    var mirrored: Bool
    /// Quarter turns, 0 to 3; oblong frames are turned by 0 or 2.
    var quarters: Int

    /// `[T, H, W, C]` to the same shape and element type.
    func applied(to frames: Tensor) -> Tensor {
        guard backwards || mirrored || quarters > 0 else { return frames }
        guard frames.elementType == .uint8 else {
            return frames.withScalars(as: Float.self) { values in
                Tensor(frames.shape) { out in copy(values, frames.shape) { out[$0] = $1 } }
            }
        }
        var result = Tensor(uninitialized: frames.shape, elementType: .uint8)
        frames.withScalars(as: UInt8.self) { values in
            result.withMutableScalars(as: UInt8.self) { out in copy(values, frames.shape) { out[$0] = $1 } }
        }
        return result
    }

    private func copy<Scalar>(
        _ values: UnsafeBufferPointer<Scalar>, _ shape: [Int], _ write: (Int, Scalar) -> Void
    ) {
        let (time, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        var place = 0
        for frame in 0..<time {
            let start = (backwards ? time - 1 - frame : frame) * height * width
            for row in 0..<height {
                for column in 0..<width {
                    let x = mirrored ? width - 1 - column : column
                    let (y, from) =
                        switch quarters {
                        case 1: (x, height - 1 - row)
                        case 2: (height - 1 - row, width - 1 - x)
                        case 3: (width - 1 - x, row)
                        default: (row, x)
                        }
                    let source = (start + y * width + from) * channels
                    for channel in 0..<channels { write(place + channel, values[source + channel]) }
                    place += channels
                }
            }
        }
    }
}
