import AuspexMetrics
import AuspexTensors

/// What would explain a reported value, and what would not.
public struct ExplanationReport: Codable, Sendable {
    /// What is said of a deviation.
    public enum Verdict: String, Codable, Sendable {
        /// It gives the reported value to its digits, and to the thousandth that implementations differ by.
        case explains
        /// The reported value lies within what other clips of the same kind, or another quality of a codec, would change.
        case possible
        /// It does not explain the reported value.
        case no
        /// It changes nothing on these clips.
        case same
    }

    /// The value under one deviation, or two.
    public struct Row: Codable, Sendable {
        /// Names, `resize:centred`; none for the definition itself.
        public var deviations: [String]
        /// What the deviations do, in words.
        public var summary: String
        /// The metric's value under the deviations.
        public var value: Double
        /// Value less the reported one.
        public var difference: Double
        /// Standard deviation of the value over sets of clips like these; nil where the verdict did not need it.
        public var standardError: Double?
        /// |difference| in standard errors of the difference of two draws of clips, `√2 · standardError`.
        public var standardErrors: Double?
        /// Value less the definition's, and its standard deviation over the same draws of clips for both.
        public var effect: Double
        /// Standard deviation of `effect`; nil where it was not computed.
        public var effectStandardError: Double?
        /// What is said of it.
        public var verdict: Verdict
        /// Clips of each set that a first look was taken at, from which the value is estimated; nil where it was computed.
        public var estimatedFromClips: Int?
        /// Everything that the value depends on apart from the clips.
        public var recipe: MetricPipeline

        /// The deviations' names, joined by ` + `; `as defined` for none.
        public var name: String { deviations.isEmpty ? "as defined" : deviations.joined(separator: " + ") }
    }

    /// What the number of clips alone can do to a Fréchet distance.
    public struct ClipCount: Codable, Sendable {
        /// The value that a line through those of smaller sets has at infinitely many clips.
        public var atInfinity: Double
        /// Clips of each set at which the same line meets the reported value; nil where it never does.
        public var needed: Int?
    }

    /// The version of the fields.
    public var schema = 1
    /// The metric's name.
    public var metric: String
    /// What the metric's definition is, in one line.
    public var convention: String
    /// Name and checksum of the network.
    public var weights: String
    /// The number that is to be explained.
    public var reported: Double
    /// How far a value may lie from the reported one and still be the same.
    public var tolerance: Double
    /// The source of the real clips.
    public var real: String
    /// The source of the predicted clips.
    public var predicted: String
    /// Clips of each set that were used, of those there are.
    public var clips: [String: Int]
    /// Clips of each set that there are.
    public var clipsThere: [String: Int]
    /// Frames of every clip.
    public var clipFrames: Int
    /// Frames of context at the beginning of every clip; nil where nobody said.
    public var contextFrames: Int?
    /// What draws of clips were drawn from.
    public var seed: UInt64
    /// The value without any deviation.
    public var definition: Row
    /// Single deviations, the best explanation first.
    public var singles: [Row]
    /// Pairs that explain the value or come nearest, the best first.
    public var pairs: [Row]
    /// How many pairs were computed.
    public var pairsTried: Int
    /// How many singles and pairs would come as near by chance, from how densely values lie about the reported one.
    public var expectedByChance: [String: Double]
    /// What the number of clips alone can do; nil for other distances than Fréchet's.
    public var clipCount: ClipCount?
    /// What the rows come to, in words.
    public var conclusion: String
    /// What a reader should know of the sets.
    public var notes: [String]
}
