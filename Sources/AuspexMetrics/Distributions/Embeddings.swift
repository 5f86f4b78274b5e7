import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// The user's own features: a `.npy` array `[N, D]` of floats, a row for each clip, picture or other object.
public enum Embeddings {
    /// - Returns: the rows, as float32.
    /// - Throws: `FileError` where the array has another type or shape, has fewer than two rows, or holds numbers that are not finite or whose differences
    ///   float32 cannot hold.
    public static func read(_ path: String) throws -> ClipFeatures {
        let array = try NumPyArray(path: path)
        func refused(_ found: String, _ expected: String, _ advice: String) -> FileError {
            FileError(.unsupported, path: path, found: found, expected: expected, advice: advice)
        }
        guard array.element.isFloatingPoint else {
            throw refused(
                "numbers of type \(array.element)", "float32 or float64", "save it with .astype(np.float32)")
        }
        guard array.shape.count == 2, array.shape[1] > 0 else {
            throw refused(
                "an array of shape \(array.shape)", "[N, D]: a row of features for each clip",
                "save it as array.reshape(len(array), -1), if that is what it is")
        }
        guard array.shape[0] > 1 else {
            throw refused(
                "\(array.shape[0], "row")", "at least two, as a distribution of one has no width", "score more of them")
        }
        let (count, size) = (array.shape[0], array.shape[1])
        var features = ClipFeatures(size: size)
        var columns = Columns(size)
        let block = max(1, (1 << 16) / size)
        for first in stride(from: 0, to: count, by: block) {
            let rows = try array.doubles(from: first * size, count: min(block, count - first) * size)
            if let place = rows.firstIndex(where: { !Float($0).isFinite }) {
                throw refused(
                    "\(rows[place]) in row \(first + place / size), column \(place % size)",
                    "finite numbers of float32's range", "look at what wrote it, or leave the row out")
            }
            if array.element == .float64 { columns.add(rows) }
            features.append(rows.map { Float($0) })
        }
        if let column = columns.firstLost(of: count) {
            throw refused(
                "a column \(column) whose numbers differ by less than float32 can tell", "features near their spread",
                "subtract the columns' means from both arrays first (a kernel distance changes by that)")
        }
        return features
    }

    /// Whether the differences between float64 numbers survive in float32, column by column.
    private struct Columns {
        private var first: [Double] = []
        private var sums: [Double]
        private var squares: [Double]
        private var greatest: [Double]

        init(_ size: Int) {
            (sums, squares, greatest) = (
                Array(repeating: 0, count: size), Array(repeating: 0, count: size), Array(repeating: 0, count: size)
            )
        }

        mutating func add(_ rows: [Double]) {
            let size = sums.count
            if first.isEmpty { first = Array(rows[..<size]) }
            for (index, value) in rows.enumerated() {
                let column = index % size
                let offset = value - first[column]
                sums[column] += offset
                squares[column] += offset * offset
                greatest[column] = max(greatest[column], abs(value))
            }
        }

        /// A column whose standard deviation is less than 100 rounding errors.
        func firstLost(of count: Int) -> Int? {
            guard !first.isEmpty else { return nil }
            return sums.indices.first { column in
                let mean = sums[column] / Double(count)
                let deviation = max(0, squares[column] / Double(count) - mean * mean).squareRoot()
                return deviation > 0 && deviation < 100 * greatest[column] * 0x1p-24
            }
        }
    }
}

/// A distance between two sets of the user's features.
public enum EmbeddingMetric: String, Sendable, CaseIterable {
    /// Fréchet distance, covariances with n − 1.
    case frechet
    /// With n, as `numpy.cov(…, bias=True)`.
    case frechetAll = "frechet:n"
    /// Unbiased squared MMD, kernel `(x·y / D + 1)³`, mean over 100 random subsets of at most 1,000 rows.
    case kernel
    /// Kernel `(x·y + 1)³`.
    case kernelPlain = "kernel:plain"
    /// Kernel `(x·y / D + 1)³`, all rows at once.
    case kernelAll = "kernel:all"

    /// - Throws: `MetricError.unknown`, naming the nearest known name.
    public init(named name: String) throws {
        let known = Self.allCases.map(\.rawValue)
        guard let found = Self(rawValue: name) else {
            throw MetricError.unknown(name: name, nearest: NearestName.of(name, among: known), known: known)
        }
        self = found
    }

    /// What exactly is computed, in one line to be printed beside the number.
    ///
    /// - Parameter size: D, numbers of a row.
    public func convention(size: Int) -> String {
        switch self {
        case .frechet, .frechetAll:
            "Fréchet distance of \(size, "number") a row, covariances with \(self == .frechet ? "n − 1" : "n")"
        case .kernel, .kernelPlain, .kernelAll:
            "unbiased squared MMD of \(size, "number") a row, kernel (x·y\(self == .kernelPlain ? "" : " / \(size)") + 1)³, "
                + (self == .kernelAll
                    ? "all rows at once"
                    : "mean over \(KernelVideoDistance.subsets) random subsets of min(\(KernelVideoDistance.subsetSize), rows) of each set")
        }
    }

    /// - Parameters:
    ///   - real: at least two rows.
    ///   - predicted: at least two rows of the same length.
    ///   - settings: the seed, and whether intervals are wanted.
    public func result(
        real: ClipFeatures, predicted: ClipFeatures, settings: MetricSettings = MetricSettings()
    ) -> MetricResult {
        let stream = RandomStream(seed: settings.seed, name: rawValue)
        let convention = convention(size: real.size)
        switch self {
        case .frechet, .frechetAll:
            var result = FrechetEstimates.result(
                real, predicted, divisor: self == .frechet ? .lessOne : .all, from: stream,
                wantsInterval: settings.wantsIntervals, convention: convention)
            if result.clips <= real.size {
                result.notes.append(
                    "\(result.clips, "row") of \(real.size, "number"): no more rows than numbers, so covariances are singular and "
                        + "the value is biased upward by much")
            } else if result.atInfinity != nil {
                result.notes.append("the value of \(result.clips, "row") is biased upward")
            }
            if let extrapolated = result.atInfinity {
                result.notes.append(
                    "extrapolated to infinitely many rows: \(NumberText.nearest(extrapolated, decimals: 6))")
            }
            return result
        case .kernel, .kernelPlain, .kernelAll:
            return KernelDistance.result(
                real, predicted, kernel: self == .kernelPlain ? .plain : .scaled,
                overSubsets: self == .kernelAll ? nil : (KernelVideoDistance.subsets, KernelVideoDistance.subsetSize),
                from: stream, convention: convention)
        }
    }
}
