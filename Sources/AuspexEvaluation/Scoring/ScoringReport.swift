import AuspexMetrics
import AuspexTensors

/// The results of a comparison, and everything needed to repeat it.
public struct ScoringReport: Codable, Sendable, Equatable {
    /// One of the two sets.
    public struct ScoredClips: Codable, Sendable, Equatable {
        /// `clips`, `features` or `embeddings`.
        public var kind: String
        /// Clips, or rows of embeddings, that were compared.
        public var count: Int
        /// Whether pixels are exactly those that were written; nil for embeddings.
        public var isLossless: Bool?
        /// For clips, SHA-256 of their concatenated digests, in hexadecimal; for embeddings, SHA-256 of the file.
        public var sha256: String
        /// The clips in the order they were compared: paired clips have the same position in both lists. Empty for embeddings.
        public var list: [ClipRecord]
    }

    /// Both sets.
    public struct Sets: Codable, Sendable, Equatable {
        /// The real set.
        public var real: ScoredClips
        /// The predicted set.
        public var predicted: ScoredClips
    }

    /// Whatever may change the last digits of a number.
    public struct Machine: Codable, Sendable, Equatable {
        /// Which instruction set the kernels used.
        public var instructionSet: String
        /// Threads of the kernels.
        public var threads: Int

        static var current: Machine {
            Machine(instructionSet: Kernels.instructionSet.rawValue, threads: Kernels.threads)
        }
    }

    /// The version of the fields.
    public var schema = 1
    /// Of the program.
    public var version: String
    /// The source of the real set, as it was given.
    public var real: String
    /// The source of the predicted set, as it was given.
    public var predicted: String
    /// How clips were paired: `by name`, `by order`, `one clip each`; `as sets` if they need no partners.
    public var pairing: String
    /// The number of pairs, or of clips in the smaller set.
    public var clips: Int
    /// The result of each metric, by name.
    public var metrics: [String: MetricResult]
    /// Notes for readers of the comparison; notes on a metric are in its result.
    public var notes: [String]
    /// Every choice that can change a number.
    public var settings: ScoringSettings
    /// Both sets, clip by clip.
    public var sets: Sets
    /// The machine and versions that computed the numbers.
    public var machine: Machine
}
