/// Height and width of a picture in pixels.
public struct FrameSize: Sendable, Hashable, Codable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// A size in pixels.
    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// A square.
    public init(_ side: Int) { self.init(height: side, width: side) }

    /// A number in code is a square's side.
    public init(integerLiteral side: Int) { self.init(side) }

    /// Whether both sides are equally long.
    public var isSquare: Bool { height == width }

    /// The shorter of both sides.
    public var shorterSide: Int { min(height, width) }

    /// Pixels, in `Double`, because sizes that must be refused overflow an `Int`.
    public var pixelCount: Double { Double(height) * Double(width) }

    /// Both sides, height first, as in shapes of tensors.
    public var sides: [Int] { [height, width] }

    /// The size with each side divided, rounded down.
    public static func / (size: FrameSize, divisor: Int) -> FrameSize {
        FrameSize(height: size.height / divisor, width: size.width / divisor)
    }

    /// Width × height, as people write video sizes.
    public var description: String { "\(width)×\(height)" }
}

/// A size in a configuration or a report: written as the side of a square, `64`, or as `[height, width]`.
///
/// ```swift
/// @FrameSizeOption public var size = FrameSize(64)
/// ```
@propertyWrapper
public struct FrameSizeOption: Codable, Sendable, Hashable {
    /// The size.
    public var wrappedValue: FrameSize

    /// A size that is written as one number if it is a square.
    public init(wrappedValue: FrameSize) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let side = try? container.decode(Int.self) {
            wrappedValue = FrameSize(side)
            return
        }
        guard let sides = try? container.decode([Int].self), sides.count == 2 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expects the side of a square, or [height, width]")
        }
        wrappedValue = FrameSize(height: sides[0], width: sides[1])
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if wrappedValue.isSquare {
            try container.encode(wrappedValue.height)
        } else {
            try container.encode(wrappedValue.sides)
        }
    }

    /// As it is written: `64` or `[48, 64]`.
    public static func text(_ size: FrameSize) -> String { size.isSquare ? "\(size.height)" : "\(size.sides)" }
}
