import AuspexSupport

/// The element types of a `.npy` file.
public enum NumPyElement: String, Sendable, CaseIterable {
    /// One byte, 0 or 1.
    case bool = "b1"
    /// Signed whole numbers of 8 bits.
    case int8 = "i1"
    /// Bytes, 0…255.
    case uint8 = "u1"
    /// Signed whole numbers of 16 bits.
    case int16 = "i2"
    /// Whole numbers of 16 bits.
    case uint16 = "u2"
    /// Signed whole numbers of 32 bits.
    case int32 = "i4"
    /// Whole numbers of 32 bits.
    case uint32 = "u4"
    /// Signed whole numbers of 64 bits.
    case int64 = "i8"
    /// Whole numbers of 64 bits.
    case uint64 = "u8"
    /// IEEE half precision.
    case float16 = "f2"
    /// IEEE single precision.
    case float32 = "f4"
    /// IEEE double precision; rounded to float32 when read.
    case float64 = "f8"

    package var sizeBytes: Int { rawValue.last?.wholeNumberValue ?? 1 }

    /// Whether the numbers have fractions.
    public var isFloatingPoint: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// The tensor element type: bytes stay bytes, floating point becomes float32, other whole numbers int32.
    public var tensorElementType: ElementType {
        switch self {
        case .bool, .uint8: .uint8
        case .float16, .float32, .float64: .float32
        default: .int32
        }
    }
}

/// The text at the start of a `.npy` file: a Python dictionary of `descr`, `fortran_order` and `shape`.
struct NumPyHeader: Equatable {
    var element: NumPyElement
    var isBigEndian: Bool
    var shape: [Int]

    /// A header that is not supported, before the file's name is known.
    struct Refusal: Error {
        var kind: FileError.Kind = .garbled
        let found: String
        let expected: String
        var advice = "the file is truncated or corrupt; copy or create it again"
    }

    init(element: NumPyElement, isBigEndian: Bool = false, shape: [Int]) {
        self.element = element
        self.isBigEndian = isBigEndian
        self.shape = shape
    }

    init(parsing text: String) throws {
        var scanner = PythonLiteral(text)
        guard case .dictionary(let fields)? = scanner.value() else {
            throw Refusal(found: "the header \(text.prefix(60).debugDescription)", expected: "a Python dictionary")
        }
        guard let descr = fields["descr"], let order = fields["fortran_order"], let sides = fields["shape"] else {
            throw Refusal(
                found: "a header with \(fields.keys.sorted().joined(separator: ", "))",
                expected: "descr, fortran_order and shape")
        }
        (element, isBigEndian) = try Self.element(descr)
        guard case .boolean(let isFortran) = order else {
            throw Refusal(found: "fortran_order \(order)", expected: "True or False")
        }
        guard case .tuple(let items) = sides else { throw Refusal(found: "shape \(sides)", expected: "a tuple") }
        shape = try items.map { item in
            guard case .integer(let side) = item, side >= 0 else {
                throw Refusal(found: "a side \(item) in the shape", expected: "whole numbers of 0 or more")
            }
            return side
        }
        guard sizeBytes != nil else { throw Refusal(found: "the shape \(shape)", expected: "one that fits in memory") }
        if isFortran, shape.filter({ $0 > 1 }).count > 1 {
            throw Refusal(
                kind: .unsupported, found: "an array in Fortran order", expected: "rows one after another (C order)",
                advice: "save it again with np.save(path, np.ascontiguousarray(array))")
        }
    }

    /// Size of the array in bytes; nil if it overflows.
    var sizeBytes: Int? {
        shape.sizeBytes(of: element.sizeBytes)
    }

    private static func element(_ descr: PythonLiteral.Value) throws -> (NumPyElement, isBigEndian: Bool) {
        let expected = "bool, a whole number or float16, float32, float64"
        guard case .text(let code) = descr else {
            throw Refusal(
                kind: .unsupported, found: "an array of records (\(descr))", expected: expected,
                advice: "save one field of it: np.save(path, array['field'])")
        }
        guard let mark = code.first, "<>|=".contains(mark),
            let element = NumPyElement(rawValue: String(code.dropFirst()))
        else {
            let isObject = code.contains("O")
            throw Refusal(
                kind: .unsupported,
                found: isObject ? "an array of pickled Python objects" : "elements of type '\(code)'",
                expected: expected,
                advice: isObject
                    ? "pickles run code and are never opened: save numbers, np.save(path, np.stack(array))"
                    : "convert it: np.save(path, array.astype(np.float32))")
        }
        return (element, mark == ">")
    }

