import AuspexTensors

extension BenchmarkReport {
    /// Whole rounds of work before timing starts: they create primitives and allocate memory.
    private static let warmUp = 2

    /// Times `repeats` rounds of work.
    ///
    /// - Parameters:
    ///   - batch: units of work in a round; the report is per unit.
    ///   - gflopAsWritten: of one unit.
    ///   - busyThreads: how many threads compute beside the rounds that are timed.
    static func measured(
        _ work: Work, repeats: Int, batch: Int = 1, gflopAsWritten: Double, busyThreads: Int = 0,
        _ progress: (Int) -> Void,
        _ round: () throws -> Void
    ) rethrows -> BenchmarkReport {
        for _ in 0..<warmUp { try round() }
        StoragePool.shared.resetPeak()
        WorkCounter.reset()
        let faults = Usage.now.minorFaults
        var times: [Double] = []
        try withExtendedLifetime(BusyThreads(busyThreads)) {
            for number in 0..<repeats {
                let start = ContinuousClock.now
                try round()
                times.append((ContinuousClock.now - start) / .seconds(1) / Double(batch))
                progress(number + 1)
            }
        }
        let usage = Usage.now
        // Before the limit is measured, which itself takes memory.
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
            threads: Kernels.threads, instructionSet: Kernels.instructionSet.rawValue, repeats: repeats, batch: batch,
            busyThreads: busyThreads)
    }
}
