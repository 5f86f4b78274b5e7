import AuspexTensors

/// What was measured of fixed work, under the names that scripts rely on.
public struct BenchmarkReport: Sendable {
    /// What is repeated, and so what all numbers are of.
    public enum Work: String, Encodable, Sendable {
        case step, predict, i3d
    }

    public let schema = 1
    public let work: Work
    /// Medians and extremes over the repeats.
    public let seconds: (median: Double, minimum: Double, maximum: Double)
    /// What one unit of work takes where nothing is merged or shared: see `NominalFLOPs`.
    public let gflopAsWritten: Double
    /// What was executed in one unit of work.
    public let gflopExecuted: Double
    public let gflopsPerSecond: Double
    /// What a plain convolution of the model's most frequent shape reaches on this machine.
    public let convolutionLimit: Double
    /// The most that tensors held at one time.
    public let peakBytes: Int
    /// The most memory that the process ever had.
    public let peakResidentBytes: Int
    public let faultsPerStep: Double
    public let secondsWaiting: Double
    public let byFamily: [String: WorkCounter.Count]
    public let threads: Int
    public let instructionSet: String
    public let repeats: Int
    /// Units of work that go together.
    public let batch: Int

    public var shareOfConvolutionLimit: Double { gflopsPerSecond / convolutionLimit }
}
