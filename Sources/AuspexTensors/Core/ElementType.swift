/// How one element of a tensor is stored.
///
/// Networks use `float32` and `bfloat16`; pixels and fields `uint8` and `float32`. Statistics of metrics are `Double` arrays, not tensors.
public enum ElementType: String, Codable, Sendable, CaseIterable {
    /// IEEE single precision.
    case float32
    /// The upper half of a float32: 8 bits of exponent, 7 of fraction.
    case bfloat16
    /// Bytes, 0…255.
    case uint8
    /// Signed whole numbers of 32 bits.
    case int32

    /// Bytes of one element.
    public var sizeBytes: Int {
        switch self {
        case .float32, .int32: 4
        case .bfloat16: 2
        case .uint8: 1
        }
    }
}

/// A Swift type that a tensor can hold.
public protocol TensorScalar: BitwiseCopyable, Sendable, ExpressibleByIntegerLiteral {
    /// The element type of a tensor of such elements.
    static var elementType: ElementType { get }
}

extension Float: TensorScalar { public static var elementType: ElementType { .float32 } }
extension UInt8: TensorScalar { public static var elementType: ElementType { .uint8 } }
extension Int32: TensorScalar { public static var elementType: ElementType { .int32 } }
