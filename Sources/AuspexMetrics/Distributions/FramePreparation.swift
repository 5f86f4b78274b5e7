import AuspexPretrained
import AuspexSupport
import AuspexTensors

/// How a clip of pixels becomes what I3D takes, `[T, 224, 224, 3]`: the part of FVD that differs most between implementations.
///
/// The named ones are published conventions; others combine the same parts, for `auspex explain` to try.
public struct FramePreparation: Sendable, Hashable {
    /// Which part of a frame is used.
    public enum Framing: String, Sendable, CaseIterable, Codable {
        /// All of it, whatever its aspect ratio.
        case squeezed
        /// The short side resized to 224, the long one in proportion (rounded up), then the middle cropped.
        case cropped
    }

    /// How frames are resampled to 224×224.
    public var sampling: FrameSampling
    /// Which part of a frame is used.
    public var framing: Framing
    /// Which channel comes first in the network's input.
    public var channels: FrameColours.Order
    /// A mistake in the bytes' range, made before.
    public var levels: FrameColours.Levels
    /// The network's input for bytes.
    public var range: FrameColours.Range

    /// A preparation made of these parts; by default the published one.
    public init(
        _ sampling: FrameSampling = .corner, framing: Framing = .squeezed, channels: FrameColours.Order = .rgb,
        levels: FrameColours.Levels = .kept, range: FrameColours.Range = .signed
    ) {
        self.sampling = sampling
        self.framing = framing
        self.channels = channels
        self.levels = levels
        self.range = range
    }

    /// The published rule: the whole frame to 224×224, the place of output i is `i · in / out`, as TensorFlow 1 samples; then `2x/255 − 1`.
    public static let published = FramePreparation()
    /// The whole frame to 224×224, the place of output i is `(i + ½) · in / out − ½`, as PyTorch's `interpolate` samples; then `2x/255 − 1`.
    public static let centred = FramePreparation(.centred)
    /// The short side to 224 as `centred`, the middle of the long side; then `x/255 − ½`, half the range that the network was trained on.
    public static let cropped = FramePreparation(.centred, framing: .cropped, range: .half)
    /// The preparations that metrics use, with their names.
    public static let conventions = ["published": published, "centred": centred, "cropped": cropped]

