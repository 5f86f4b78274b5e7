import AuspexSupport

/// Named tensors with text notes, as stored in a `.safetensors` file.
///
/// float32 (`F32`), bfloat16 (`BF16`), uint8 (`U8`) and int32 (`I32`); any other element type is refused by name.
/// Source: github.com/huggingface/safetensors, "Format".
public struct SafeTensors: Sendable {
    /// The tensors by name.
    public var tensors: [String: Tensor]
    /// Free notes, `__metadata__` in the file.
    public var metadata: [String: String]

    /// Tensors and notes to be written, or none yet.
    public init(_ tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Reads the whole file.
    ///
    /// - Throws: `FileError` where the file is missing, truncated, corrupt, or has another element type.
    public init(readingFrom path: String, access: FileAccess = .read) throws {
        let reader = try SafeTensorsReader(path: path, access: access)
        tensors = try Dictionary(uniqueKeysWithValues: reader.names.map { ($0, try reader.tensor(named: $0)) })
        metadata = reader.metadata
    }

    /// Writes the file atomically: under a temporary name, flushed, renamed. The same tensors give the same bytes.
    ///
    /// - Throws: `FileError` where the place cannot be written.
    public func write(to path: String) throws {
        try AtomicFile.write(to: path) { try write(into: $0) }
    }

    package func write(into sink: FileSink) throws {
        let parts = tensors.map { name, tensor in
            Part(name: name, elementType: tensor.elementType, shape: tensor.shape) { sink in
                try tensor.withBytes { try sink.write($0) }
            }
        }
        try Self.write(parts, metadata: metadata, into: sink)
    }

    /// A tensor whose bytes need not be in memory until it is written.
    package struct Part {
        package let name: String
        package let elementType: ElementType
        package let shape: [Int]
        /// Writes exactly as many bytes as the shape requires.
        package let write: (FileSink) throws -> Void

        package init(
            name: String, elementType: ElementType, shape: [Int], write: @escaping (FileSink) throws -> Void
        ) {
            (self.name, self.elementType, self.shape, self.write) = (name, elementType, shape, write)
        }

        fileprivate var sizeBytes: Int { shape.product * elementType.sizeBytes }
    }

    package static func write(_ parts: [Part], metadata: [String: String], into sink: FileSink) throws {
        require(
            parts.allSatisfy { $0.name != "__metadata__" }, "SafeTensors.write",
            "no tensor can be named __metadata__ in this format")
        // Widest elements first, so that every tensor starts at a multiple of its element's size.
        let order = parts.sorted { ($1.elementType.sizeBytes, $0.name) < ($0.elementType.sizeBytes, $1.name) }
        var entries: [String] = []
        if !metadata.isEmpty {
            let notes = metadata.sorted { $0.key < $1.key }.map {
                "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))"
            }
            entries.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
        }
        var end = 0
        for part in order {
            let begin = end
            end += part.sizeBytes
            let shape = part.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(JSONText.quoted(part.name)):{\"dtype\":\"\(Self.code(of: part.elementType))\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(begin),\(end)]}")
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        try sink.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) })
        try sink.write(header)
        for part in order {
            let before = sink.count
            try part.write(sink)
            require(
                sink.count - before == part.sizeBytes, "SafeTensors.write",
                "\(sink.count - before, "byte") for \(part.name), \(part.shape) of \(part.elementType)")
        }
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

/// The only JSON that is written by hand: text in quotes.
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
                quoted += "\\u" + String(Int(scalar.value), digits: 4, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
