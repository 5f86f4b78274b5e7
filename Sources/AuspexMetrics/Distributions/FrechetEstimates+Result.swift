import AuspexStatistics
import AuspexTensors

extension FrechetEstimates {
    /// With fewer clips than this, the extrapolation to infinitely many is worth reporting.
    static let manyRows = FrechetVideoDistance.usualClips

    /// The Fréchet distance of two sets of features with its interval and, for few clips, the extrapolated value.
    ///
    /// - Parameter stream: random numbers for the interval and the extrapolation.
    static func result(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor, from stream: RandomStream,
        wantsInterval: Bool, convention: String
    ) -> MetricResult {
        let value = FrechetDistance.between(a, b, divisor: divisor)
        let half =
            wantsInterval ? halfWidth(a, b, divisor: divisor, from: stream.named("interval")) : nil
        let clips = min(a.count, b.count)
        return MetricResult(
            value: value, interval: half.map { [max(0, value - $0), value + $0] }, convention: convention,
            higherIsBetter: false, clips: clips,
            atInfinity: clips < manyRows ? atInfinity(a, b, divisor: divisor, from: stream.named("infinity")) : nil)
    }
}

extension KernelDistance {
    /// The squared discrepancy of two sets of features, with its standard deviation over subsets.
    ///
    /// - Parameter subsets: how many, and of how many rows; nil takes all rows at once.
    static func result(
        _ a: ClipFeatures, _ b: ClipFeatures, kernel: Kernel, overSubsets subsets: (count: Int, size: Int)?,
        from stream: RandomStream, convention: String
    ) -> MetricResult {
        let clips = min(a.count, b.count)
        guard let subsets else {
            return MetricResult(
                value: between(a, b, kernel: kernel), convention: convention, higherIsBetter: false, clips: clips)
        }
        let found = overSubsets(
            a, b, kernel: kernel, subsets: subsets.count, size: subsets.size, from: stream)
        let isWhole = found.size == a.count && found.size == b.count
        return MetricResult(
            value: found.mean, convention: convention, higherIsBetter: false, clips: clips,
            notes: [
                isWhole
                    ? "a subset is the whole of both sets, so all are the same: no deviation can be given"
                    : "standard deviation over subsets of \(found.size): \(found.deviation)"
            ], deviation: isWhole ? nil : found.deviation)
    }
}
