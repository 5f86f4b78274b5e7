import AuspexSupport
import AuspexTensors
import Foundation

/// A checkpoint all of whose files match the lengths and checksums that were recorded when it was written.
public struct CheckpointVerification: Sendable, Equatable {
    /// The checkpoint's folder.
    public let folder: String
    /// Generator steps of the checkpoint.
    public let step: Int
    /// The version of Auspex that wrote it.
    public let version: String
    /// Names of the files that were compared, sorted.
    public let files: [String]

    /// Reads and compares all files.
    ///
    /// - Parameter folder: the checkpoint's own folder.
    /// - Throws: `CheckpointError.damaged` naming the first file that differs and an intact checkpoint of the same run; `FileError` for a later format.
    public init(folder: String) throws {
        do {
            let manifest = try CheckpointManifest(folder: folder)
            try manifest.check(folder: folder, checksums: true)
            self.folder = folder
            step = manifest.step
            version = manifest.version
            files = manifest.files.keys.sorted()
        } catch let error as FileError where error.kind != .unsupported {
            throw Self.damaged(error, in: folder)
        }
    }

    /// Compares one file of a checkpoint.
    ///
    /// - Returns: whether there is anything to compare it with: false for a file outside any checkpoint's folder.
    /// - Throws: as `init(folder:)`.
    public static func verify(file path: String) throws -> Bool {
        let (folder, name) = (AtomicFile.folder(of: path), (path as NSString).lastPathComponent)
        guard isCheckpoint(folder) else { return false }
        do {
            let manifest = try CheckpointManifest(folder: folder)
            guard manifest.files[name] != nil else { return false }
            try manifest.check(folder: folder, checksums: true, only: name)
            return true
        } catch let error as FileError where error.kind != .unsupported {
            throw damaged(error, in: folder)
        }
    }

    /// Whether a folder is a checkpoint's, by its list of files or, if that is missing, by its name.
    public static func isCheckpoint(_ folder: String) -> Bool {
        if FileManager.default.fileExists(atPath: folder + "/" + CheckpointManifest.fileName) { return true }
        return step(ofFolder: folder) != nil
    }

    private static func damaged(_ error: FileError, in folder: String) -> CheckpointError {
        // A link such as `last` points to the folder that is named by its step.
        let place = (folder as NSString).resolvingSymlinksInPath
        let store = CheckpointStore(folder: AtomicFile.folder(of: place))
        return .damaged(error, checkpoint: folder, intact: store.newestIntact(except: step(ofFolder: folder)))
    }

    private static func step(ofFolder folder: String) -> Int? {
        let name = ((folder as NSString).resolvingSymlinksInPath as NSString).lastPathComponent
        guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else { return nil }
        return name == CheckpointStore.name(of: step) ? step : nil
    }
}
