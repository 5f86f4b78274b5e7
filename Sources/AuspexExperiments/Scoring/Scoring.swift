import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// Compares two sets of clips, wherever they came from.
public struct Scoring: Sendable {
    /// Metrics by name.
    public var metrics = ["psnr", "ssim", "mse"]
    /// Frames of every clip that are compared, from its first on; nil takes whole clips, which must then be equally long.
    public var clipFrames: Int?
    /// How many pairs are drawn; nil takes all.
    public var clips: Int?
    /// What the pairs are drawn from.
    public var seed: UInt64 = 0
    /// The side that both are resized to; nil compares them as they are, and they must then be equally large.
    public var size: Int?
    public var options = SourceOptions()

    public init() {}

    /// What was found.
    public struct Report: Codable, Sendable, Equatable {
        public var schema = 1
        public var real: String
        public var predicted: String
        /// How clips found their partners: `by name`, `by order`.
        public var pairing: String
        public var clips: Int
        public var metrics: [String: MetricResult]
        public var notes: [String]

        /// A row for each metric, in the order asked for.
        public func table(of names: [String]) -> String {
            var table = TextTable(header: ["metric", "value", "95% interval"])
            for name in names {
                guard let result = metrics[name] else { continue }
                let interval = result.interval.map {
                    "\(EvaluationReport.number($0[0])) … \(EvaluationReport.number($0[1]))"
                }
                table.add([name, EvaluationReport.number(result.value), interval ?? ""])
            }
            let conventions = names.compactMap { name in metrics[name].map { "\(name): \($0.convention)" } }
            return table.text + "\n\n" + conventions.joined(separator: "\n")
        }
    }

    /// - Parameters:
    ///   - real: a source.
    ///   - predicted: a source.
    ///   - progress: is told how many pairs are done, of how many.
    /// - Throws: `VideoError` where clips do not pair, `MetricError` where they cannot be compared.
    public func score(
        real: String, predicted: String, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> Report {
        let settings = MetricSettings(seed: seed)
        let metrics = try metrics.map { try MetricRegistry.standard.metric(named: $0, settings: settings) }
        let (first, second) = (try ScoredSet(real, options: options), try ScoredSet(predicted, options: options))
        let pairing = try Pairing(first, second)
        var pairs = pairing.pairs
        if let clips, clips < pairs.count {
            let drawn = RandomStream(seed: seed, name: "score").sample(clips, below: pairs.count).sorted()
            pairs = drawn.map { pairing.pairs[$0] }
        }
        let accumulators = metrics.map { $0.makeAccumulator() }
        for (done, pair) in pairs.enumerated() {
            let form = try commonForm(first.items[pair.real], second.items[pair.predicted])
            let truth = try first.clip(pair.real, frames: form.frames, size: form.size)
            let guess = try second.clip(pair.predicted, frames: form.frames, size: form.size)
            for accumulator in accumulators { try accumulator.add(real: truth, predicted: guess) }
            progress(done + 1, pairs.count)
        }
        var notes: [String] = []
        if first.isLossless != second.isLossless {
            notes.append(
                "one side is lossy and the other is not: some of the difference is compression (write predictions as .mkv, .npy or PNG frames)"
            )
        }
        return Report(
            real: first.source.description, predicted: second.source.description, pairing: pairing.rule,
            clips: pairs.count,
            metrics: try Dictionary(
                uniqueKeysWithValues: zip(metrics, accumulators).map { ($0.name, try $1.result()) }),
            notes: notes)
    }

    /// The frames and the size in which two items are compared.
    private func commonForm(
        _ real: SourceReport.Item, _ predicted: SourceReport.Item
    ) throws -> (frames: Int, size: FrameSize) {
        let wanted = clipFrames ?? real.frameCount
        guard clipFrames != nil || real.frameCount == predicted.frameCount else {
            throw VideoError(
                .badSource, predicted.name,
                "has \(predicted.frameCount) frames, \(real.name) has \(real.frameCount): cut both alike with --clip-frames "
                    + "\(min(real.frameCount, predicted.frameCount))")
        }
        for item in [real, predicted] where item.frameCount < wanted {
            throw VideoError(
                .tooShort, item.name, "has \(item.frameCount) frames, --clip-frames asks for \(wanted): ask for fewer")
        }
        if let size { return (wanted, FrameSize(size)) }
        guard let first = real.size, let second = predicted.size, first == second else {
            throw VideoError(
                .badSource, predicted.name,
                "has frames of \(predicted.size?.description ?? "no size"), \(real.name) of \(real.size?.description ?? "no size"): "
                    + "resize both with --size N")
        }
        return (wanted, first)
    }
}
