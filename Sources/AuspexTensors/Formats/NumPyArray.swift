import AuspexSupport
import Foundation

/// An open `.npy` file whose rows are read on demand: 50,000 clips need not fit in memory.
///
/// Versions 1 to 3 of the format; bool, whole numbers, float16, float32 and float64 in both byte orders. Arrays in Fortran order, records and
/// pickled objects are refused. Source: numpy.lib.format, "NPY format".
public final class NumPyArray: Sendable {
    /// The file, as it was given.
    public let path: String
    /// The array's sides, outermost first.
    public let shape: [Int]
    /// The file's element type; a tensor stores it as `element.tensorElementType`.
    public let element: NumPyElement
    private let isBigEndian: Bool
    private let dataStart: Int
    private let file: RandomAccessFile

    /// - Throws: `FileError` where the file is missing, truncated, corrupt or of an unsupported type.
    public init(path: String, access: FileAccess = .read) throws {
        let file = try RandomAccessFile(path: path, access: access)
        guard file.sizeBytes >= 10 else { throw file.truncated(at: file.sizeBytes, wanted: 10) }
        let front = try file.bytes(at: 0, count: 10)
        guard front.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            let isZip = front.starts(with: Array("PK".utf8))
            throw FileError(
                .unsupported, path: path, found: isZip ? "a zip archive (.npz)" : "another kind of file",
                expected: "a .npy array",
                advice: isZip ? "save one array of it with np.save" : "save the array with np.save(path, array)")
        }
        guard (1...3).contains(front[6]) else {
            throw FileError(
                .unsupported, path: path, found: "version \(front[6]) of the .npy format",
                expected: "version 1, 2 or 3",
                advice: "save it again with np.save")
        }
        let isShort = front[6] == 1
        let textStart = isShort ? 10 : 12
        let lengthBytes = try file.bytes(at: 8, count: isShort ? 2 : 4)
        let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= file.sizeBytes - textStart else {
            throw file.truncated(at: file.sizeBytes, wanted: textStart + length)
        }
        do {
            let text = String(decoding: try file.bytes(at: textStart, count: length), as: UTF8.self)
            let header = try NumPyHeader(parsing: text)
            (element, isBigEndian, shape) = (header.element, header.isBigEndian, header.shape)
            let present = file.sizeBytes - textStart - length
            let wanted = header.sizeBytes ?? 0
            guard present >= wanted else {
                throw FileError(
                    .truncated, path: path, found: "\(present, "byte") of data",
                    expected: "\(wanted) for \(shape) of \(element)",
                    advice: "the file was truncated; copy or create it again")
            }
            guard present == wanted else {
                throw NumPyHeader.Refusal(
                    found: "\(present, "byte") of data", expected: "\(wanted) for \(shape) of \(element)")
            }
        } catch let refusal as NumPyHeader.Refusal {
            throw FileError(
                refusal.kind, path: path, found: refusal.found, expected: refusal.expected, advice: refusal.advice)
        }
        self.path = path
        self.file = file
        dataStart = textStart + length
    }

    /// Number of rows: the first side of the shape, or 1 for an array without dimensions.
    public var count: Int { shape.first ?? 1 }

    /// The whole array.
    ///
    /// - Throws: `FileError` where whole numbers do not fit in 32 bits, or the file was truncated since it was opened.
    public func tensor() throws -> Tensor { try elements(from: 0, shape: shape) }

    /// Some rows, `[range.count, …]`: a range of the first dimension, the others whole.
    public func rows(_ range: Range<Int>) throws -> Tensor {
        require(
            !shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0], "NumPyArray.rows",
            "rows \(range) of an array \(shape)")
        let rest = Array(shape.dropFirst())
        return try elements(from: range.lowerBound * rest.product, shape: [range.count] + rest)
    }

    /// One row, without the first dimension.
    public func row(_ index: Int) throws -> Tensor {
        let row = try rows(index..<index + 1)
        return row.viewed(as: Array(shape.dropFirst()))
    }

    /// Consecutive elements of the file, from number `first` on, under any shape.
    package func elements(from first: Int, shape: [Int]) throws -> Tensor {
        let offset = dataStart + first * element.sizeBytes
        let isStoredAlike = element == .uint8 || (!isBigEndian && (element == .float32 || element == .int32))
        if isStoredAlike {
            return try file.tensor(shape: shape, elementType: element.tensorElementType, at: offset)
        }
        let tensor = Tensor(uninitialized: shape, elementType: element.tensorElementType)
        // In parts, so that a float64 file does not need three times its size.
        let part = 1 << 16
        var bytes = [UInt8](repeating: 0, count: min(part, max(tensor.count, 1)) * element.sizeBytes)
        var done = 0
        while done < tensor.count {
            let count = min(part, tensor.count - done)
            try bytes.withUnsafeMutableBytes { buffer in
                let source = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * element.sizeBytes)])
                try file.read(into: source, at: offset + done * element.sizeBytes)
                try convert(UnsafeRawBufferPointer(source), count: count, to: tensor, at: done)
            }
            done += count
        }
        return tensor
    }

    /// Consecutive elements of an array of floats, from number `first` on, as Double, so that float64 keeps all of its digits.
    package func doubles(from first: Int, count: Int) throws -> [Double] {
        guard element == .float64 else { return try elements(from: first, shape: [count]).scalars.map(Double.init) }
        var bits = [UInt64](repeating: 0, count: count)
        try bits.withUnsafeMutableBytes { try file.read(into: $0, at: dataStart + first * element.sizeBytes) }
        return bits.map { Double(bitPattern: isBigEndian ? UInt64(bigEndian: $0) : UInt64(littleEndian: $0)) }
    }

    private func convert(_ source: UnsafeRawBufferPointer, count: Int, to tensor: Tensor, at first: Int) throws {
        let destination = tensor.rawPointer + first * tensor.elementType.sizeBytes
        let floats = destination.assumingMemoryBound(to: Float.self)
        func bits<Bits: FixedWidthInteger>(_ index: Int, _: Bits.Type) -> Bits {
            let raw = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
            return isBigEndian ? Bits(bigEndian: raw) : Bits(littleEndian: raw)
        }
        func integers<Bits: FixedWidthInteger>(_: Bits.Type) throws {
            let out = destination.assumingMemoryBound(to: Int32.self)
            for index in 0..<count {
                let number = bits(index, Bits.self)
                guard let fitting = Int32(exactly: number) else {
                    throw FileError(
                        .unsupported, path: path, found: "the number \(number)", expected: "numbers of 32 bits",
                        advice: "save smaller numbers or floats: np.save(path, array.astype(np.float32))")
                }
                out[index] = fitting
            }
        }
        switch element {
        case .bool, .uint8: if let base = source.baseAddress { destination.copyMemory(from: base, byteCount: count) }
        case .int8: try integers(Int8.self)
        case .int16: try integers(Int16.self)
        case .uint16: try integers(UInt16.self)
        case .int32: try integers(Int32.self)
        case .uint32: try integers(UInt32.self)
        case .int64: try integers(Int64.self)
        case .uint64: try integers(UInt64.self)
        case .float16: for index in 0..<count { floats[index] = HalfFloat.float(fromBits: bits(index, UInt16.self)) }
        case .float32: for index in 0..<count { floats[index] = Float(bitPattern: bits(index, UInt32.self)) }
        case .float64:
            for index in 0..<count { floats[index] = Float(Double(bitPattern: bits(index, UInt64.self))) }
        }
    }
}

/// Decodes IEEE half precision by hand: Swift's `Float16` does not exist on every platform.
enum HalfFloat {
    static func float(fromBits half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10 & 0x1F)
        let fraction = UInt32(half & 0x3FF)
        switch exponent {
        case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
