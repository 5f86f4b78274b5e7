import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Testing

/// Sets of features with the distances that SciPy and plain sums gave.
private struct Golden {
    let x: ClipFeatures
    let y: ClipFeatures
    private let tensors: [String: Tensor]
    private let name: String

    static let names = ["plain", "singular", "scales"]

    init(_ name: String) throws {
        let tensors = try GoldenFile.tensors("feature_distances")
        func features(_ which: String) throws -> ClipFeatures {
            let tensor = try #require(tensors[name + "." + which])
            return ClipFeatures(size: tensor.shape[1], values: tensor.scalars)
        }
        (x, y) = (try features("x"), try features("y"))
        self.tensors = tensors
        self.name = name
    }

    func value(_ what: String) throws -> Double {
        let halves = try #require(tensors[name + "." + what]).scalars
        return Double(halves[0]) + Double(halves[1])
    }
}

private func isClose(_ a: Double, _ b: Double, _ relative: Double) -> Bool {
    abs(a - b) <= relative * max(abs(b), 1e-12)
}

private func normal(_ count: Int, _ size: Int, seed: UInt64, shift: Float = 0, scale: Float = 1) -> ClipFeatures {
    let values = RandomStream(seed: seed, name: "features").normal([count, size]).scalars
    return ClipFeatures(size: size, values: values.map { $0 * scale + shift })
}

@Suite struct FeatureDistanceTests {
    @Test(arguments: Golden.names) func frechetAsSciPyFindsIt(name: String) throws {
        let golden = try Golden(name)
        let lessOne = FrechetDistance.between(golden.x, golden.y)
        let all = FrechetDistance.between(golden.x, golden.y, divisor: .all)
        // SciPy's root of a singular product is itself no better than this.
        let relative = name == "singular" ? 1e-5 : 1e-9
        #expect(isClose(lessOne, try golden.value("frechet"), relative), "\(lessOne)")
        #expect(isClose(all, try golden.value("frechet-n"), relative), "\(all)")
    }

    @Test(arguments: Golden.names) func kernelDistancesAsSumsGiveThem(name: String) throws {
        let golden = try Golden(name)
        let scaled = KernelDistance.between(golden.x, golden.y, kernel: .scaled)
        let plain = KernelDistance.between(golden.x, golden.y, kernel: .plain)
        #expect(isClose(scaled, try golden.value("kernel"), 1e-9), "\(scaled)")
        #expect(isClose(plain, try golden.value("kernel-plain"), 1e-9), "\(plain)")
    }

    @Test func propertiesOfTheFrechetDistance() {
        let (x, y) = (normal(40, 12, seed: 1), normal(50, 12, seed: 2, shift: 0.5, scale: 2))
        let distance = FrechetDistance.between(x, y)
        #expect(isClose(FrechetDistance.between(y, x), distance, 1e-10))
        #expect(FrechetDistance.between(x, x) <= 1e-6 * 12)
        // A shift of every feature adds its square for equal covariances.
        let shifted = ClipFeatures(size: 12, values: x.values.map { $0 + 2 })
        #expect(isClose(FrechetDistance.between(x, shifted), 48, 1e-5))
        // Twice the spread about one mean: tr(Σ + 4Σ − 2·2Σ) = tr Σ.
        let statistics = FeatureStatistics(x)
        let wide = FeatureStatistics(mean: statistics.mean, covariance: statistics.covariance.map { 4 * $0 })
        let trace = (0..<12).reduce(0) { $0 + statistics.covariance[$1 * 12 + $1] }
        #expect(isClose(FrechetDistance.between(statistics, wide), trace, 1e-9))
        // Fewer clips than features.
        let few = normal(4, 12, seed: 3)
        #expect(FrechetDistance.between(few, few) <= 1e-5)
    }

    /// By covariances and by singular values: one number.
    @Test func bothWaysForFewClips() {
        let (x, y) = (normal(9, 10, seed: 10), normal(7, 10, seed: 11, shift: 0.4))
        for divisor in [FeatureStatistics.Divisor.lessOne, .all] {
            let covariances = FrechetDistance.between(
                FeatureStatistics(x, divisor: divisor), FeatureStatistics(y, divisor: divisor))
            #expect(isClose(FrechetDistance.between(x, y, divisor: divisor), covariances, 1e-6))
        }
    }

