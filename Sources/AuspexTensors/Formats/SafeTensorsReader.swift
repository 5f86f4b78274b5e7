import AuspexSupport
import Foundation

/// An open `.safetensors` file: its header is read and checked at once, its tensors on demand.
public final class SafeTensorsReader: Sendable {
    /// Position, type and shape of a tensor.
    public struct Entry: Sendable, Equatable {
        /// The tensor's sides, outermost first; empty for a single number.
        public let shape: [Int]
        /// The element type.
        public let elementType: ElementType
        /// First byte, from the start of the file.
        package let offset: Int
    }

    /// The file, as it was given.
    public let path: String
    /// Free notes, `__metadata__` in the file.
    public let metadata: [String: String]
    /// What the header says of each tensor, by name.
    public let entries: [String: Entry]
    private let file: RandomAccessFile

    /// The tensors' names, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// - Throws: `FileError` where the file is missing, truncated, corrupt, or has an element type that is not float32, bfloat16, uint8 or int32.
    public init(path: String, access: FileAccess = .read) throws {
        file = try RandomAccessFile(path: path, access: access)
        self.path = path
        guard file.sizeBytes >= 8 else { throw file.truncated(at: file.sizeBytes, wanted: 8) }
        let length = try file.bytes(at: 0, count: 8).withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        // The format's own limit; a text file read as safetensors would have an absurd length here.
        guard length <= 100_000_000 else {
            throw Self.garbled(path, found: "a header of \(length) bytes", expected: "one of at most 100000000")
        }
        guard Int(length) <= file.sizeBytes - 8 else {
            throw file.truncated(at: file.sizeBytes, wanted: 8 + Int(length))
        }
        let header: Header
        do {
            header = try JSONDecoder().decode(
                Header.self, from: Data(try file.bytes(at: 8, count: Int(length))))
        } catch let error as FileError {
            throw error
        } catch {
            throw Self.garbled(
                path, found: "a header that cannot be read (\(Self.brief(error)))",
                expected: "a JSON object of dtype, shape and data_offsets by tensor name")
        }
        metadata = header.metadata
        entries = try Self.checked(header, path: path, dataStart: 8 + Int(length), fileSize: file.sizeBytes)
    }

    /// Reads one tensor.
    ///
    /// - Throws: `FileError` where there is no tensor of that name (the nearest is named), or the file was truncated since it was opened.
    public func tensor(named name: String) throws -> Tensor {
        let entry = try entry(named: name)
        return try file.tensor(shape: entry.shape, elementType: entry.elementType, at: entry.offset)
    }

    /// - Throws: as `tensor(named:)`.
    package func entry(named name: String) throws -> Entry {
        if let entry = entries[name] { return entry }
        let nearest = NearestName.of(name, among: entries.keys).map { "did you mean '\($0)'?" }
        throw FileError(
            .garbled, path: path, found: "no tensor '\(name)' among \(entries.count)",
            expected: "one of that name", advice: nearest ?? "see which names the file holds",
            remedies: [.inspectFile])
    }

    /// Some bytes of a tensor.
    package func bytes(_ range: Range<Int>, ofTensor name: String) throws -> [UInt8] {
        let entry = try entry(named: name)
        require(
            range.upperBound <= entry.shape.product * entry.elementType.sizeBytes, "SafeTensorsReader.bytes",
            "bytes \(range) of \(name), \(entry.shape) of \(entry.elementType)")
        return try file.bytes(at: entry.offset + range.lowerBound, count: range.count)
    }

    /// A float32 tensor's numbers in the pages of the mapped file, for as long as `owner` lives; nil if the file is not mapped or the numbers are not
    /// aligned or ordered as the processor needs them.
    package func mappedScalars(named name: String) throws -> (values: UnsafeBufferPointer<Float>, owner: AnyObject)? {
        let entry = try entry(named: name)
        guard entry.elementType == .float32 else { return nil }
        return file.mappedFloats(at: entry.offset, count: entry.shape.product).map { ($0, file) }
    }

    private static func checked(
        _ header: Header, path: String, dataStart: Int, fileSize: Int
    ) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var end = 0
        // The format has no gaps: sorted by position, each tensor must begin where the one before ends.
        for (name, raw) in header.tensors.sorted(by: { ($0.value.begin, $0.value.end) < ($1.value.begin, $1.value.end) }
        ) {
            guard let type = SafeTensors.elementType(of: raw.dtype) else {
                throw FileError(
                    .unsupported, path: path, found: "tensor '\(name)' of element type \(raw.dtype)",
                    expected: "F32, BF16, U8 or I32", advice: "convert it to F32 in the program that wrote it")
            }
            guard raw.shape.allSatisfy({ $0 >= 0 }), let bytes = raw.shape.sizeBytes(of: type.sizeBytes) else {
                throw garbled(path, found: "tensor '\(name)' of shape \(raw.shape)", expected: "sides of 0 or more")
            }
            guard raw.begin == end, raw.end >= raw.begin else {
                throw garbled(
                    path, found: "tensor '\(name)' at bytes \(raw.begin)..<\(raw.end) of the data",
                    expected: "it to start at byte \(end), where the one before it ends")
            }
            guard raw.end - raw.begin == bytes else {
                throw garbled(
                    path, found: "\(raw.end - raw.begin, "byte") for tensor '\(name)'",
                    expected: "\(bytes) for \(raw.shape) of \(raw.dtype)")
            }
            entries[name] = Entry(shape: raw.shape, elementType: type, offset: dataStart + raw.begin)
            end = raw.end
        }
        // Compared without adding: a corrupt header may give positions near the largest number.
        let present = fileSize - dataStart
        guard end <= present else {
            throw FileError(
                .truncated, path: path, found: "\(present, "byte") of data", expected: "\(end)",
                advice: "the file was truncated; copy or create it again")
        }
        guard end == present else {
            throw garbled(path, found: "\(present, "byte") of data", expected: "\(end), as its header says")
        }
        return entries
    }

    private static func garbled(_ path: String, found: String, expected: String) -> FileError {
        FileError(
            .garbled, path: path, found: found, expected: expected,
            advice: "the file is truncated or corrupt; copy or create it again")
    }

    private static func brief(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .dataCorrupted(let context): context.debugDescription
        case .keyNotFound(let key, _): "no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "at '\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
        default: "\(error)"
        }
    }

    /// The header as it is in the file.
    private struct Header: Decodable {
        struct Raw: Decodable {
            let dtype: String
            let shape: [Int]
            let begin: Int
            let end: Int

            enum CodingKeys: String, CodingKey {
                case dtype, shape
                case offsets = "data_offsets"
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                dtype = try container.decode(String.self, forKey: .dtype)
                shape = try container.decode([Int].self, forKey: .shape)
                let offsets = try container.decode([Int].self, forKey: .offsets)
                guard offsets.count == 2 else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .offsets, in: container, debugDescription: "\(offsets.count) data_offsets, not 2")
                }
                (begin, end) = (offsets[0], offsets[1])
            }
        }

        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var metadata: [String: String] = [:]
        var tensors: [String: Raw] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for key in container.allKeys {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    tensors[key.stringValue] = try container.decode(Raw.self, forKey: key)
                }
            }
        }
    }
}
