import AuspexTensors
import Foundation

/// What a file of numbers holds: its tensors' names, types and shapes, without their numbers being read.
public struct FileContents: Encodable, Sendable {
    /// One tensor of the file.
    public struct Entry: Encodable, Sendable, Equatable {
        public let name: String
        public let type: String
        public let shape: [Int]

        /// Numbers in the tensor.
        public var count: Int { shape.reduce(1, *) }
    }

    public let schema = 1
    public let path: String
    public let format: String
    public let sizeBytes: Int
    public let metadata: [String: String]
    /// In the order of their names, numbers within names by value.
    public let tensors: [Entry]

    private enum CodingKeys: String, CodingKey { case schema, path, format, sizeBytes, metadata, tensors }

    /// - Parameter path: a `.safetensors` or `.npy` file, or a folder that holds `.safetensors` files (a checkpoint), or a run.
    /// - Throws: `FileError` naming the file, what was found and what was expected.
    public init(of path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError.reading(path, code: ENOENT)
        }
        self.path = path
        if isFolder.boolValue {
            let files = try Self.weightFiles(in: path)
            let readers = try files.map { (name: $0, reader: try SafeTensorsReader(path: path + "/" + $0)) }
            format = readers.count == 1 ? files[0] : "\(files.count) safetensors files"
            metadata = readers.reduce(into: [:]) { $0.merge($1.reader.metadata) { first, _ in first } }
            tensors = readers.flatMap { file in
                Self.entries(of: file.reader, prefix: readers.count > 1 ? file.name + ": " : "")
            }
            sizeBytes = try files.reduce(0) { try $0 + Self.size(of: path + "/" + $1) }
        } else if path.hasSuffix(".npy") {
            let array = try NumPyArray(path: path)
            format = "npy"
            metadata = [:]
            tensors = [Entry(name: "array", type: "\(array.element)", shape: array.shape)]
            sizeBytes = try Self.size(of: path)
        } else {
            guard path.hasSuffix(".safetensors") else {
                throw FileError(
                    .unsupported, path: path, found: "the ending '.\((path as NSString).pathExtension)'",
                    expected: "a .safetensors or .npy file, or a run's folder",
                    advice: "for videos see 'auspex data inspect'")
            }
            let reader = try SafeTensorsReader(path: path)
            format = "safetensors"
            metadata = reader.metadata
            tensors = Self.entries(of: reader, prefix: "")
            sizeBytes = try Self.size(of: path)
        }
    }

    /// One line: how many tensors, numbers and bytes.
    public var summary: String {
        let numbers = tensors.reduce(0) { $0 + $1.count }
        let tensorWord = tensors.count == 1 ? "tensor" : "tensors"
        return "\(path): \(format), \(tensors.count) \(tensorWord), \(numbers) numbers, \(sizeBytes) bytes"
    }

    private static func entries(of reader: SafeTensorsReader, prefix: String) -> [Entry] {
        reader.entries.map { Entry(name: prefix + $0.key, type: $0.value.elementType.rawValue, shape: $0.value.shape) }
            .sorted { $0.name.compare($1.name, options: [.numeric]) == .orderedAscending }
    }

    /// All tensors of a checkpoint's folder; of a run those that predict: the averaged weights of its best checkpoint or else its last.
    private static func weightFiles(in folder: String) throws -> [String] {
        func files(_ part: String) -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + part)) ?? []
            return names.filter { $0.hasSuffix(".safetensors") }.sorted().map { part + $0 }
        }
        let own = files("")
        if !own.isEmpty { return own }
        for part in ["checkpoints/best/", "checkpoints/last/"] {
            let weights = files(part).filter { $0.hasSuffix("/averaged-weights.safetensors") }
            if !weights.isEmpty { return weights }
        }
        throw FileError(
            .missing, path: folder, found: "no .safetensors file", expected: "a checkpoint, or a run that has one",
            advice: "name the file itself, or a run's folder")
    }

    private static func size(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
}
