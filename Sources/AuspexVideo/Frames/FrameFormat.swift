import AuspexTensors

/// The meaning of a clip's numbers: pixels, or a field of measured values.
public struct FrameFormat: Sendable, Hashable, Codable {
    /// The meaning of one number.
    public enum Values: Sendable, Hashable, Codable {
        /// A brightness, from 0 to the depth's largest number.
        case pixels(PixelDepth)
        /// A measured value, float32, NaN where nothing was observed.
        case field(Field)
    }

    /// Bits of a pixel's number.
    public enum PixelDepth: Int, Sendable, Hashable, Codable {
        /// 0…255, uint8.
        case eight = 8
        /// 0…65535: whole numbers in float32, which holds them exactly.
        case sixteen = 16

        var largest: Float { self == .eight ? 255 : 65_535 }
    }

    /// The content of a field, as far as its source says.
    public struct Field: Sendable, Hashable, Codable {
        /// What was measured, such as `rain-rate`.
        public var quantity: String?
        /// Such as `mm/h`.
        public var unit: String?
        /// Smallest and largest possible value.
        public var range: ClosedRange<Float>?

        /// Describes a field; properties that its source does not give are nil.
        public init(quantity: String? = nil, unit: String? = nil, range: ClosedRange<Float>? = nil) {
            (self.quantity, self.unit, self.range) = (quantity, unit, range)
        }
    }

    /// The meaning of one number.
    public var values: Values
    /// Numbers per place: 1 for grey and most fields, 3 for colour.
    public var channels: Int

    /// Numbers of a kind, in this many channels.
    public init(_ values: Values, channels: Int) {
        self.values = values
        self.channels = channels
    }

    /// Pixels of 8 bits, or of another depth.
    public static func pixels(channels: Int, depth: PixelDepth = .eight) -> FrameFormat {
        FrameFormat(.pixels(depth), channels: channels)
    }

    /// A field whose values stay within a range.
    public static func field(
        channels: Int, range: ClosedRange<Float>?, quantity: String? = nil, unit: String? = nil
    ) -> FrameFormat {
        FrameFormat(.field(Field(quantity: quantity, unit: unit, range: range)), channels: channels)
    }

    /// The element type of tensors of such frames.
    public var elementType: ElementType { values == .pixels(.eight) ? .uint8 : .float32 }

    /// Whether the numbers are measured values, with fractions that no picture file keeps.
    public var isField: Bool { if case .field = values { true } else { false } }

    /// The smallest and the largest possible number; nil for a field without a range.
    public var range: ClosedRange<Float>? {
        switch values {
        case .pixels(let depth): 0...depth.largest
        case .field(let field): field.range
        }
    }
}

extension FrameFormat: CustomStringConvertible {
    /// `8-bit pixels of 3 channels`, `a field of 1 channel from 0.0 to 60.0 mm/h`.
    public var description: String {
        let of = "of \(channels) channel\(channels == 1 ? "" : "s")"
        switch values {
        case .pixels(let depth): return "\(depth.rawValue)-bit pixels \(of)"
        case .field(let field):
            let range = field.range.map { " from \($0.lowerBound) to \($0.upperBound)" } ?? ""
            return "a field \(of)\(range)" + (field.unit.map { " \($0)" } ?? "")
        }
    }
}

// MARK: Frames of the format in other forms

extension FrameFormat {
    /// Frames for viewing: uint8, a field's range stretched to 0…255.
    ///
    /// - Parameter frames: of this format, any shape; values of a field without a range are assumed to be in −1…1.
    package func shown(_ frames: Tensor) -> Tensor {
        if elementType == .uint8 { return frames }
        return (range.map { InputTransform(mapping: $0)(frames) } ?? frames).valuesAsPixels()
    }

    /// The peak value for metrics, the smallest value being 0: the width of the range.
    package var peak: Double { range.map { Double($0.upperBound - $0.lowerBound) } ?? 1 }

    /// Frames as metrics take them: bytes unchanged, floats shifted so that the range begins at 0, nothing rounded to bytes.
    package func measured(_ frames: Tensor) -> Tensor {
        guard elementType != .uint8, let low = range?.lowerBound, low != 0 else { return frames }
        return frames.mapped { $0 - low }
    }

    /// Converts frames of another format to this one's range, as floats: for comparing pixels with a field.
    ///
    /// - Parameter source: the name of the frames' source in the message.
    /// - Throws: `VideoError.badSource` for two fields of different ranges, because measured values must not be stretched.
    package func measured(_ frames: Tensor, of other: FrameFormat, from source: String) throws -> Tensor {
        if other == self || elementType == .uint8 { return measured(frames) }
        if isField, other.isField, range != other.range {
            throw VideoError(
                .badSource, source,
                "gives \(other), which is compared with \(self): fields are compared value by value, so give both the same range"
            )
        }
        let floats = other.elementType == .uint8 ? frames.bytesAsFloats() : other.measured(frames)
        if peak == other.peak { return floats }
        let factor = Float(peak / other.peak)
        return floats.mapped { $0 * factor }
    }
}

extension Tensor {
    /// Maps every float32; gradients are not recorded.
    func mapped(_ change: (Float) -> Float) -> Tensor {
        let floats = Tensor(uninitialized: shape, elementType: .float32)
        guard hasMemory else { return floats }
        let out = floats.rawPointer.assumingMemoryBound(to: Float.self)
        withScalars(as: Float.self) { numbers in
            for place in numbers.indices { out[place] = change(numbers[place]) }
        }
        return floats
    }

    /// Bytes as the same numbers in float32.
    fileprivate func bytesAsFloats() -> Tensor {
        Tensor(scalars(as: UInt8.self).map(Float.init), shape: shape)
    }
}
