import AuspexConfiguration
import AuspexMetrics
import AuspexRuns
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// A comparison in progress: checked completely before the first clip is decoded, then computed clip by clip.
final class ClipComparison {
    private let metrics: [any Metric]
    private let accumulators: [any MetricAccumulator]
    private let settings: ScoringSettings
    private let pieceBytes: Int
    private let sides: [MetricSide: ScoredSide]
    /// How clips found their partners.
    let pairing: String
    /// Pairs of clips; nil if sets are compared.
    private let pairs: [(real: Int, predicted: Int)]?
    /// Clips of each set that are compared, in order.
    private let chosen: [MetricSide: [Int]]
    private let form: ComparisonShape
    private var records: [MetricSide: [ClipRecord]] = [.real: [], .predicted: []]

    /// - Parameters:
    ///   - keepsFeatures: whether features will be saved, which needs a metric that computes them.
    ///   - pieceBytes: decoded bytes of a clip that are in memory at once, where no metric needs whole clips.
    /// - Throws: as `Scoring.score`: everything that can be known to be wrong before any clip is decoded.
    init(
        _ metrics: [any Metric], _ settings: ScoringSettings, real: ScoredSide, predicted: ScoredSide,
        keepsFeatures: Bool, pieceBytes: Int
    ) throws {
        self.metrics = metrics
        self.settings = settings
        self.pieceBytes = pieceBytes
        accumulators = metrics.map { $0.makeAccumulator() }
        let ofSets = zip(metrics, accumulators).filter { $1 is any SetMetricAccumulator }.map(\.0)
        let ofPairs = zip(metrics, accumulators).filter { !($1 is any SetMetricAccumulator) }.map(\.0)
        if keepsFeatures, !accumulators.contains(where: { $0 is any FeatureAccumulating }) {
            throw ConfigurationError(
                "features cannot be kept: none of \(settings.metrics.joined(separator: ", ")) looks at features; add fvd or kvd",
                remedies: [.keepFeatures, .metrics(settings.metrics + ["fvd"])])
        }
        var (real, predicted) = (real, predicted)
        if let metric = ofPairs.first {
            if case .clips(let first) = real, case .clips(let second) = predicted {
                let alike = try ScoredSet.alike(first, second)
                (real, predicted) = (.clips(alike.real), .clips(alike.predicted))
            }
            (pairs, pairing) = try Self.pairs(real, predicted, for: metric, settings)
            chosen = [.real: pairs?.map(\.real) ?? [], .predicted: pairs?.map(\.predicted) ?? []]
        } else {
            (pairs, pairing) = (nil, "as sets")
            chosen = [
                .real: try Self.drawn(real, .real, settings),
                .predicted: try Self.drawn(predicted, .predicted, settings),
            ]
        }
        sides = [.real: real, .predicted: predicted]
        for side in MetricSide.allCases where (chosen[side]?.count ?? 0) < 2 {
            if let metric = ofSets.first { throw MetricError.oneClip(of: side, metric: metric.name) }
        }
        // Pairs, too: otherwise long clips would count no more than short ones, and a curve's later steps would be about other clips than its first.
        form = try ComparisonShape(
            [(side: real, clips: chosen[.real] ?? []), (side: predicted, clips: chosen[.predicted] ?? [])], settings)
        try checkFeatures()
    }

    // MARK: Before the work

    private static func pairs(
        _ real: ScoredSide, _ predicted: ScoredSide, for metric: any Metric, _ settings: ScoringSettings
    ) throws -> (pairs: [(real: Int, predicted: Int)], rule: String) {
        for side in [real, predicted] {
            guard case .saved(_, let path) = side else { continue }
            throw FileError(
                .unsupported, path: path, found: "features", expected: "clips, whose pixels \(metric.name) compares",
                advice: "give the clips, or ask for fvd and kvd only", remedies: [.metrics(["fvd", "kvd"])])
        }
        guard case .clips(let first) = real, case .clips(let second) = predicted else { return ([], "") }
        let pairing = try Pairing(first, second)
        guard let wanted = settings.clips else { return (pairing.pairs, pairing.rule) }
        try checkCount(wanted, of: pairing.pairs.count, first.source.description)
        let drawn = RandomStream(seed: settings.seed, name: "score").sample(wanted, below: pairing.pairs.count)
        return (drawn.sorted().map { pairing.pairs[$0] }, pairing.rule)
    }

    private static func drawn(_ side: ScoredSide, _ name: MetricSide, _ settings: ScoringSettings) throws -> [Int] {
        guard let wanted = settings.clips else { return Array(0..<side.count) }
        let source =
            switch side {
            case .clips(let set): set.source.description
            case .saved(_, let path): path
            }
        try checkCount(wanted, of: side.count, source)
        let stream = RandomStream(seed: settings.seed, name: "score").named(name.rawValue)
        return stream.sample(wanted, below: side.count).sorted()
    }

    private static func checkCount(_ wanted: Int, of count: Int, _ source: String) throws {
        guard wanted <= count else {
            throw VideoError(
                .badSource, source,
                "has \(count, "clip"), \(wanted) were asked for: ask for no more than there are", remedies: [.clipCount]
            )
        }
    }

    /// Features from files must be of the kind that metrics use.
    private func checkFeatures() throws {
        for (metric, accumulator) in zip(metrics, accumulators) {
            guard let accumulator = accumulator as? any FeatureAccumulating else { continue }
            for side in sides.values {
                guard case .saved(let saved, let path) = side else { continue }
                _ = try saved.features(
                    accumulator.preparation, accumulator.precision, for: metric.name, in: path)
            }
        }
    }

