import AuspexTraining
import AuspexVideo

/// Properties of the training clips (size, frame interval, channels) that inputs at prediction time must match; a document of every checkpoint.
public struct TrainingClipInfo: Codable, Sendable, Equatable {
    static let documentName = "clips"

    /// Time between two frames; nil if the clips had no clock or differed.
    public var frameIntervalSeconds: Double?
    /// Names of the classes, in the order of their numbers.
    public var classNames: [String] = []
    /// The conversion from the clips' numbers to the model's input; nil in checkpoints of versions that did not record it.
    public var input: InputTransform?
    /// SHA-256 of the run's `data.json`; nil in checkpoints of versions that did not save which clips are held out.
    var dataDigest: String?

    /// Properties of a model's training clips.
    public init(frameIntervalSeconds: Double? = nil, classNames: [String] = []) {
        self.frameIntervalSeconds = frameIntervalSeconds
        self.classNames = classNames
    }

    /// - Parameters:
    ///   - intervals: of some clips; they count as equal within 1%, as 29.97 and 30 frames per second do.
    ///   - record: contains the interval if one was chosen for the run.
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
