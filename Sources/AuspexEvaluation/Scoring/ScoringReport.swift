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
        public var real: ScoredClips
        public var predicted: ScoredClips
    }

    /// What may change the last digits of a number.
    public struct Machine: Codable, Sendable, Equatable {
        public var instructionSet: String
        public var threads: Int

        static var current: Machine {
            Machine(instructionSet: Kernels.instructionSet.rawValue, threads: Kernels.threads)
        }
    }

    public var schema = 1
    /// Of the program.
    public var version: String
    public var real: String
    public var predicted: String
    /// How clips found their partners: `by name`, `by order`, `one clip each`; `as sets` where they need none.
    public var pairing: String
    /// Pairs, or clips of the smaller set.
    public var clips: Int
    public var metrics: [String: MetricResult]
    public var notes: [String]
    public var settings: ScoringSettings
    public var sets: Sets
    public var machine: Machine
}
