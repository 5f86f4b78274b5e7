import AuspexSupport
import AuspexTensors
import Foundation

/// A run and one of its checkpoints, as users name them: `RUN`, `RUN@best`, `RUN@last` or `RUN@12000`.
public struct RunReference: Sendable {
    /// The run.
    public let folder: RunFolder
    /// The reference to one of its checkpoints.
    public let checkpoint: CheckpointReference

    /// - Throws: `FileError` where there is no such run, or where what follows the @ names no checkpoint.
    public init(_ text: String) throws {
        let (path, reference) = CheckpointReference.parse(text)
        // The folder's own name may end in what looks like a checkpoint.
        if path != text, Self.isRun(text) {
            (folder, checkpoint) = (try RunFolder(reading: text), .preferred)
            return
        }
        if path == text, !FileManager.default.fileExists(atPath: text), let place = text.lastIndex(of: "@"),
            Self.isRun(String(text[..<place]))
        {
            let steps = CheckpointStore(folder: text[..<place] + "/checkpoints").steps
            throw FileError(
                .missing, path: text, found: "no checkpoint '\(text[text.index(after: place)...])'",
                expected: "RUN@last, RUN@best or RUN@STEP",
                advice: "its checkpoints are of steps: "
                    + (steps.isEmpty ? "none" : steps.map(String.init).joined(separator: ", ")))
        }
        (folder, checkpoint) = (try RunFolder(reading: path), reference)
    }

    /// Whether a folder is a run's, judging by its name and contents.
    public static func isRun(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path + "/checkpoints", isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
