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
        let values = bootstrap(a, b, repeats: repeats, from: stream) {
            FrechetDistance.between($0, $1, divisor: divisor)
        }
        return 1.96 * deviation(of: values)
    }

    /// A distance over sets of clips drawn with replacement. The draws depend on the stream and the counts alone, so that values of other features of the same
    /// clips, from the same stream, can be compared one by one.
    package static func bootstrap(
        _ a: ClipFeatures, _ b: ClipFeatures, repeats: Int = 50, from stream: RandomStream,
        distance: (ClipFeatures, ClipFeatures) -> Double
    ) -> [Double] {
        func drawn(_ features: ClipFeatures, _ name: String, _ step: Int) -> ClipFeatures {
            let places = stream.named(name).at(step: step)
            return features.rows((0..<features.count).map { places.integer(below: features.count, at: $0) })
        }
        return (0..<repeats).map { distance(drawn(a, "real", $0), drawn(b, "predicted", $0)) }
    }

    /// The standard deviation, with one less than the count.
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