    // MARK: The work

    func run(progress: (Int, Int) -> Void) throws {
        if let pairs {
            for (done, pair) in pairs.enumerated() {
                try compare(pair)
                progress(done + 1, pairs.count)
            }
            return
        }
        let total = chosen.values.reduce(0) { $0 + $1.count }
        var done = 0
        for name in MetricSide.allCases {
            let clips = chosen[name] ?? []
            if case .saved(let saved, let path)? = sides[name] {
                try take(saved, path, clips, as: name)
                done += clips.count
                progress(done, total)
                continue
            }
            for number in clips {
                let pixels = try clip(number, of: name)
                for case let accumulator as any SetMetricAccumulator in accumulators {
                    try accumulator.add(pixels, to: name)
                }
                done += 1
                progress(done, total)
            }
        }
    }

    private func compare(_ pair: (real: Int, predicted: Int)) throws {
        let piecewise = accumulators.compactMap { $0 as? PairedAccumulator }.filter(\.takesPieces)
        guard piecewise.count == accumulators.count else {
            let real = try clip(pair.real, of: .real)
            let predicted = try clip(pair.predicted, of: .predicted)
            for accumulator in accumulators { try accumulator.add(real: real, predicted: predicted) }
            return
        }
        var real = reading(pair.real, of: .real)
        var predicted = reading(pair.predicted, of: .predicted)
        let bytes = try sides[.real]?.format?.elementType.sizeBytes ?? 1
        let piece = max(1, pieceBytes / (3 * bytes * form.size.height * form.size.width))
        for _ in stride(from: 0, to: form.frames, by: piece) {
            let (first, second) = (try real.next(piece), try predicted.next(piece))
            for accumulator in piecewise { try accumulator.add(pieceOf: first, predicted: second) }
        }
        for accumulator in piecewise { accumulator.finishClip() }
        records[.real]?.append(real.record)
        records[.predicted]?.append(predicted.record)
    }

    /// Decodes a whole clip and records it.
    private func clip(_ number: Int, of side: MetricSide) throws -> Tensor {
        var reading = reading(number, of: side)
        let clip = try reading.next(form.frames)
        records[side]?.append(reading.record)
        return clip
    }

    private func reading(_ number: Int, of side: MetricSide) -> ClipReading {
        guard case .clips(let set)? = sides[side] else { stopProgram("ClipComparison", "no clips on the \(side) side") }
        return ClipReading(number, of: set, as: form)
    }

    private func take(_ saved: SavedFeatures.Side, _ path: String, _ clips: [Int], as side: MetricSide) throws {
        let taken = clips.map { saved.clips[$0] }
        for (metric, accumulator) in zip(metrics, accumulators) {
            guard let accumulator = accumulator as? any FeatureAccumulating else {
                throw FileError(
                    .unsupported, path: path, found: "features", expected: "clips for \(metric.name)",
                    advice: "give the clips, or leave \(metric.name) out")
            }
            let rows = try saved.features(
                accumulator.preparation, accumulator.precision, for: metric.name, in: path)
            try accumulator.add(
                rows.rows(clips), frames: taken.first?.frames ?? 0, areGrey: taken.contains { $0.channels == 1 },
                to: side)
        }
        records[side] = taken
    }

    // MARK: After the work

    func results() throws -> [String: MetricResult] {
        // A metric that is named twice has one result.
        try Dictionary(zip(metrics, accumulators).map { ($0.name, try $1.result()) }) { first, _ in first }
    }

    func saveFeatures(at place: OutputPlace, real: String, predicted: String) throws {
        var features: [MetricSide: [String: ClipFeatures]] = [:]
        var preparations: [FramePreparation] = []
        for case let accumulator as any FeatureAccumulating in accumulators
        where !preparations.contains(accumulator.preparation) {
            preparations.append(accumulator.preparation)
            for side in MetricSide.allCases {
                features[side, default: [:]][accumulator.preparation.rawValue] = try accumulator.features(of: side)
            }
        }
        let saved = Dictionary(
            uniqueKeysWithValues: MetricSide.allCases.map { side in
                let source = side == .real ? real : predicted
                return (
                    side,
                    SavedFeatures.Side(
                        source: source, isLossless: sides[side]?.isLossless ?? true,
                        precision: settings.precision ?? .float32, clips: records[side] ?? [],
                        features: features[side] ?? [:])
                )
            })
        try place.writeFile {
            try SavedFeatures.write(saved, preparations: preparations, version: ProgramVersion.current, to: $0)
        }
    }

    var sets: ScoringReport.Sets {
        func set(_ side: MetricSide) -> ScoringReport.ScoredClips {
            let list = records[side] ?? []
            var hash = SHA256()
            for record in list { Array(record.sha256.utf8).withUnsafeBytes { hash.update($0) } }
            var kind = "clips"
            if case .saved? = sides[side] { kind = "features" }
            return .init(
                kind: kind, count: list.count, isLossless: sides[side]?.isLossless, sha256: hash.hexadecimal, list: list
            )
        }
        return .init(real: set(.real), predicted: set(.predicted))
    }

    var notes: [String] {
        var notes: [String] = []
        if sides[.real]?.isLossless != sides[.predicted]?.isLossless {
            notes.append(
                ScoredSet.lossyNote + " (write predictions as .mkv, .npy or PNG frames)"
            )
        }
        for name in MetricSide.allCases {
            if case .clips(let set)? = sides[name] { notes += set.source.valueNotes }
        }
        return notes
    }
}
