import AuspexTensors

/// What can be said about a Fréchet distance from few clips: how much of it is bias, and how far it scatters.
public enum FrechetEstimates {
    /// The distance that infinitely many clips would give: a line through distances of smaller sets against 1/n, at 0.
    ///
    /// Estimates from n clips are too large by about c/n. Fifteen counts, evenly spaced, each on a random subset of both sets.
    /// Source: Chong and Forsyth 2020, arXiv:1911.07023, section 3.2, where the real set's statistics are kept fixed; here both sets are small, so both are
    /// reduced. Counts start at a tenth of the clips as theirs do, but not below five times the features, where the bias is no longer c/n, nor above half.
    ///
    /// - Returns: nil for fewer than 20 clips, of which no line can be drawn.
    public static func atInfinity(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor = .lessOne, from stream: RandomStream
    ) -> Double? {
        let most = min(a.count, b.count)
        guard most >= 20 else { return nil }
        let points = 15
        let least = max(most / 10, min(most / 2, 5 * a.size))
        let counts = (0..<points).map { least + (most - least) * $0 / (points - 1) }
        let distances = counts.enumerated().map { point, count in
            FrechetDistance.between(
                a.rows(stream.named("real").at(step: point).sample(count, below: a.count)),
                b.rows(stream.named("predicted").at(step: point).sample(count, below: b.count)), divisor: divisor)
        }
        return intercept(counts.map { 1 / Double($0) }, distances)
    }

    /// Half the width of a 95% interval: 1.96 standard deviations of the distance over sets of clips drawn with replacement.
    ///
    /// A drawn set repeats clips and so lies further off than the set itself; its scatter tells, its level does not.
    public static func bootstrapHalfWidth(
        _ a: ClipFeatures, _ b: ClipFeatures, divisor: FeatureStatistics.Divisor = .lessOne, repeats: Int = 50,
        from stream: RandomStream
    ) -> Double {
        func drawn(_ features: ClipFeatures, _ name: String, _ step: Int) -> ClipFeatures {
            let places = stream.named(name).at(step: step)
            return features.rows((0..<features.count).map { places.integer(below: features.count, at: $0) })
        }
        let values = (0..<repeats).map {
            FrechetDistance.between(drawn(a, "real", $0), drawn(b, "predicted", $0), divisor: divisor)
        }
        let mean = values.reduce(0, +) / Double(repeats)
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(repeats - 1)
        return 1.96 * spread.squareRoot()
    }

    /// Where the least-squares line through points meets x = 0.
    package static func intercept(_ x: [Double], _ y: [Double]) -> Double {
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let squares = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        return meanY - products / squares * meanX
    }
}
