import AuspexSupport

/// Why a run stopped on its own.
public enum TrainingError: RemediableError, CustomStringConvertible {
    /// A loss or gradient was infinite or no number.
    case nonFinite(NonFiniteValue, step: Int, lastCheckpoint: String?)
    /// Somebody removed or renamed the run's folder.
    case folderGone(String, step: Int)

    public var description: String {
        switch self {
        case .folderGone(let path, let step):
            "\(path): the folder was removed or renamed while the run trained in it, and the checkpoint of step \(step) has no "
                + "place; move it back and resume the run, or start again"
        case .nonFinite(let value, let step, let checkpoint):
            "step \(step): \(value); the networks cannot go on from it. "
                + (checkpoint.map {
                    "The last good checkpoint is \($0): resume the run with a lower learning rate or training.gradientClipping"
                }
                    ?? "No checkpoint was written yet: start again with a lower learning rate or training.gradientClipping")
        }
    }

    /// Resuming, as far as there is something to resume.
    public var remedies: [Remedy] {
        switch self {
        case .folderGone: [.resume]
        case .nonFinite(_, _, let checkpoint): checkpoint == nil ? [] : [.resume]
        }
    }
}
