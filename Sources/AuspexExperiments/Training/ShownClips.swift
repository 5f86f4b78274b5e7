import AuspexTraining
import AuspexVideo

/// What a model was shown in training, as far as whoever lets it predict has to match it; a document of every checkpoint.
public struct ShownClips: Codable, Sendable, Equatable {
    static let documentName = "clips"

    /// Time between two frames; nil where the clips had no clock, or not all the same.
    public var frameIntervalSeconds: Double?
    /// Names of the classes, in the order of their numbers.
    public var classNames: [String] = []

    public init(frameIntervalSeconds: Double? = nil, classNames: [String] = []) {
        self.frameIntervalSeconds = frameIntervalSeconds
        self.classNames = classNames
    }

    /// - Parameter intervals: of some clips; they count as the same within 1%, as 29.97 and 30 frames a second do.
    init(frameIntervals intervals: [Double?], classNames: [String]) {
        self.init(classNames: classNames)
        let known = intervals.compactMap { $0 }
        guard known.count == intervals.count, let least = known.min(), let most = known.max(), most <= 1.01 * least
        else {
            return
        }
        frameIntervalSeconds = known[0]
    }
}