    /// The magic, the version and the text, padded so that the array starts at a multiple of 64.
    ///
    /// - Parameter reserve: text bytes to leave room for, so that a longer shape can be written over it later.
    func encoded(reserve: Int = 0) -> [UInt8] {
        let code = (element.sizeBytes == 1 ? "|" : isBigEndian ? ">" : "<") + element.rawValue
        let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = Array("{'descr': '\(code)', 'fortran_order': False, 'shape': (\(sides)), }".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: max(0, reserve - text.count))
        // Version 1 stores the length of the text in two bytes, version 2 in four.
        let isShort = text.count + 11 + 64 < 1 << 16
        let front = isShort ? 10 : 12
        text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - (front + text.count + 1) % 64) % 64)
        text.append(UInt8(ascii: "\n"))
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [isShort ? 1 : 2, 0]
        for byte in 0..<(isShort ? 2 : 4) { bytes.append(UInt8(truncatingIfNeeded: text.count >> (8 * byte))) }
        return bytes + text
    }
}

/// The few Python literals that NumPy writes in headers.
struct PythonLiteral {
    indirect enum Value: Equatable, CustomStringConvertible {
        case text(String), boolean(Bool), integer(Int), tuple([Value]), dictionary([String: Value])

        var description: String {
            switch self {
            case .text(let text): "'\(text)'"
            case .boolean(let flag): flag ? "True" : "False"
            case .integer(let number): "\(number)"
            case .tuple(let items): "(\(items.map(\.description).joined(separator: ", ")))"
            case .dictionary(let fields): "{\(fields.keys.sorted().joined(separator: ", "))}"
            }
        }
    }

    private var rest: Substring
    /// Current nesting depth of literals: a corrupt header must not exhaust the stack.
    private var depth = 0

    init(_ text: String) { rest = text[...] }

    private mutating func skipSpace() { rest = rest.drop { $0.isWhitespace } }

    private mutating func takes(_ character: Character) -> Bool {
        skipSpace()
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// The next literal, or nil if there is none.
    mutating func value() -> Value? {
        skipSpace()
        guard depth < 8, let first = rest.first else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch first {
        case "'", "\"": return text(endingWith: first)
        case "(": return items(endingWith: ")")
        case "[": return items(endingWith: "]")
        case "{": return dictionary()
        case "T", "F":
            for (word, flag) in [("True", true), ("False", false)] where rest.hasPrefix(word) {
                rest.removeFirst(word.count)
                return .boolean(flag)
            }
            return nil
        default:
            let digits = rest.prefix { $0.isWholeNumber || $0 == "-" }
            guard let number = Int(digits) else { return nil }
            rest.removeFirst(digits.count)
            // Python 2 wrote long integers this way.
            if rest.first == "L" { rest.removeFirst() }
            return .integer(number)
        }
    }

    private mutating func text(endingWith quote: Character) -> Value? {
        rest.removeFirst()
        let text = rest.prefix { $0 != quote }
        guard text.endIndex < rest.endIndex else { return nil }
        rest.removeFirst(text.count + 1)
        return .text(String(text))
    }

    private mutating func items(endingWith end: Character) -> Value? {
        rest.removeFirst()
        var items: [Value] = []
        while !takes(end) {
            guard let item = value() else { return nil }
            items.append(item)
            if takes(",") { continue }
            guard takes(end) else { return nil }
            break
        }
        return .tuple(items)
    }

    private mutating func dictionary() -> Value? {
        rest.removeFirst()
        var fields: [String: Value] = [:]
        while !takes("}") {
            guard case .text(let key)? = value(), takes(":"), let item = value() else { return nil }
            fields[key] = item
            if takes(",") { continue }
            guard takes("}") else { return nil }
            break
        }
        return .dictionary(fields)
    }
}
