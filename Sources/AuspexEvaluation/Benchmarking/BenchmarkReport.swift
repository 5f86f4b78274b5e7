import AuspexTensors

/// What was measured of fixed work, under the names that scripts rely on.
public struct BenchmarkReport: Encodable, Sendable {
    /// What is repeated, and so what all numbers are of.
    public enum Work: String, Encodable, Sendable {
        case step, predict, i3d

        fileprivate var secondsKey: CodingKeys {
            switch self {
            case .step: .secondsPerStep
            case .predict: .secondsPerPrediction
            case .i3d: .secondsPerClip
            }
        }
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

    fileprivate enum CodingKeys: String, CodingKey {
        case schema, work, secondsPerStep, secondsPerPrediction, secondsPerClip, secondsMinimum, secondsMaximum
        case gflopAsWritten, gflopExecuted, gflopsPerSecond, shareOfConvolutionLimit, convolutionLimit, peakBytes,
            peakResidentBytes, faultsPerStep
        case secondsWaiting, byFamily, threads, instructionSet, repeats, batch
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(schema, forKey: .schema)
        try fields.encode(work, forKey: .work)
        try fields.encode(seconds.median, forKey: work.secondsKey)
        try fields.encode(seconds.minimum, forKey: .secondsMinimum)
        try fields.encode(seconds.maximum, forKey: .secondsMaximum)
        try fields.encode(gflopAsWritten, forKey: .gflopAsWritten)
        try fields.encode(gflopExecuted, forKey: .gflopExecuted)
        try fields.encode(gflopsPerSecond, forKey: .gflopsPerSecond)
        try fields.encode(convolutionLimit, forKey: .convolutionLimit)
        try fields.encode(shareOfConvolutionLimit, forKey: .shareOfConvolutionLimit)
        try fields.encode(peakBytes, forKey: .peakBytes)
        try fields.encode(peakResidentBytes, forKey: .peakResidentBytes)
        try fields.encode(faultsPerStep, forKey: .faultsPerStep)
        try fields.encode(secondsWaiting, forKey: .secondsWaiting)
        try fields.encode(byFamily, forKey: .byFamily)
        try fields.encode(threads, forKey: .threads)
        try fields.encode(instructionSet, forKey: .instructionSet)
        try fields.encode(repeats, forKey: .repeats)
        try fields.encode(batch, forKey: .batch)
    }

    /// Whole rounds of work before the clock runs: primitives are made and memory is taken in these.
    private static let warmUp = 2

    /// Times `repeats` rounds of work.
    ///
    /// - Parameters:
    ///   - batch: units of work in a round; what is reported is of one unit.
    ///   - gflopAsWritten: of one unit.
    static func measured(
        _ work: Work, repeats: Int, batch: Int = 1, gflopAsWritten: Double, _ progress: (Int) -> Void,
        _ round: () throws -> Void
    ) rethrows -> BenchmarkReport {
        for _ in 0..<warmUp { try round() }
        StoragePool.shared.resetPeak()
        WorkCounter.reset()
        let faults = Usage.now.minorFaults
        var times: [Double] = []
        for number in 0..<repeats {
            let start = ContinuousClock.now
            try round()
            times.append((ContinuousClock.now - start) / .seconds(1) / Double(batch))
            progress(number + 1)
        }
        let usage = Usage.now
        // Before the limit is measured, which takes memory of its own.
        let peakBytes = StoragePool.shared.statistics.peakLiveBytes
        let families = WorkCounter.counts.mapValues { count in
            var one = count.divided(by: repeats)
            one.gflop /= Double(batch)
            one.seconds /= Double(batch)
            return one
        }
        let gflop = families.values.reduce(0) { $0 + $1.gflop }
        let sorted = times.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        return BenchmarkReport(
            work: work, seconds: (median, sorted[0], sorted[sorted.count - 1]), gflopAsWritten: gflopAsWritten,
            gflopExecuted: gflop,
            gflopsPerSecond: gflop / median, convolutionLimit: ConvolutionLimit.gflopsPerSecond(),
            peakBytes: peakBytes, peakResidentBytes: usage.peakResidentBytes,
            faultsPerStep: Double(usage.minorFaults - faults) / Double(repeats), secondsWaiting: 0, byFamily: families,
            threads: Kernels.threads, instructionSet: Kernels.instructionSet.rawValue, repeats: repeats, batch: batch)
    }
}
