import AuspexTensors

/// Measurements of fixed work, under the names that scripts rely on.
public struct BenchmarkReport: Sendable {
    /// The unit that is repeated, to which all numbers refer.
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
    /// The unit.
    public let work: Work
    /// Medians and extremes over the repeats.
    public let seconds: (median: Double, minimum: Double, maximum: Double)
    /// The operations of one unit if nothing is merged or shared: see `NominalFLOPs`.
    public let gflopAsWritten: Double
    /// The operations executed in one unit.
    public let gflopExecuted: Double
    /// `gflopExecuted` over the median of the seconds.
    public let gflopsPerSecond: Double
    /// What a plain convolution of the model's most frequent shape reaches on this machine.
    public let convolutionLimit: Double
    /// The largest size of all live tensors together.
    public let peakBytes: Int
    /// The process's peak memory.
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
    /// Units of work in a round.
    public let batch: Int
    /// Threads that computed beside the work that was timed.
    public let busyThreads: Int

    /// `gflopsPerSecond` over `convolutionLimit`.
    public var shareOfConvolutionLimit: Double { gflopsPerSecond / convolutionLimit }
}
