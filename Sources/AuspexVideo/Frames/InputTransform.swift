import AuspexTensors

/// From frames of a format to what networks take, and back: the smallest number becomes −1, the largest 1.
///
/// A checkpoint notes the transform of the clips that its model was trained on.
public struct InputTransform: Sendable, Hashable, Codable {
    /// What kind of numbers are transformed.
    public enum Name: String, Sendable, Hashable, Codable {
        /// Bytes: 0…255 become −1…1, and are rounded on the way back.
        case pixels
        /// 16 bits a pixel, likewise.
        case deepPixels
        /// Values of a field: its range becomes −1…1, and nothing is rounded.
        case range
    }

    /// What kind of numbers are transformed.
    public let name: Name
    /// Numbers that become −1 and 1.
    public let range: ClosedRange<Float>

    /// Of bytes.
    public static let pixels = InputTransform(name: .pixels, range: 0...255)

    /// Of a field.
    public init(mapping range: ClosedRange<Float>) { self.init(name: .range, range: range) }

    private init(name: Name, range: ClosedRange<Float>) { (self.name, self.range) = (name, range) }

    /// - Parameter source: what the message names.
    /// - Throws: `VideoError.badSource` for a field whose range nothing says.
    public init(of format: FrameFormat, from source: String) throws {
        guard let range = format.range else {
            throw VideoError(
                .badSource, source, "gives a field whose range nothing says, expected its smallest and largest value")
        }
        switch format.values {
        case .pixels(.eight): self = .pixels
        case .pixels(.sixteen): self.init(name: .deepPixels, range: range)
        case .field: self.init(mapping: range)
        }
    }

    /// What networks take of frames: float32 in −1…1; a value outside of the range is brought to its nearer end, NaN stays NaN.
    public func callAsFunction(_ frames: Tensor) -> Tensor {
        if name == .pixels { return frames.pixelsAsValues() }
        let (low, span) = (range.lowerBound, range.upperBound - range.lowerBound)
        // Halving and doubling would cost small values their last bits.
        if isIdentity { return frames.mapped { Self.clamped($0, to: -1...1) } }
        return frames.mapped { Self.clamped(($0 - low) / span * 2 - 1, to: -1...1) }
    }

    /// Frames from what a network made: the format's own numbers, in its range.
    ///
    /// NaN stays NaN, so that a network that diverged is not taken for one that predicts the smallest value. Bytes have no NaN: there it becomes 0.
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

    /// `max` of a number and NaN is the number: NaN has to fail both comparisons instead.
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
