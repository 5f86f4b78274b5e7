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

    /// What networks take of frames: float32 in −1…1; a value outside of the range is brought to its nearer end.
    public func callAsFunction(_ frames: Tensor) -> Tensor {
        if name == .pixels { return frames.pixelsAsValues() }
        let (low, span) = (range.lowerBound, range.upperBound - range.lowerBound)
        // Halving and doubling would cost small values their last bits.
        if isIdentity { return frames.mapped { min(1, max(-1, $0)) } }
        return frames.mapped { min(1, max(-1, ($0 - low) / span * 2 - 1)) }
    }

    /// Frames from what a network made: the format's own numbers, in its range.
    public func inverse(_ values: Tensor) -> Tensor {
        if name == .pixels { return values.valuesAsPixels() }
        let (low, high) = (range.lowerBound, range.upperBound)
        if isIdentity { return values.mapped { min(high, max(low, $0)) } }
        let half = (high - low) / 2
        let rounds = name == .deepPixels
        return values.mapped { value in
            let number = min(high, max(low, low + (value + 1) * half))
            return rounds ? number.rounded() : number
        }
    }

    private var isIdentity: Bool { range == -1...1 }
}
