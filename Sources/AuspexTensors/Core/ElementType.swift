/// What one element of a tensor is stored as.
///
/// Networks use `float32` and `bfloat16`; pixels and fields `uint8` and `float32`. Statistics of metrics are `Double` arrays, not tensors.
public enum ElementType: String, Codable, Sendable, CaseIterable {
    case float32, bfloat16, uint8, int32

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
    static var elementType: ElementType { get }
}

extension Float: TensorScalar { public static var elementType: ElementType { .float32 } }
extension UInt8: TensorScalar { public static var elementType: ElementType { .uint8 } }
extension Int32: TensorScalar { public static var elementType: ElementType { .int32 } }