    /// More rows than are in memory as doubles at once, and a number of them that no block divides.
    @Test func manyRows() {
        let x = normal(1333, 400, seed: 12)
        let statistics = FeatureStatistics(x)
        let rows = x.values.map(Double.init)
        for (i, j) in [(0, 0), (3, 250), (399, 398)] {
            let (a, b) = (statistics.mean[i], statistics.mean[j])
            #expect(isClose(a, (0..<1333).reduce(0) { $0 + rows[$1 * 400 + i] } / 1333, 1e-12))
            let expected = (0..<1333).reduce(0) { $0 + (rows[$1 * 400 + i] - a) * (rows[$1 * 400 + j] - b) } / 1332
            #expect(isClose(statistics.covariance[i * 400 + j], expected, 1e-9))
            #expect(statistics.covariance[i * 400 + j] == statistics.covariance[j * 400 + i])
        }
        let (first, second) = (normal(1100, 5, seed: 14), normal(600, 5, seed: 15, shift: 0.5))
        let expected = plainDiscrepancy(first, second)
        #expect(isClose(KernelDistance.between(first, second, kernel: .scaled), expected, 1e-9))
    }

    /// By the definition, pair by pair.
    private func plainDiscrepancy(_ x: ClipFeatures, _ y: ClipFeatures) -> Double {
        let size = x.size
        func sum(_ a: [Float], _ b: [Float], _ isSame: Bool) -> Double {
            var total = 0.0
            for i in 0..<a.count / size {
                for j in 0..<b.count / size where !isSame || i != j {
                    var product = 0.0
                    for k in 0..<size { product += Double(a[i * size + k]) * Double(b[j * size + k]) }
                    let base = product / Double(size) + 1
                    total += base * base * base
                }
            }
            return total
        }
        let (a, b) = (x.values, y.values)
        let (m, n) = (Double(x.count), Double(y.count))
        return sum(a, a, true) / (m * (m - 1)) + sum(b, b, true) / (n * (n - 1)) - 2 * sum(a, b, false) / (m * n)
    }

    /// With more numbers in a row than rows, the small matrix is added up by parts of the rows.
    @Test func wideRows() {
        let (x, y) = (normal(300, 1100, seed: 16), normal(260, 1100, seed: 17, shift: 0.2))
        let covariances = FrechetDistance.between(FeatureStatistics(x), FeatureStatistics(y))
        #expect(isClose(FrechetDistance.between(x, y), covariances, 1e-6))
    }

    @Test func rowsAreSharedAndStayWhatTheyWere() {
        let x = normal(5, 3, seed: 18)
        let drawn = x.rows([4, 0, 0])
        #expect(drawn.values == Array(x.values[12...]) + x.values[..<3] + x.values[..<3])
        #expect(drawn.rows([2, 0]).values == Array(x.values[..<3]) + x.values[12...])
        var more = drawn
        more.append(x.rows(1..<2))
        more.append([7, 8, 9])
        #expect(more.count == 5 && more.values == drawn.values + x.values[3..<6] + [7, 8, 9])
        #expect(drawn.count == 3 && x.count == 5)
        #expect(more == ClipFeatures(size: 3, values: more.values) && more != drawn)
        #expect(FeatureStatistics(drawn).mean == FeatureStatistics(ClipFeatures(size: 3, values: drawn.values)).mean)
    }

    @Test func extrapolationTakesTheBiasAway() throws {
        // Two samples of one distribution: the true distance is 0, and what 200 clips give is bias.
        let (x, y) = (normal(200, 10, seed: 4), normal(200, 10, seed: 5))
        let stream = RandomStream(seed: 1, name: "infinity")
        let biased = FrechetDistance.between(x, y)
        let extrapolated = try #require(FrechetEstimates.atInfinity(x, y, from: stream))
        #expect(biased > 0.1 && abs(extrapolated) < biased / 2, "\(biased) \(extrapolated)")
        #expect(FrechetEstimates.atInfinity(x, y, from: stream) == extrapolated)
        #expect(FrechetEstimates.atInfinity(x.rows(Array(0..<19)), y, from: stream) == nil)
        #expect(isClose(FrechetEstimates.intercept([1, 2, 4], [5, 7, 11]), 3, 1e-12))
    }

