import AuspexMetrics
import AuspexTensors

/// What a comparison found, and all that is needed to find it again.
public struct ScoringReport: Codable, Sendable, Equatable {
    /// One of the two sets.
    public struct ScoredClips: Codable, Sendable, Equatable {
        /// `clips`, `features` or `embeddings`.
        public var kind: String
        /// Clips, or rows of embeddings, that were compared.
        public var count: Int
        /// Whether pixels are exactly those that were written; nil for embeddings.
        public var isLossless: Bool?
        /// SHA-256 of the clips' digests one behind the other, in hexadecimal; of embeddings that of the file.
        public var sha256: String
        /// The clips in the order they were compared: where clips are paired, those of one place are a pair. Empty for embeddings.
        public var list: [ClipRecord]
    }

    /// Both sets.
    public struct Sets: Codable, Sendable, Equatable {
        /// The real set.
        public var real: ScoredClips
        /// The predicted set.
        public var predicted: ScoredClips
    }

    /// What may change the last digits of a number.
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
    /// The source of the real set, as it was named.
    public var real: String
    /// The source of the predicted set, as it was named.
    public var predicted: String
    /// How clips found their partners: `by name`, `by order`, `one clip each`; `as sets` where they need none.
    public var pairing: String
    /// Pairs, or clips of the smaller set.
    public var clips: Int
    /// What each metric found, by name.
    public var metrics: [String: MetricResult]
    /// What a reader should know of the comparison; notes of a metric are in its result.
    public var notes: [String]
    /// Every choice that can change a number.
    public var settings: ScoringSettings
    /// Both sets, clip by clip.
    public var sets: Sets
    /// What the numbers were computed on.
    public var machine: Machine
}
