import AuspexSupport
import AuspexTensors

/// Reads a pickle of nested dictionaries of NumPy float32 arrays, and nothing else.
///
/// A pickle is a program for a stack machine that can call anything in Python. This machine knows only the opcodes that files of arrays use, can call
/// only the two functions that make an empty array and an element type (each creates one of our own objects), and refuses everything else by name.
/// Source: CPython's `pickletools.py`; NumPy's `ndarray.__setstate__` and `dtype.__setstate__`.
package struct PickleReader {
    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private var stack: [PickleValue] = []
    /// Positions of the marks on the stack.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    /// - Parameter path: the file to name in errors.
    /// - Returns: the arrays by their path of keys, joined by `/`.
    /// - Throws: `FileError` where the pickle is cut, garbled, or asks for anything but arrays.
    package static func arrays(in bytes: UnsafeRawBufferPointer, path: String) throws -> [String: Tensor] {
        var reader = PickleReader(path: path, bytes: bytes)
        let top = try reader.run()
        var tensors: [String: Tensor] = [:]
        var seen: Set<ObjectIdentifier> = []
        try reader.collect(top, prefix: "", into: &tensors, seen: &seen)
        return tensors
    }

    private init(path: String, bytes: UnsafeRawBufferPointer) {
        self.path = path
        self.bytes = bytes
    }

    // MARK: - The machine

    private mutating func run() throws -> PickleValue {
        while true {
            let position = place
            let byte = try take(1)[0]
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw refused("the opcode \(PickleOpcode.refusedName(byte)) at byte \(position)")
            }
            if opcode == .stop {
                guard stack.count == 1, marks.isEmpty, place == bytes.count else {
                    throw garbled(
                        "\(stack.count, "value") and \(bytes.count - place, "more byte") at the end", "one value")
                }
                return stack[0]
            }
            try perform(opcode)
        }
    }

    private mutating func perform(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .protocolVersion:
            let version = try take(1)[0]
            guard version == 3 || version == 4 else { throw refused("pickle protocol \(version)") }
        case .frame: _ = try length(bytes: 8)
        case .mark: marks.append(stack.count)
        case .none: stack.append(.none)
        case .newTrue: stack.append(.flag(true))
        case .newFalse: stack.append(.flag(false))
        case .binaryInteger: stack.append(.integer(Int(Int32(truncatingIfNeeded: try unsigned(bytes: 4)))))
        case .binaryInteger1: stack.append(.integer(try unsigned(bytes: 1)))
        case .binaryInteger2: stack.append(.integer(try unsigned(bytes: 2)))
        case .shortBinaryText: stack.append(.text(try text(count: try length(bytes: 1))))
        case .binaryText: stack.append(.text(try text(count: try length(bytes: 4))))
        case .shortBinaryBytes: stack.append(.bytes(try range(count: try length(bytes: 1))))
        case .binaryBytes: stack.append(.bytes(try range(count: try length(bytes: 4))))
        case .emptyDictionary: stack.append(.dictionary(PickledDictionary()))
        case .tuple1: stack.append(.tuple(try pop(1)))
        case .tuple3: stack.append(.tuple(try pop(3)))
        case .tuple: stack.append(.tuple(try popToMark()))
        case .memoize: memo[memo.count] = try top()
        case .put: memo[try unsigned(bytes: 1)] = try top()
        case .get: stack.append(try remembered(try unsigned(bytes: 1)))
        case .longGet: stack.append(try remembered(try unsigned(bytes: 4)))
        case .global:
            let module = try line()
            let name = try line()
            stack.append(try global(module: module, name: name))
        case .stackGlobal:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw garbled("a global without a name", "module and name")
            }
            stack.append(try global(module: module, name: name))
        case .reduce: try reduce()
        case .build: try build()
        case .setItem: try setItems(try pop(2))
        case .setItems: try setItems(try popToMark())
        case .stop: break
        }
    }

    private func global(module: String, name: String) throws -> PickleValue {
        guard let global = PickleGlobal(rawValue: module + "." + name) else {
            throw refused("the global \(module).\(name)")
        }
        return .global(global)
    }

    /// Calls one of the two allowed functions.
    private mutating func reduce() throws {
        let arguments = try pop()
        guard case .global(let function) = try pop(), case .tuple(let arguments) = arguments else {
            throw refused("a call of something else than a known function")
        }
        switch (function, arguments.count) {
        case (.reconstruct, 3):
            guard case .global(.array) = arguments[0] else {
                throw refused("an array made of \(arguments[0].kind)")
            }
            stack.append(.array(PickledArray()))
        case (.type, 3):
            guard case .text(let code) = arguments[0] else { throw refused("a type of \(arguments[0].kind)") }
            guard code == "f4" else { throw refused("elements of type \(code)") }
            stack.append(.type(PickledType(code: code)))
        default: throw refused("a call of \(function.rawValue) with \(arguments.count, "argument")")
        }
    }

    /// Completes an element type or an array.
    private mutating func build() throws {
        guard case .tuple(let state) = try pop() else { throw refused("a state that is not a tuple") }
        switch try top() {
        case .type(let type):
            guard state.count == 8, case .integer(3) = state[0], case .text(let order) = state[1] else {
                throw garbled("an element type's state of \(state.count, "part")", "version 3, of 8 parts")
            }
            guard order == "<" else { throw refused("numbers of byte order '\(order)'") }
            type.isLittleEndian = true
        case .array(let array):
            guard state.count == 5, case .integer(1) = state[0], case .tuple(let sides) = state[1],
                case .type(let type) = state[2], case .flag(let isColumnMajor) = state[3],
                case .bytes(let numbers) = state[4]
            else {
                throw garbled("an array's state of \(state.count, "part")", "version, shape, type, order and bytes")
            }
            guard type.isLittleEndian, !isColumnMajor else { throw refused("an array in column-major order") }
            let shape = try sides.map { side -> Int in
                guard case .integer(let side) = side, side >= 0 else { throw garbled(side.kind, "a side") }
                return side
            }
            let product = shape.reduce(Optional(4)) { total, side in
                total.flatMap { $0.multipliedReportingOverflow(by: side) }.flatMap {
                    $0.overflow ? nil : $0.partialValue
                }
            }
            guard let product, product == numbers.count else {
                throw garbled("\(numbers.count, "byte") for an array of shape \(shape)", "4 for each number")
            }
            array.shape = shape
            array.numbers = numbers
        case let other: throw refused("a state for \(other.kind)")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws {
        guard items.count % 2 == 0, case .dictionary(let dictionary) = try top() else {
            throw garbled("\(items.count) keys and values for \(try top().kind)", "pairs for a dictionary")
        }
        for pair in stride(from: 0, to: items.count, by: 2) {
            guard case .text(let key) = items[pair] else { throw refused("a key that is \(items[pair].kind)") }
            dictionary.entries.append((key, items[pair + 1]))
        }
    }

    // MARK: - What was found

    private func collect(
        _ value: PickleValue, prefix: String, into tensors: inout [String: Tensor], seen: inout Set<ObjectIdentifier>
    ) throws {
        guard case .dictionary(let dictionary) = value else {
            throw refused("\(value.kind) where only dictionaries of arrays are taken")
        }
        // A dictionary that contains itself, or a few that contain each other many times over, would never end.
        guard seen.insert(ObjectIdentifier(dictionary)).inserted else { throw refused("a dictionary used twice") }
        for (key, value) in dictionary.entries {
            guard case .array(let array) = value else {
                try collect(value, prefix: prefix + key + "/", into: &tensors, seen: &seen)
                continue
            }
            guard let shape = array.shape else { throw garbled("the array \(prefix + key) without numbers", "some") }
            guard tensors[prefix + key] == nil else { throw garbled("the array \(prefix + key) twice", "it once") }
            tensors[prefix + key] = Tensor(shape) { out in
                UnsafeMutableRawPointer(out).copyMemory(bytes, array.numbers)
            }
        }
    }

    // MARK: - Bytes and stack

    private mutating func range(count: Int) throws -> Range<Int> {
        guard count <= bytes.count - place else {
            throw FileError(
                .truncated, path: path, found: "\(bytes.count, "byte")", expected: "at least \(place + count)",
                advice: "the file was truncated: download it again")
        }
        defer { place += count }
        return place..<place + count
    }

    private mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[try range(count: count)])
    }

    private mutating func unsigned(bytes count: Int) throws -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func length(bytes count: Int) throws -> Int {
        let length = try unsigned(bytes: count)
        guard length >= 0, length <= bytes.count - place else {
            throw FileError(
                .truncated, path: path, found: "\(bytes.count - place, "more byte")", expected: "\(length) of them",
                advice: "the file was truncated: download it again")
        }
        return length
    }

    private mutating func text(count: Int) throws -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw garbled("text that is not UTF-8", "UTF-8")
        }
        return text
    }

    private mutating func line() throws -> String {
        let rest = bytes[place...]
        guard let end = rest.firstIndex(of: 0x0A) else { throw garbled("a name without an end", "a line") }
        defer { place = end + 1 }
        return try text(count: end - place)
    }

    private func top() throws -> PickleValue {
        guard let top = stack.last, stack.count > marks.last ?? 0 else { throw garbled("an empty stack", "a value") }
        return top
    }

    private mutating func pop() throws -> PickleValue { try pop(1)[0] }

    private mutating func pop(_ count: Int) throws -> [PickleValue] {
        guard stack.count - count >= marks.last ?? 0 else { throw garbled("an empty stack", "\(count, "value")") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw garbled("no mark on the stack", "one") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func remembered(_ number: Int) throws -> PickleValue {
        guard let value = memo[number] else { throw garbled("nothing remembered as \(number)", "a value") }
        return value
    }

    private func refused(_ what: String) -> FileError {
        FileError(
            .unsupported, path: path, found: "a pickle with \(what)", expected: "dictionaries of float32 arrays only",
            advice: "pickles can run programs, so nothing else is read: use the published package")
    }

    private func garbled(_ found: String, _ expected: String) -> FileError {
        FileError(
            .garbled, path: path, found: "a pickle with \(found)", expected: expected,
            advice: "the file is damaged: download it again")
    }
}

extension UnsafeMutableRawPointer {
    fileprivate func copyMemory(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        if let base = bytes.baseAddress { copyMemory(from: base + range.lowerBound, byteCount: range.count) }
    }
}