    /// The interval is as wide as the distance scatters over fresh sets of clips.
    @Test func theIntervalTellsTheScatter() throws {
        let distances = (0..<40).map {
            FrechetDistance.between(
                normal(100, 5, seed: UInt64(100 + $0)), normal(100, 5, seed: UInt64(200 + $0), shift: 1))
        }
        let mean = distances.reduce(0, +) / 40
        let deviation = (distances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39).squareRoot()
        let half = try #require(
            FrechetEstimates.halfWidth(
                normal(100, 5, seed: 6), normal(100, 5, seed: 7, shift: 1), from: RandomStream(seed: 2, name: "i")))
        #expect(half > 1.96 * deviation / 1.5 && half < 1.96 * deviation * 1.5, "\(half) \(1.96 * deviation)")
    }

    /// Predictions beside what they predict, more numbers than clips among the cases: distances of fresh sets scatter little, as both sets move together.
    @Test(arguments: [(clips: 120, size: 10), (clips: 40, size: 60)]) func estimatesOfPairs(clips: Int, size: Int)
        throws
    {
        func pairs(_ seed: UInt64) -> (ClipFeatures, ClipFeatures) {
            let real = normal(clips, size, seed: seed)
            let errors = normal(clips, size, seed: seed + 1000, shift: 0.3)
            return (real, ClipFeatures(size: size, values: zip(real.values, errors.values).map { $0 + 0.3 * $1 }))
        }
        let fresh = (0..<30).map { FrechetDistance.between(pairs(UInt64($0)).0, pairs(UInt64($0)).1) }
        let truth = 1.96 * FrechetEstimates.deviation(of: fresh)
        let (real, predicted) = pairs(500)
        let stream = RandomStream(seed: 1, name: "pairs")
        // One set's own scatter is a rough figure: the mean of several sets'.
        let halves = try (500..<508).map {
            try #require(FrechetEstimates.halfWidth(pairs($0).0, pairs($0).1, from: stream))
        }
        let half = halves.reduce(0, +) / 8
        #expect(half > truth / 1.6 && half < truth * 1.6, "\(half) \(truth)")
        let value = FrechetDistance.between(real, predicted)
        let extrapolated = try #require(FrechetEstimates.atInfinity(real, predicted, from: stream))
        #expect(extrapolated > 0 && extrapolated < value, "\(extrapolated) \(value)")
        // A set against itself has no distance, and no doubt about it.
        #expect(try #require(FrechetEstimates.halfWidth(real, real, from: stream)) < 1e-6)
        #expect(abs(try #require(FrechetEstimates.atInfinity(real, real, from: stream))) < 1e-6)
        #expect(FrechetEstimates.halfWidth(real.rows([0, 1]), predicted, from: stream) == nil)
    }

    /// Fewer clips than numbers, and sets that are not pairs.
    @Test func theIntervalOfFewClips() throws {
        let fresh = (0..<30).map {
            FrechetDistance.between(
                normal(40, 60, seed: UInt64(100 + $0)), normal(40, 60, seed: UInt64(200 + $0), shift: 0.3))
        }
        let truth = 1.96 * FrechetEstimates.deviation(of: fresh)
        let halves = try (0..<8).map { number in
            try #require(
                FrechetEstimates.halfWidth(
                    normal(40, 60, seed: 300 + number), normal(40, 60, seed: 400 + number, shift: 0.3),
                    from: RandomStream(seed: 2, name: "i")))
        }
        let half = halves.reduce(0, +) / 8
        #expect(half > truth / 1.7 && half < truth * 1.7, "\(half) \(truth)")
    }

    @Test func subsetsOfAKernelDistance() {
        let (x, y) = (normal(90, 6, seed: 8), normal(70, 6, seed: 9, shift: 0.3))
        let stream = RandomStream(seed: 3, name: "kvd")
        let whole = KernelDistance.between(x, y, kernel: .scaled)
        let found = KernelDistance.overSubsets(x, y, kernel: .scaled, subsets: 60, size: 50, from: stream)
        // Unbiased: the mean over subsets scatters about the whole's value.
        #expect(found.size == 50 && found.deviation > 0)
        #expect(abs(found.mean - whole) < found.deviation, "\(found) \(whole)")
        let same = KernelDistance.overSubsets(x, x, kernel: .scaled, from: stream)
        #expect(same.size == 90 && same.deviation == 0)
        #expect(same.mean == KernelDistance.between(x, x, kernel: .scaled))
    }
}
