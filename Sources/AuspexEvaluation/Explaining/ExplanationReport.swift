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
        case no
        /// It changes nothing on these clips.
        case same
    }

    /// The value under one deviation, or two.
    public struct Row: Codable, Sendable {
        /// Names, `resize:centred`; none for the definition itself.
        public var deviations: [String]
        public var summary: String
        public var value: Double
        /// Value less the reported one.
        public var difference: Double
        /// Standard deviation of the value over sets of clips like these; nil where the verdict did not need it.
        public var standardError: Double?
        /// |difference| in standard errors of the difference of two draws of clips, `√2 · standardError`.
        public var standardErrors: Double?
        /// Value less the definition's, and its standard deviation over the same draws of clips for both.
        public var effect: Double
        public var effectStandardError: Double?
        public var verdict: Verdict
        /// Clips of each set that a first look was taken at, from which the value is estimated; nil where it was computed.
        public var estimatedFromClips: Int?
        public var recipe: MetricPipeline

        public var name: String { deviations.isEmpty ? "as defined" : deviations.joined(separator: " + ") }
    }

    /// What the number of clips alone can do to a Fréchet distance.
    public struct ClipCount: Codable, Sendable {
        /// The value that a line through those of smaller sets has at infinitely many clips.
        public var atInfinity: Double
        /// Clips of each set at which the same line meets the reported value; nil where it never does.
        public var needed: Int?
    }

    public var schema = 1
    public var metric: String
    public var convention: String
    public var weights: String
    public var reported: Double
    public var tolerance: Double
    public var real: String
    public var predicted: String
    /// Clips of each set that were used, of those there are.
    public var clips: [String: Int]
    public var clipsThere: [String: Int]
    public var clipFrames: Int
    public var contextFrames: Int?
    public var seed: UInt64
    public var definition: Row
    /// Single deviations, the best explanation first.
    public var singles: [Row]
    /// Pairs that explain the value or come nearest, the best first.
    public var pairs: [Row]
    public var pairsTried: Int
    /// How many singles and pairs would come as near by chance, from how densely values lie about the reported one.
    public var expectedByChance: [String: Double]
    public var clipCount: ClipCount?
    public var conclusion: String
    public var notes: [String]
}
