import AuspexTraining
import AuspexVideo

/// What a model was shown in training, as far as whoever lets it predict has to match it; a document of every checkpoint.
public struct TrainingClipInfo: Codable, Sendable, Equatable {
    static let documentName = "clips"

    /// Time between two frames; nil where the clips had no clock, or not all the same.
    public var frameIntervalSeconds: Double?
    /// Names of the classes, in the order of their numbers.
    public var classNames: [String] = []
    /// From the clips' numbers to what the model takes; nil in checkpoints of versions that did not note it.
    public var input: InputTransform?
    /// SHA-256 of the run's `data.json`; nil in checkpoints of versions that did not save which clips are held out.
    var dataDigest: String?

    /// What is known of the clips that a model was trained on.
    public init(frameIntervalSeconds: Double? = nil, classNames: [String] = []) {
        self.frameIntervalSeconds = frameIntervalSeconds
        self.classNames = classNames
    }

    /// - Parameters:
    ///   - intervals: of some clips; they count as the same within 1%, as 29.97 and 30 frames a second do.
    ///   - record: knows the interval where one was chosen for the run.
    ///   - input: of the training clips.
    init(
        frameIntervals intervals: [Double?], in record: RunData, classNames: [String], input: InputTransform?
    ) throws {
        self.init(classNames: classNames)
        self.input = input
        dataDigest = RunData.digest(of: try record.bytes)
        frameIntervalSeconds = record.frameIntervalSeconds
        guard frameIntervalSeconds == nil else { return }
        let known = intervals.compactMap { $0 }
        guard known.count == intervals.count, let least = known.min(), let most = known.max(), most <= 1.01 * least
        else {
            return
        }
        frameIntervalSeconds = known[0]
    }
}
