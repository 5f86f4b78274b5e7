import AuspexSupport

/// Writes a `.npy` file row by row, its number of rows known only at the end; the file gets its name in `finish()`.
public final class NumPyWriter {
    private let sink: FileSink
    private let rowShape: [Int]
    private let elementType: ElementType
    private let headerLength: Int
    /// Rows written so far.
    public private(set) var count = 0

    /// - Parameters:
    ///   - rowShape: the shape of one row.
    ///   - elementType: float32, uint8 or int32.
    /// - Throws: `FileError` where the place cannot be written.
    public init(path: String, rowShape: [Int], elementType: ElementType) throws {
        self.rowShape = rowShape
        self.elementType = elementType
        let header = NumPyHeader(element: Self.element(of: elementType), shape: [0] + rowShape).encoded(reserve: 96)
        headerLength = header.count
        sink = try FileSink(replacing: path)
        try sink.write(header)
    }

    /// Adds rows: one, of the row's shape, or several, `[n, …]`.
    public func append(_ rows: Tensor) throws {
        let isOne = rows.shape == rowShape
        require(
            rows.elementType == elementType && (isOne || Array(rows.shape.dropFirst()) == rowShape && rows.rank > 0),
            "NumPyWriter.append", "\(rows.elementType) \(rows.shape) for rows of \(elementType) \(rowShape)")
        try rows.withBytes { try sink.write($0) }
        count += isOne ? 1 : rows.shape[0]
    }

    /// Writes the number of rows into the header, flushes, and gives the file its name.
    public func finish() throws {
        let header = NumPyHeader(element: Self.element(of: elementType), shape: [count] + rowShape)
            .encoded(reserve: 96)
        require(header.count == headerLength, "NumPyWriter.finish", "the header outgrew its \(headerLength) bytes")
        try sink.overwrite(header, at: 0)
        try sink.commit()
    }

    /// Discards what was written.
    public func abandon() { sink.abandon() }

    static func element(of type: ElementType) -> NumPyElement {
        switch type {
        case .float32: .float32
        case .uint8: .uint8
        case .int32: .int32
        case .bfloat16: stopProgram("NumPyWriter", "NumPy has no bfloat16: convert to float32 first")
        }
    }
}

extension Tensor {
    /// Writes float32 whole numbers of 0…65535 as a `.npy` file of uint16.
    ///
    /// - Throws: `FileError` where the place cannot be written.
    package func writeNumPy(asUInt16To path: String) throws {
        let header = NumPyHeader(element: .uint16, shape: shape).encoded()
        let numbers = scalars.map { UInt16(min(65_535, max(0, $0.rounded()))).littleEndian }
        try AtomicFile.write(to: path) { sink in
            try sink.write(header)
            try numbers.withUnsafeBytes { try sink.write($0) }
        }
    }

    /// Writes the tensor as a `.npy` file in one piece.
    ///
    /// - Throws: `FileError` where the place cannot be written.
    public func writeNumPy(to path: String) throws {
        let header = NumPyHeader(element: NumPyWriter.element(of: elementType), shape: shape).encoded()
        try AtomicFile.write(to: path) { sink in
            try sink.write(header)
            try withBytes { try sink.write($0) }
        }
    }
}