    /// For a result's convention.
    public var summary: String {
        let parts: [String?] = [
            channels == .rgb ? nil : channels.summary, levels == .kept ? nil : levels.summary,
            framing == .cropped ? "short side to 224" : "frames to 224×224", sampling.summary,
            framing == .cropped ? "centre crop" : nil, range.summary,
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// - Parameters:
    ///   - clips: `[B, T, H, W, C]`, uint8, or float32 on a scale from 0 to `peak`; C is 3, or 1, which is repeated.
    /// - Returns: `[B, T, 224, 224, 3]`, float32.
    package func callAsFunction(_ clips: Tensor, peak: Float) -> Tensor {
        let (height, width, depth) = (clips.shape[2], clips.shape[3], clips.shape[4])
        require(depth == 1 || depth == 3, "FramePreparation", "clips of \(depth) channels")
        let (frames, side) = (clips.shape[0] * clips.shape[1], I3D.frameSide)
        let vertical = taps(height, other: width)
        let horizontal = taps(width, other: height)
        let colours = FrameColours(channels, levels, range)
        let (scale, offset) = (colours.scale, colours.offset)
        let used = vertical.used(of: height)
        /// Frame by frame: rows to 224 pixels, then columns to 224 rows.
        func fill<Scalar, Value: ExpressibleByIntegerLiteral>(
            _ out: UnsafeMutablePointer<Float>, _ pixels: UnsafeBufferPointer<Scalar>, _ value: (Scalar) -> Value,
            addPixels: ([Value], inout [Value], _ place: Int) -> Void,
            addRows: ([Value], _ length: Int, UnsafeMutablePointer<Float>) -> Void
        ) {
            var row = [Value](repeating: 0, count: width * 3)
            var lines = [Value](repeating: 0, count: height * side * 3)
            for frame in 0..<frames {
                for y in 0..<height where used[y] {
                    let first = (frame * height + y) * width * depth
                    for x in 0..<width {
                        for c in 0..<3 {
                            row[x * 3 + colours.place(of: c)] = value(pixels[first + x * depth + (depth == 1 ? 0 : c)])
                        }
                    }
                    addPixels(row, &lines, y * side * 3)
                }
                addRows(lines, side * 3, out + frame * side * side * 3)
            }
        }
        /// In whole numbers or in floats, depending on the rule.
        func fill<Scalar>(
            _ out: UnsafeMutablePointer<Float>, _ pixels: UnsafeBufferPointer<Scalar>,
            byte: (Scalar) -> UInt8, number: (Scalar) -> Float
        ) {
            if sampling.roundsToBytes {
                fill(out, pixels, byte) {
                    horizontal.addPixels(of: $0, to: &$1, at: $2)
                } addRows: {
                    vertical.addRows(of: $0, length: $1, to: $2, scale: scale, offset: offset)
                }
            } else {
                fill(out, pixels, number) {
                    horizontal.addPixels(of: $0, to: &$1, at: $2)
                } addRows: {
                    vertical.addRows(of: $0, length: $1, to: $2, scale: scale, offset: offset)
                }
            }
        }
        return Tensor([clips.shape[0], clips.shape[1], side, side, 3]) { out in
            if clips.elementType == .uint8 {
                let numbers = (0...255).map { colours.level(Float($0)) }
                let bytes = numbers.map(Self.byte)
                clips.withScalars(as: UInt8.self) { pixels in
                    fill(out, pixels, byte: { bytes[Int($0)] }, number: { numbers[Int($0)] })
                }
            } else {
                let perUnit = 255 / peak
                clips.withScalars(as: Float.self) { pixels in
                    fill(
                        out, pixels, byte: { Self.byte(colours.level($0 * perUnit)) },
                        number: { colours.level($0 * perUnit) })
                }
            }
        }
    }

    /// The nearest byte: what people do to numbers before they apply a rule for bytes.
    private static func byte(_ number: Float) -> UInt8 { number > 0 ? UInt8(min(number.rounded(), 255)) : 0 }

    /// The inputs of each of the 224 outputs along a side of `count` pixels.
    package func taps(_ count: Int, other: Int) -> FrameTaps {
        let side = I3D.frameSide
        guard framing == .cropped, count > other else {
            return FrameTaps(sampling, inputs: count, outputs: side, taking: 0..<side)
        }
        let outputs = Int((Double(count) * (Double(side) / Double(other))).rounded(.up))
        let skipped = (outputs - side) / 2
        return FrameTaps(sampling, inputs: count, outputs: outputs, taking: skipped..<skipped + side)
    }
}

// Not RawRepresentable: its equality compares names, and a name is looked up by equality.
extension FramePreparation: Codable {
    /// A complete name: that of a convention, or its parts, `bicubic+squeezed+rgb+kept+unit`.
    public var rawValue: String {
        Self.conventions.first { $0.value == self }?.key
            ?? [sampling.rawValue, framing.rawValue, channels.rawValue, levels.rawValue, range.rawValue]
            .joined(separator: "+")
    }

    public init?(rawValue: String) {
        if let named = Self.conventions[rawValue] {
            self = named
            return
        }
        let parts = rawValue.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, let sampling = FrameSampling(rawValue: parts[0]),
            let framing = Framing(rawValue: parts[1]),
            let channels = FrameColours.Order(rawValue: parts[2]), let levels = FrameColours.Levels(rawValue: parts[3]),
            let range = FrameColours.Range(rawValue: parts[4])
        else { return nil }
        self.init(sampling, framing: framing, channels: channels, levels: levels, range: range)
    }

    public init(from decoder: any Decoder) throws {
        let name = try decoder.singleValueContainer().decode(String.self)
        guard let found = FramePreparation(rawValue: name) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no preparation is called '\(name)'"))
        }
        self = found
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
