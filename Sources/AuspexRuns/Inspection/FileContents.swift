import AuspexConfiguration
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation

/// The contents of a file of numbers: its tensors' names, types and shapes; and whether a checkpoint's files are unchanged.
public struct FileContents: Encodable, Sendable {
    /// One tensor of the file.
    public struct Entry: Encodable, Sendable, Equatable {
        /// The tensor's name; preceded by the file's if there are several files.
        public let name: String
        /// The element type: `float32`.
        public let type: String
        /// The sides, outermost first; empty for a single number.
        public let shape: [Int]

        /// Numbers in the tensor.
        public var count: Int { shape.reduce(1, *) }
    }

    /// What the files were compared with.
    public enum Verification: String, Encodable, Sendable {
        /// The length and checksum of each file, recorded when the checkpoint was written.
        case checksums
        /// Nothing: such a file has no checksum. Its structure was read, its numbers were not.
        case none
    }

    /// The version of the fields.
    public let schema = 1
    /// The file or folder.
    public let path: String
    /// What kind of file it is: `safetensors`, `npy`.
    public let format: String
    /// Bytes of all files together.
    public let sizeBytes: Int
    /// Generator steps of the checkpoint; nil for other files.
    public let step: Int?
    /// What the files were compared with.
    public let verifiedBy: Verification
    /// Files that were compared with their checksums.
    public let verifiedFiles: [String]
    /// The file's free notes.
    public let metadata: [String: String]
    /// In the order of their names, numbers within names by value.
    public let tensors: [Entry]

    private enum CodingKeys: String, CodingKey {
        case schema, path, format, sizeBytes, step, verifiedBy, verifiedFiles, metadata, tensors
    }

    /// - Parameter text: a `.safetensors` or `.npy` file, a folder of `.safetensors` files such as a checkpoint, or a run: `RUN`, `RUN@best`, `RUN@last`,
    ///   `RUN@STEP`; or `pretrained`.
    /// - Throws: `FileError` naming the file, what was found and what was expected; `CheckpointError` for a checkpoint that was damaged.
    public init(of text: String) throws {
        switch try FileKind.of(text) {
        case .folder where RunReference.isRun(text): try self.init(ofRun: text)
        case .folder: try self.init(ofFolder: text)
        case .file: try self.init(ofFile: text)
        case nil where text.contains("@"): try self.init(ofRun: text)
        case nil where text == PretrainedModel.name: try self.init(ofRun: PretrainedModel.path())
        case nil: throw FileError.reading(text, code: ENOENT)
        }
    }

    /// For a run, the tensors that predict: the averaged weights of one checkpoint. All of the checkpoint's files are verified.
    private init(ofRun text: String) throws {
        let named = try RunReference(text)
        let store = named.folder.checkpoints()
        // If no configuration can be read, verification says why; if it names a model unknown to this program, the weights are listed all the same.
        let training = (try? Configuration(ofRun: named.folder.path).training) ?? TrainingConfiguration()
        guard let choice = ModelChoice(of: named.checkpoint, in: store, configuration: training) else {
            throw CheckpointError.none(folder: store.folder, reference: named.checkpoint, steps: store.steps)
        }
        let folder = store.path(of: choice.step)
        let verified = try CheckpointVerification(folder: folder)
        let file = Checkpoint.Group.averagedWeights.rawValue + ".safetensors"
        try self.init(path: folder, files: [file], format: file, verified: (verified.step, verified.files))
    }

    private init(ofFolder folder: String) throws {
        let verified =
            CheckpointVerification.isCheckpoint(folder) ? try CheckpointVerification(folder: folder) : nil
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw FileError.reading(folder, code: error.systemCode ?? EACCES)
        }
        let files = names.filter { $0.hasSuffix(".safetensors") }.sorted()
        guard !files.isEmpty else {
            throw FileError(
                .missing, path: folder, found: "no .safetensors file", expected: "a checkpoint, or a run that has one",
                advice: "name the file itself, or a run's folder")
        }
        try self.init(
            path: folder, files: files, format: files.count == 1 ? files[0] : "\(files.count) safetensors files",
            verified: verified.map { ($0.step, $0.files) })
    }

    private init(ofFile path: String) throws {
        if path.hasSuffix(".npy") {
            let array = try NumPyArray(path: path)
            try self.init(
                path: path, format: "npy", sizeBytes: Self.size(of: path), step: nil, verifiedFiles: nil, metadata: [:],
                tensors: [Entry(name: "array", type: "\(array.element)", shape: array.shape)])
            return
        }
        guard path.hasSuffix(".safetensors") else {
            throw FileError(
                .unsupported, path: path, found: "the ending '.\((path as NSString).pathExtension)'",
                expected: "a .safetensors or .npy file, or a run's folder",
                advice: "inspect videos as a source of clips", remedies: [.inspectSource])
        }
        let name = (path as NSString).lastPathComponent
        let isVerified = try CheckpointVerification.verify(file: path)
        try self.init(
            path: path, files: [nil], format: "safetensors", verified: isVerified ? (nil, [name]) : nil)
    }

    /// - Parameters:
    ///   - files: names within the folder `path`; nil for `path` itself.
    ///   - verified: the checkpoint's step, and the files that were compared; nil if there was nothing to compare with.
    private init(path: String, files: [String?], format: String, verified: (step: Int?, files: [String])?) throws {
        let paths = files.map { $0.map { path + "/" + $0 } ?? path }
        let readers = try paths.map { try SafeTensorsReader(path: $0) }
        let tensors = zip(files, readers).flatMap { name, reader in
            Self.entries(of: reader, prefix: readers.count > 1 ? (name ?? "") + ": " : "")
        }
        self.init(
            path: path, format: format, sizeBytes: try paths.reduce(0) { try $0 + Self.size(of: $1) },
            step: verified?.step, verifiedFiles: verified?.files,
            metadata: readers.reduce(into: [:]) { $0.merge($1.metadata) { first, _ in first } }, tensors: tensors)
    }

    private init(
        path: String, format: String, sizeBytes: Int, step: Int?, verifiedFiles: [String]?,
        metadata: [String: String], tensors: [Entry]
    ) {
        self.path = path
        self.format = format
        self.sizeBytes = sizeBytes
        self.step = step
        verifiedBy = verifiedFiles == nil ? .none : .checksums
        self.verifiedFiles = verifiedFiles ?? []
        self.metadata = metadata
        self.tensors = tensors
    }

    private static func entries(of reader: SafeTensorsReader, prefix: String) -> [Entry] {
        reader.entries.map { Entry(name: prefix + $0.key, type: $0.value.elementType.rawValue, shape: $0.value.shape) }
            .sorted { $0.name.compare($1.name, options: [.numeric]) == .orderedAscending }
    }

    private static func size(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
}
