import AuspexTensors

/// What a pickle of arrays can contain: dictionaries of arrays, and the parts that arrays are built from.
///
/// Values that a pickle completes later, or refers to twice, are objects with an identity.
enum PickleValue {
    case none
    case flag(Bool)
    case integer(Int)
    case text(String)
    /// Where the bytes are in the file: weights are not copied until they become a tensor.
    case bytes(Range<Int>)
    case tuple([PickleValue])
    case global(PickleGlobal)
    case type(PickledType)
    case array(PickledArray)
    case dictionary(PickledDictionary)

    /// For messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .flag: "a truth value"
        case .integer(let number): "the number \(number)"
        case .text(let text): "the text '\(text.prefix(40))'"
        case .bytes(let range): "\(range.count, "byte")"
        case .tuple(let parts): "a tuple of \(parts.count)"
        case .global(let global): "the global \(global.rawValue)"
        case .type: "an element type"
        case .array: "an array"
        case .dictionary: "a dictionary"
        }
    }
}

/// The only objects that a pickle may name: those that NumPy builds an array from.
enum PickleGlobal: String {
    case reconstruct = "numpy.core.multiarray._reconstruct"
    case array = "numpy.ndarray"
    case type = "numpy.dtype"
}

/// An element type: `f4`, whose byte order is set later.
final class PickledType {
    let code: String
    var isLittleEndian = false

    init(code: String) { self.code = code }
}

/// An array, whose shape and numbers are set later.
final class PickledArray {
    var shape: [Int]?
    /// Where its float32 numbers are in the file, little-endian, last dimension fastest.
    var numbers = 0..<0
}

final class PickledDictionary {
    var entries: [(key: String, value: PickleValue)] = []
}
