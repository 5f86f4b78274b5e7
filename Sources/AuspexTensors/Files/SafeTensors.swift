/// Named tensors with text notes, as a `.safetensors` file holds them.
///
/// float32 (`F32`), bfloat16 (`BF16`), uint8 (`U8`) and int32 (`I32`); any other element type is refused by name.
/// Source: github.com/huggingface/safetensors, "Format".
public struct SafeTensors: Sendable {
    public var tensors: [String: Tensor]
    /// Free notes, `__metadata__` in the file.
    public var metadata: [String: String]

    public init(_ tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Reads the whole file.
    ///
    /// - Throws: `FileError` where the file is missing, cut, garbled, or holds another element type.
    public init(readingFrom path: String, access: FileAccess = .read) throws {
        let reader = try SafeTensorsReader(path: path, access: access)
        tensors = try Dictionary(uniqueKeysWithValues: reader.names.map { ($0, try reader.tensor(named: $0)) })
        metadata = reader.metadata
    }

    /// Writes the file in one piece: under a temporary name, flushed, renamed. The same tensors give the same bytes.
    ///
    /// - Throws: `FileError` where the place cannot be written.
    public func write(to path: String) throws {
        try AtomicFile.write(to: path) { try write(into: $0) }
    }

    package func write(into sink: FileSink) throws {
        require(
            tensors["__metadata__"] == nil, "SafeTensors.write", "no tensor can be named __metadata__ in this format")
        // Widest elements first, so that every tensor starts at a multiple of its element's size.
        let order = tensors.sorted {
            ($1.value.elementType.sizeBytes, $0.key) < ($0.value.elementType.sizeBytes, $1.key)
        }
        var entries: [String] = []
        if !metadata.isEmpty {
            let notes = metadata.sorted { $0.key < $1.key }.map {
                "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))"
            }
            entries.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
        }
        var end = 0
        for (name, tensor) in order {
            let begin = end
            end += tensor.sizeBytes
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(JSONText.quoted(name)):{\"dtype\":\"\(Self.code(of: tensor.elementType))\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(end)]}")
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        try sink.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
        try sink.write(header)
        for (_, tensor) in order { try tensor.withBytes { try sink.write($0) } }
    }

    static func code(of type: ElementType) -> String {
        switch type {
        case .float32: "F32"
        case .bfloat16: "BF16"
        case .uint8: "U8"
        case .int32: "I32"
        }
    }

    static func elementType(of code: String) -> ElementType? {
        ElementType.allCases.first { self.code(of: $0) == code }
    }
}

/// The one piece of JSON that is written by hand: text in quotes.
package enum JSONText {
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
