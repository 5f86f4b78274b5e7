import AuspexSupport
import AuspexTensors
import Foundation

/// A checkpoint is missing or is no longer what was written.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible, LocalizedError {
    /// The folder has no such checkpoint; the steps of those that it has.
    case none(folder: String, reference: CheckpointReference, steps: [Int])
    /// - Parameter intact: the newest other checkpoint that is intact.
    case damaged(FileError, checkpoint: String, intact: Int?)

    public var description: String {
        switch self {
        case .none(let folder, let reference, let steps):
            let there = steps.isEmpty ? "none" : "steps \(steps.map(String.init).joined(separator: ", "))"
            return "\(folder): found no checkpoint '\(reference)', expected one; there are \(there)"
        case .damaged(let error, let checkpoint, let intact):
            let wayOut =
                intact.map {
                    "the checkpoint of step \($0) is intact: name it as RUN@\($0), or remove \(checkpoint) and resume"
                }
                ?? "no other checkpoint is intact: train again, or bring back a copy"
            return "\(error.path): found \(error.found), expected \(error.expected); "
                + "this checkpoint is damaged; \(wayOut)"
        }
    }

    public var errorDescription: String? { description }
}
