import AuspexTensors

/// Converts frames of a format to network values, and back: the smallest number becomes −1, the largest 1.
///
/// A checkpoint stores the transform of its model's training clips.
public struct InputTransform: Sendable, Hashable, Codable {
    /// What kind of numbers are transformed.
    public enum Name: String, Sendable, Hashable, Codable {
        /// Bytes: 0…255 become −1…1, and are rounded on the way back.
        case pixels
        /// 16 bits per pixel, likewise.
        case deepPixels
        /// Values of a field: its range becomes −1…1, and nothing is rounded.
        case range
    }

    /// What kind of numbers are transformed.
    public let name: Name
    /// The numbers that become −1 and 1.
    public let range: ClosedRange<Float>

    /// For bytes.
    public static let pixels = InputTransform(name: .pixels, range: 0...255)

    /// For a field.
    public init(mapping range: ClosedRange<Float>) { self.init(name: .range, range: range) }

    private init(name: Name, range: ClosedRange<Float>) { (self.name, self.range) = (name, range) }

    /// - Parameter source: the source's name in the message.
    /// - Throws: `VideoError.badSource` for a field without a range.
    public init(of format: FrameFormat, from source: String) throws {
        guard let range = format.range else {
            throw VideoError(
                .badSource, source, "gives a field without a range, expected its smallest and largest value")
        }
        switch format.values {
        case .pixels(.eight): self = .pixels
        case .pixels(.sixteen): self.init(name: .deepPixels, range: range)
        case .field: self.init(mapping: range)
        }
    }

    /// Network values of frames: float32 in −1…1; a value outside the range is clamped, NaN stays NaN.
    public func callAsFunction(_ frames: Tensor) -> Tensor {
        if name == .pixels { return frames.pixelsAsValues() }
        let (low, span) = (range.lowerBound, range.upperBound - range.lowerBound)
        // Halving and doubling would lose the last bits of small values.
        if isIdentity { return frames.mapped { Self.clamped($0, to: -1...1) } }
        return frames.mapped { Self.clamped(($0 - low) / span * 2 - 1, to: -1...1) }
    }

    /// Frames from a network's output: the format's own numbers, in its range.
    ///
    /// NaN stays NaN, so that a diverged network is not mistaken for one that predicts the smallest value. Bytes have no NaN: there it becomes 0.
    public func inverse(_ values: Tensor) -> Tensor {
        if name == .pixels { return values.valuesAsPixels() }
        if isIdentity { return values.mapped { Self.clamped($0, to: range) } }
        let low = range.lowerBound
        let half = (range.upperBound - low) / 2
        let rounds = name == .deepPixels
        return values.mapped { value in
            let number = Self.clamped(low + (value + 1) * half, to: range)
            return rounds ? number.rounded() : number
        }
    }

    private var isIdentity: Bool { range == -1...1 }

    /// `max` of a number and NaN is the number: so NaN must fail both comparisons instead.
    private static func clamped(_ value: Float, to range: ClosedRange<Float>) -> Float {
        if value < range.lowerBound { return range.lowerBound }
        return value > range.upperBound ? range.upperBound : value
    }
}

extension InputTransform: CustomStringConvertible {
    /// `8-bit pixels`, `a field from 0.0 to 60.0`.
    public var description: String {
        switch name {
        case .pixels: "8-bit pixels"
        case .deepPixels: "16-bit pixels"
        case .range: "a field from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}
