import AuspexSupport

/// Why a run stopped by itself.
public enum TrainingError: RemediableError, CustomStringConvertible {
    /// A loss or gradient was infinite or NaN.
    case nonFinite(NonFiniteValue, step: Int, lastCheckpoint: String?)
    /// The run's folder was removed or renamed.
    case folderGone(String, step: Int)

    public var description: String {
        switch self {
        case .folderGone(let path, let step):
            "\(path): the folder was removed or renamed while the run trained in it, and the checkpoint of step \(step) cannot be "
                + "written; move it back and resume the run, or start again"
        case .nonFinite(let value, let step, let checkpoint):
            "step \(step): \(value); the networks cannot go on from it. "
                + (checkpoint.map {
                    "The last good checkpoint is \($0): resume the run with a lower learning rate or training.gradientClipping"
                }
                    ?? "No checkpoint was written yet: start again with a lower learning rate or training.gradientClipping")
        }
    }

    /// Advice to resume, if there is anything to resume.
    public var remedies: [Remedy] {
        switch self {
        case .folderGone: [.resume]
        case .nonFinite(_, _, let checkpoint): checkpoint == nil ? [] : [.resume]
        }
    }
}
