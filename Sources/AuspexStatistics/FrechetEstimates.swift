import AuspexTensors

/// What a Fréchet distance from few clips can tell: how large its bias is, and how much it scatters.
///
/// Both estimates draw smaller sets from the two. If both have the same number of clips, the same indices are drawn from both, so that a prediction
/// stays together with the clip that it predicts: otherwise the drawn sets would be further apart than the sets are. If the order means nothing, this has no effect.
public enum FrechetEstimates {
    /// The distance that infinitely many clips would give: a line through distances of smaller sets against 1/n, at 0.
    ///
    /// Estimates from n clips are too large by about c/n. Fifteen counts, evenly spaced, each on a random subset of both sets.
    /// Source: Chong and Forsyth 2020, arXiv:1911.07023, section 3.2, where the real set's statistics are kept fixed; here both sets are small, so both are
    /// reduced. Counts start at a tenth of the clips as theirs do, but not below five times the features, where the bias is no longer c/n, nor above half.
    ///
    /// - Returns: nil for fewer than 20 clips, too few for a line. With fewer clips than `linearCounts` the line is curved and the value unreliable;
    ///   it may be below 0.
    public static func atInfinity(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor = .lessOne, from stream: RandomStream
    ) -> Double? {
        let most = min(a.count, b.count)
        guard most >= 20 else { return nil }
        let points = 15
        let least = max(most / 10, min(most / 2, linearCounts(of: a.size)))
        let counts = (0..<points).map { least + (most - least) * $0 / (points - 1) }
        let distances = counts.enumerated().map { point, count in
            let drawn = drawn((count, count), from: (a, b), stream, point)
            return FrechetDistance.between(drawn.0, drawn.1, divisor: divisor)
        }
        return intercept(counts.map { 1 / Double($0) }, distances)
    }

    /// From this many clips on the bias is about c/n.
    package static func linearCounts(of features: Int) -> Int { 5 * features }

    /// Half the width of a 95% interval: 1.96 standard deviations of the distance of sets like these.
    ///
    /// - Returns: nil for fewer than three clips of either set, whose parts have no covariance.
    public static func halfWidth(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor = .lessOne, repeats: Int = 50,
        from stream: RandomStream
    ) -> Double? {
        guard min(a.count, b.count) >= 3 else { return nil }
        let values = spread(a, b, repeats: repeats, from: stream) {
            FrechetDistance.between($0, $1, divisor: divisor)
        }
        return 1.96 * deviation(of: values)
    }

    /// Values of a distance that scatter as those of new sets of the same size would; their level is meaningless.
    ///
    /// A bootstrap without replacement: random parts of k of the n clips scatter about √(n/k − 1) times as far as whole sets do. Sets drawn with replacement
    /// repeat clips, which leaves fewer distinct ones than a feature has numbers, and so scatter up to three times too much. The draws depend on the stream and
    /// the counts only, so values for other features of the same clips, drawn from the same stream, can be compared pairwise.
    /// Source: Shao and Wu 1989, "A general theory for jackknife variance estimation", equation 2.2.
    package static func spread(
        _ a: ClipFeatures, _ b: ClipFeatures, repeats: Int = 50, from stream: RandomStream,
        distance: (ClipFeatures, ClipFeatures) -> Double
    ) -> [Double] {
        let parts = (max(2, a.count * 3 / 4), max(2, b.count * 3 / 4))
        let values = (0..<repeats).map { step in
            let drawn = drawn(parts, from: (a, b), stream, step)
            return distance(drawn.0, drawn.1)
        }
        let (count, part) = (Double(min(a.count, b.count)), Double(min(parts.0, parts.1)))
        let scale = (part / max(count - part, 1)).squareRoot()
        let mean = values.reduce(0, +) / Double(repeats)
        return values.map { mean + scale * ($0 - mean) }
    }

    /// Draws this many rows of both sets, each at most once; the same rows if the sets are equally large.
    private static func drawn(
        _ counts: (Int, Int), from sets: (ClipFeatures, ClipFeatures), _ stream: RandomStream, _ step: Int
    ) -> (ClipFeatures, ClipFeatures) {
        let places = stream.named("real").at(step: step).sample(counts.0, below: sets.0.count)
        guard sets.0.count != sets.1.count else { return (sets.0.rows(places), sets.1.rows(places)) }
        let others = stream.named("predicted").at(step: step).sample(counts.1, below: sets.1.count)
        return (sets.0.rows(places), sets.1.rows(others))
    }

    /// The standard deviation, divided by n − 1.
    package static func deviation(of values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (spread / Double(max(values.count - 1, 1))).squareRoot()
    }

    /// Where the least-squares line through points meets x = 0.
    package static func intercept(_ x: [Double], _ y: [Double]) -> Double {
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let squares = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        return meanY - products / squares * meanX
    }
}
