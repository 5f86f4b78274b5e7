import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Foundation

/// This machine's speed on the Fréchet distance of two sets of features: random rows with dependent columns, like a network's features.
public struct DistanceBenchmark {
    /// Numbers in a row: 400 are I3D's logits, 2,048 are usual for distances of pictures.
    public var features = 400
    /// Rows of each set.
    public var rows = 5000
    /// Distances that are timed.
    public var repeats = 5

    /// Measurements, under the names that scripts rely on.
    public struct Report: Codable, Sendable {
        /// Seconds of repeated work.
        public struct Seconds: Codable, Sendable {
            /// The middle of the repeats.
            public let median: Double
            /// The fastest repeat.
            public let minimum: Double
            /// The slowest repeat.
            public let maximum: Double
        }

        /// The version of the fields.
        public var schema = 1
        /// Numbers in a row.
        public let features: Int
        /// Rows of each set.
        public let rows: Int
        /// Distances that were timed.
        public let repeats: Int
        /// Threads of the kernels.
        public let threads: Int
        /// Which instruction set the kernels used.
        public let instructionSet: String
        /// Means and covariances of both sets.
        public let statistics: Seconds
        /// The distance of these.
        public let distance: Seconds
    }

    /// The defaults: 5,000 rows of I3D's 400 logits.
    public init() {}

    /// - Throws: `BenchmarkError` for sets that do not fit in memory.
    public func run(progress: (Int) -> Void = { _ in }) throws -> Report {
        // Two sets of float32 rows, and a covariance or its factors for each.
        let (width, count) = (Double(features), Double(rows))
        try BenchmarkError.check(
            bytes: 2 * (count * width * 4 + 3 * width * min(width, count) * 8),
            of: "\(rows, "row") of \(features, "feature")")
        let sets = (set("real"), set("predicted"))
        var statistics: [Double] = []
        var distances: [Double] = []
        // The first run touches memory for all that follow.
        for number in 0...repeats {
            let start = ContinuousClock.now
            let found = (FeatureStatistics(sets.0), FeatureStatistics(sets.1))
            let between = ContinuousClock.now
            _ = FrechetDistance.between(found.0, found.1)
            let end = ContinuousClock.now
            guard number > 0 else { continue }
            statistics.append((between - start) / .seconds(1))
            distances.append((end - between) / .seconds(1))
            progress(number)
        }
        return Report(
            features: features, rows: rows, repeats: repeats, threads: Kernels.threads,
            instructionSet: Kernels.instructionSet.rawValue, statistics: seconds(statistics),
            distance: seconds(distances))
    }

    private func set(_ name: String) -> ClipFeatures {
        let stream = RandomStream(seed: 1, name: name)
        let mixing = stream.named("mixing").normal([features, features])
        let rows = matrixProduct(stream.named("rows").normal([rows, features]), mixing)
        return ClipFeatures(size: features, values: rows.scalars)
    }

    private func seconds(_ values: [Double]) -> Report.Seconds {
        let sorted = values.sorted()
        return Report.Seconds(median: sorted[sorted.count / 2], minimum: sorted[0], maximum: sorted[sorted.count - 1])
    }
}
