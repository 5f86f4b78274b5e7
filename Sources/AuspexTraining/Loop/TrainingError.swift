/// Why a run stopped on its own.
public enum TrainingError: Error, CustomStringConvertible {
    /// A loss or gradient was infinite or no number.
    case nonFinite(NonFiniteValue, step: Int, lastCheckpoint: String?)

    public var description: String {
        switch self {
        case .nonFinite(let value, let step, let checkpoint):
            "step \(step): \(value); the networks cannot go on from it. "
                + (checkpoint.map {
                    "The last good checkpoint is \($0): go on from it with --resume and a lower learning rate or training.gradientClipping"
                }
                    ?? "No checkpoint was written yet: start again with a lower learning rate or training.gradientClipping")
        }
    }
}
