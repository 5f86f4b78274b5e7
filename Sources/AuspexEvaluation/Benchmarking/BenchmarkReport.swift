import AuspexTensors

/// What was measured of fixed work, under the names that scripts rely on.
public struct BenchmarkReport: Sendable {
    /// What is repeated, and so what all numbers are of.
    public enum Work: String, Encodable, Sendable {
        /// A training step.
        case step
        /// A prediction of a batch.
        case predict
        /// The logits of a clip by I3D.
        case i3d
    }

    /// The version of the fields.
    public let schema = 1
    /// What a unit is.
    public let work: Work
    /// Medians and extremes over the repeats.
    public let seconds: (median: Double, minimum: Double, maximum: Double)
    /// What one unit of work takes where nothing is merged or shared: see `NominalFLOPs`.
    public let gflopAsWritten: Double
    /// What was executed in one unit of work.
    public let gflopExecuted: Double
    /// `gflopExecuted` over the median of the seconds.
    public let gflopsPerSecond: Double
    /// What a plain convolution of the model's most frequent shape reaches on this machine.
    public let convolutionLimit: Double
    /// The most that tensors held at one time.
    public let peakBytes: Int
    /// The most memory that the process ever had.
    public let peakResidentBytes: Int
    /// Minor page faults of a round.
    public let faultsPerStep: Double
    /// Seconds for which a round waited for data; 0, as the clips are in memory.
    public let secondsWaiting: Double
    /// The executed work of one unit by family, such as convolutions forward and backward.
    public let byFamily: [String: WorkCounter.Count]
    /// Threads of the kernels.
    public let threads: Int
    /// Which instruction set the kernels used.
    public let instructionSet: String
    /// Rounds that were timed.
    public let repeats: Int
    /// Units of work that go together.
    public let batch: Int

    /// `gflopsPerSecond` over `convolutionLimit`.
    public var shareOfConvolutionLimit: Double { gflopsPerSecond / convolutionLimit }
}
