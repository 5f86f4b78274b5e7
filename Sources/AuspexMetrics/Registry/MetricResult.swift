/// A metric over all clips; encoded under the metric's name in a `ScoringReport`.
public struct MetricResult: Codable, Sendable, Equatable {
    /// The metric over all clips, in its own unit.
    public var value: Double
    /// 95% interval of the value, `[low, high]`: t·s/√n over clips for per-frame metrics, where t is Student's for n − 1 degrees of freedom; for Fréchet
    /// distances 1.96 standard deviations over parts of the sets, drawn without replacement. It is clipped to the metric's range, so
    /// the value need not be in its middle; nil if there is none.
    public var interval: [Double]?
    /// The value extrapolated to infinitely many clips; nil if it was not requested or cannot be computed.
    public var atInfinity: Double?
    /// Standard deviation over random subsets of the clips; nil for metrics without subsets.
    public var deviation: Double?
    /// The value at each predicted step, the first prediction first; nil for metrics of whole clips.
    public var perStep: [Double]?
    /// 95% interval over clips of each step's value, `[low, high]`; nil if the metric is not a mean over clips, or for a single clip.
    public var perStepInterval: [[Double]]?
    /// What exactly was computed, in one line: without it the value is meaningless.
    public var convention: String
    /// Whether a larger value is a better prediction.
    public var higherIsBetter: Bool
    /// Clips that were compared.
    public var clips: Int
    /// Name and checksum of the network that the metric used; nil if it used none.
    public var weights: String?
    /// Notes for readers: bias of few clips, frames without error, lossy files.
    public var notes: [String]

    /// A value with its convention and the number of clips; everything else is optional.
    public init(
        value: Double, interval: [Double]? = nil, perStep: [Double]? = nil, convention: String, higherIsBetter: Bool,
        clips: Int, weights: String? = nil, notes: [String] = [], atInfinity: Double? = nil, deviation: Double? = nil,
        perStepInterval: [[Double]]? = nil
    ) {
        self.value = value
        self.interval = interval
        self.atInfinity = atInfinity
        self.deviation = deviation
        self.perStep = perStep
        self.perStepInterval = perStepInterval
        self.convention = convention
        self.higherIsBetter = higherIsBetter
        self.clips = clips
        self.weights = weights
        self.notes = notes
    }
}
