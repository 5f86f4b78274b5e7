import AuspexMetrics
import AuspexTensors

/// Which deviations explain a reported value, and which do not.
public struct ExplanationReport: Codable, Sendable {
    /// The verdict on a deviation.
    public enum Verdict: String, Codable, Sendable {
        /// It gives the reported value to its digits, and to the thousandth that implementations differ by.
        case explains
        /// The difference is within what other clips of the same kind, or another quality of a codec, would change.
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
        /// Standard deviation of the value over sets of clips like these; nil if the verdict did not need it.
        public var standardError: Double?
        /// |difference| in standard errors of the difference of two draws of clips, `√2 · standardError`.
        public var standardErrors: Double?
        /// Value less the definition's, and its standard deviation over the same draws of clips for both.
        public var effect: Double
        /// Standard deviation of `effect`; nil where it was not computed.
        public var effectStandardError: Double?
        /// The verdict.
        public var verdict: Verdict
        /// Clips of each set used for the first look, from which the value is estimated; nil if it was computed.
        public var estimatedFromClips: Int?
        /// Everything that the value depends on except the clips.
        public var recipe: MetricPipeline

        /// The deviations' names, joined by ` + `; `as defined` for none.
        public var name: String { deviations.isEmpty ? "as defined" : deviations.joined(separator: " + ") }
    }

    /// The effect of the number of clips alone on a Fréchet distance.
    public struct ClipCount: Codable, Sendable {
        /// The value at infinitely many clips, by a line through the values of smaller sets.
        public var atInfinity: Double
        /// Clips of each set at which this line meets the reported value; nil if it never does.
        public var needed: Int?
    }

    /// The version of the fields.
    public var schema = 1
    /// The metric's name.
    public var metric: String
    /// The metric's definition, in one line.
    public var convention: String
    /// Name and checksum of the network.
    public var weights: String
    /// The number to explain.
    public var reported: Double
    /// How far a value may be from the reported one and still count as equal.
    public var tolerance: Double
    /// The source of the real clips.
    public var real: String
    /// The source of the predicted clips.
    public var predicted: String
    /// Clips of each set that were used.
    public var clips: [String: Int]
    /// Clips that each set has.
    public var clipsThere: [String: Int]
    /// Frames of every clip.
    public var clipFrames: Int
    /// Frames of context at the beginning of every clip; nil if not given.
    public var contextFrames: Int?
    /// Seed for the draws of clips.
    public var seed: UInt64
    /// The value without any deviation.
    public var definition: Row
    /// Single deviations, the best explanation first.
    public var singles: [Row]
    /// Pairs that explain the value or come nearest, the best first.
    public var pairs: [Row]
    /// How many pairs were computed.
    public var pairsTried: Int
    /// How many singles and pairs would come as near by chance, estimated from the density of values around the reported one.
    public var expectedByChance: [String: Double]
    /// The effect of the number of clips alone; nil for distances other than Fréchet's.
    public var clipCount: ClipCount?
    /// The conclusion from the rows, in words.
    public var conclusion: String
    /// Notes on the sets for the reader.
    public var notes: [String]
}
