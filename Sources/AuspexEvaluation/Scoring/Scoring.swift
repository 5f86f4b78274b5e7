import AuspexMetrics
import AuspexRuns
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Compares two sets of clips, wherever they came from.
///
/// Metrics that compare a clip with its prediction take pairs; those that compare sets take all clips of each set. If all metrics compare sets, clips need
/// no partners, and the sets may differ in size. One clip of each side is in memory at a time, or only a part of it if every metric looks at single frames.
public struct Scoring {
    /// What is compared, and how.
    public var settings = ScoringSettings()
    /// Where features of known clips are kept; nil recomputes all of them.
    public var cache: FeatureCache?
    /// Where to write the features of all clips of both sides.
    public var featuresPlace: OutputPlace?
    /// Decoded bytes of a clip that are in memory at once, where no metric needs whole clips.
    package var pieceBytes = 16 << 20
    /// Maps names to metrics.
    public var registry = MetricRegistry.standard

    /// Scores with these settings, and without a cache.
    public init(_ settings: ScoringSettings = ScoringSettings()) { self.settings = settings }

    /// - Parameters:
    ///   - real: a source, or a file of features.
    ///   - predicted: a source, or a file of features.
    ///   - progress: is given how many clips or pairs are done, of how many.
    /// - Throws: `VideoError` where clips do not fit each other, `MetricError` where they cannot be compared, `FileError` for files of features that
    /// come from another network or preprocessing.
    public func score(
        real: String, predicted: String, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> ScoringReport {
        if settings.kind == .embeddings { return try scoreEmbeddings(real: real, predicted: predicted) }
        return try score(real, predicted, progress: progress) {
            (
                real: try ScoredSide(real, as: .real, options: settings.sourceOptions),
                predicted: try ScoredSide(predicted, as: .predicted, options: settings.sourceOptions)
            )
        }
    }

    /// Compares clips of any two sources, which must be able to inspect their items (`ClipSource.inspectEach`).
    ///
    /// - Throws: as for sources that are given by name.
    public func score(
        real: any ClipSource, predicted: any ClipSource, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> ScoringReport {
        try score(real.description, predicted.description, progress: progress) {
            (real: .clips(try ScoredSet(real)), predicted: .clips(try ScoredSet(predicted)))
        }
    }

    private func score(
        _ real: String, _ predicted: String, progress: (Int, Int) -> Void,
        opening: () throws -> (real: ScoredSide, predicted: ScoredSide)
    ) throws -> ScoringReport {
        var metricSettings = MetricSettings(
            seed: settings.seed, cache: cache,
            needsNetworks: ![real, predicted].allSatisfy(ScoredSide.isFeatures),
            wantsIntervals: settings.wantsIntervals, precision: settings.precision ?? .float32)
        var metrics = try settings.metrics.map { try registry.metric(named: $0, settings: metricSettings) }
        var sides = try opening()
        // If one side is a field, everything is compared as floats on the field's scale: neither side is rounded to bytes.
        if let scale = try [sides.real, sides.predicted].compactMap({ try $0.format }).first(where: {
            $0.elementType != .uint8
        }) {
            sides = (sides.real.scaled(to: scale), sides.predicted.scaled(to: scale))
            metricSettings.peak = scale.peak
            metrics = try settings.metrics.map { try registry.metric(named: $0, settings: metricSettings) }
        }
        let work = try ClipComparison(
            metrics, settings, real: sides.real, predicted: sides.predicted,
            keepsFeatures: featuresPlace != nil, pieceBytes: pieceBytes)
        try work.run(progress: progress)
        if let featuresPlace { try work.saveFeatures(at: featuresPlace, real: real, predicted: predicted) }
        let results = try work.results()
        var notes = work.notes
        if settings.precision == .bfloat16, !Kernels.multiplyBFloat16 {
            notes.append(
                "the processor has no instructions for bfloat16: numbers rounded to it went through float32, which saves nothing"
            )
        }
        if let problem = cache?.problem { notes.append("features are not cached: \(problem)") }
        return report(real, predicted, pairing: work.pairing, results: results, notes: notes, sets: work.sets)
    }

    private func scoreEmbeddings(real: String, predicted: String) throws -> ScoringReport {
        let metrics = try settings.metrics.map { try EmbeddingMetric(named: $0) }
        let (first, second) = (try Embeddings.read(real), try Embeddings.read(predicted))
        guard first.size == second.size else {
            throw FileError(
                .unsupported, path: predicted, found: "rows of \(second.size, "number")",
                expected: "\(first.size), as in \(real)", advice: "compare features of the same network")
        }
        let metricSettings = MetricSettings(seed: settings.seed, wantsIntervals: settings.wantsIntervals)
        let results = metrics.map {
            ($0.rawValue, $0.result(real: first, predicted: second, settings: metricSettings))
        }
        func set(_ path: String, _ rows: ClipFeatures) throws -> ScoringReport.ScoredClips {
            .init(
                kind: "embeddings", count: rows.count, isLossless: nil, sha256: try SHA256.hexadecimal(ofFile: path),
                list: [])
        }
        return report(
            real, predicted, pairing: "as sets", results: Dictionary(uniqueKeysWithValues: results), notes: [],
            sets: .init(real: try set(real, first), predicted: try set(predicted, second)))
    }

    private func report(
        _ real: String, _ predicted: String, pairing: String, results: [String: MetricResult], notes: [String],
        sets: ScoringReport.Sets
    ) -> ScoringReport {
        ScoringReport(
            version: ProgramVersion.current, real: real, predicted: predicted, pairing: pairing,
            clips: min(sets.real.count, sets.predicted.count), metrics: results, notes: notes, settings: settings,
            sets: sets,
            machine: .current)
    }
}
