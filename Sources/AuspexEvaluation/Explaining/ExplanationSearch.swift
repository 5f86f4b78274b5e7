import AuspexMetrics
import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// The work of an explanation: passes through the network, the number under every recipe, and the conclusions.
final class ExplanationSearch {
    /// The number under one recipe.
    struct Finding {
        let deviations: [PipelineVariant]
        let recipe: MetricPipeline
        let value: Double
        /// Clips that the value is estimated from; nil if it was computed.
        var estimatedFrom: Int?
        /// The standard deviation of an estimate.
        var uncertainty = 0.0
    }

    private let settings: Explanation
    private let found: ExplainedCase
    private let tell: (Explanation.Event) -> Void
    private let bank: PipelineFeatureCache
    private var reported: ReportedValue
    private let clock = ContinuousClock()
    private let stageStart: StageStart
    private var spreads: [MetricPipeline: [Double]] = [:]

    /// Where a stage began, shared with the bank's progress report.
    private final class StageStart { var clips = 0 }

    init(
        settings: Explanation, of found: ExplainedCase,
        extractor: @escaping (FramePreparation) throws -> FeatureExtractor, tell: @escaping (Explanation.Event) -> Void
    ) {
        self.settings = settings
        reported = settings.reported
        self.found = found
        self.tell = tell
        let start = StageStart()
        stageStart = start
        bank = PipelineFeatureCache(clips: found.clips, extractor: extractor) { tell(.done($0 - start.clips)) }
    }

    /// - Parameter reported: the value to explain; for a second value, the search reuses what it has computed.
    func report(_ reported: ReportedValue) throws -> ExplanationReport {
        self.reported = reported
        let cost = Explanation.Cost(of: found, settings: settings)
        tell(.planned(cost))
        var work = try timed {
            try make(PipelineFeatureCache.passes(of: found.definition).map { ($0, found.count($0.side)) })
        }
        let definition = finding([])
        tell(.defined(metric: found.metric.name, value: definition.value))
        // Cached clips say nothing about how long the others take.
        let (trial, perPass) = (min(4, settings.screen), cost.screening == nil ? Int.max : settings.screen)
        for pass in found.passes where work.clips == 0 {
            work = try timed { try make([(pass, min(trial, found.count(pass.side)))]) }
        }
        let left = found.passes.reduce(0) { $0 + bank.missing($1, clips: min(perPass, found.count($1.side))) }
        tell(.expected(.init(clips: left, after: work, isFirstLook: cost.screening != nil)))
        let singles = try singleFindings(definition)
        let pairs = try pairFindings(definition, singles)
        return assembled(definition, singles, pairs.shown, tried: pairs.values)
    }

    /// Runs `work`, and reports how long it took and how many clips went through the network in it, not counting cached ones.
    private func timed(_ body: () throws -> Void) rethrows -> (seconds: Double, clips: Int) {
        func passed() -> Int { settings.cache?.counts.computed ?? bank.clipsDone }
        let (began, before) = (clock.now, passed())
        try body()
        return ((clock.now - began).seconds, passed() - before)
    }

    // MARK: Passes

    private func make(_ passes: [(pass: PipelineFeatureCache.Pass, clips: Int)]) throws {
        let missing = passes.reduce(0) { $0 + bank.missing($1.pass, clips: $1.clips) }
        guard missing > 0 else { return }
        stageStart.clips = bank.clipsDone
        tell(.stage(clips: missing))
        for (pass, clips) in passes { try bank.make(pass, clips: clips) }
    }

    private func isMade(_ recipe: MetricPipeline) -> Bool {
        PipelineFeatureCache.passes(of: recipe).allSatisfy { bank.missing($0, clips: recipe[$0.side].clips) == 0 }
    }

    private func finding(_ deviations: [PipelineVariant]) -> Finding {
        let recipe = deviations.reduce(found.definition) { $1.applied(to: $0) }
        return Finding(deviations: deviations, recipe: recipe, value: value(recipe))
    }

    private func value(_ recipe: MetricPipeline, most: Int? = nil) -> Double {
        recipe.distance(bank.features(recipe, .real, most: most), bank.features(recipe, .predicted, most: most))
    }

    /// Values over the same draws of clips for every recipe with the same number of clips.
    private func spread(_ recipe: MetricPipeline, most: Int? = nil) -> [Double] {
        if most == nil, let known = spreads[recipe] { return known }
        let stream = RandomStream(seed: settings.seed, name: "explain")
        let values = FrechetEstimates.spread(
            bank.features(recipe, .real, most: most), bank.features(recipe, .predicted, most: most), from: stream
        ) { recipe.distance($0, $1) }
        if most == nil { spreads[recipe] = values }
        return values
    }

    // MARK: Singles

    private func singleFindings(_ definition: Finding) throws -> [Finding] {
        let screen = settings.screen
        let isScreened = max(found.count(.real), found.count(.predicted)) > 2 * screen
        guard isScreened else {
            try make(found.passes.map { ($0, found.count($0.side)) })
            return found.deviations.map { finding([$0]) }
        }
        try make(found.passes.map { ($0, min(screen, found.count($0.side))) })
        let looks = found.deviations.map { estimate([$0], definition) }
        let worthwhile = looks.filter { $0.estimatedFrom != nil && isPlausible($0, definition) }
        var wanted: Set<PipelineFeatureCache.Pass> = []
        let passes = worthwhile.flatMap { PipelineFeatureCache.passes(of: $0.recipe) }.filter {
            wanted.insert($0).inserted
        }
        tell(.screened(worthwhile.count, of: found.deviations.count))
        try make(passes.map { ($0, found.count($0.side)) })
        return looks.map { isMade($0.recipe) ? finding($0.deviations) : $0 }
    }

    /// Estimates the value on all clips from that on a few: a deviation changes the number by about the same factor on any clips, and this factor scatters far
    /// less than the numbers do, as both come from the same clips.
    private func estimate(_ deviations: [PipelineVariant], _ definition: Finding) -> Finding {
        let recipe = deviations.reduce(found.definition) { $1.applied(to: $0) }
        guard !isMade(recipe) else { return finding(deviations) }
        let screen = settings.screen
        let (here, there) = (value(recipe, most: screen), value(found.definition, most: screen))
        let draws = zip(spread(recipe, most: screen), spread(found.definition, most: screen))
        var estimate = Finding(deviations: deviations, recipe: recipe, value: 0, estimatedFrom: screen)
        if found.metric.distance.isFrechet, there > 0 {
            let ratios = draws.map { $1 > 0 ? $0 / $1 : 1 }
            estimate = Finding(
                deviations: deviations, recipe: recipe, value: definition.value * here / there, estimatedFrom: screen,
                uncertainty: abs(definition.value) * FrechetEstimates.deviation(of: ratios))
        } else {
            estimate = Finding(
                deviations: deviations, recipe: recipe, value: definition.value + here - there, estimatedFrom: screen,
                uncertainty: FrechetEstimates.deviation(of: draws.map { $0 - $1 }))
        }
        return estimate
    }

    /// Whether the true value may still be the reported one: within three standard deviations of the estimate, and a quarter of the deviation's effect, because
    /// the factor differs between few clips and many.
    private func isPlausible(_ finding: Finding, _ definition: Finding) -> Bool {
        let slack =
            3 * finding.uncertainty + 0.25 * abs(finding.value - definition.value) + 0.02 * abs(definition.value)
        return abs(finding.value - reported.value) <= reported.tolerance + slack
    }

    // MARK: Pairs

    private func pairFindings(
        _ definition: Finding, _ singles: [Finding]
    ) throws -> (shown: [Finding], values: [Double]) {
        let isExplained = ([definition] + singles).contains { explains($0) }
        guard settings.pairs == .all || settings.pairs == .auto && !isExplained else { return ([], []) }
        let useful = singles.filter { changes($0, definition) }
        let known = Set(([definition] + singles).map(\.recipe))
        var candidates: [(pair: [PipelineVariant], recipe: MetricPipeline, guess: Double)] = []
        for (number, first) in useful.enumerated() {
            for second in useful[(number + 1)...]
            where first.deviations[0].axes.isDisjoint(with: second.deviations[0].axes) {
                let pair = first.deviations + second.deviations
                let recipe = pair.reduce(found.definition) { $1.applied(to: $0) }
                let guess =
                    found.metric.distance.isFrechet && definition.value > 0
                    ? first.value * second.value / definition.value : first.value + second.value - definition.value
                if !known.contains(recipe) { candidates.append((pair, recipe, guess)) }
            }
        }
        let free = candidates.filter { isMade($0.recipe) }.map { finding($0.pair) }
        var findings = free
        let costly = candidates.filter { !isMade($0.recipe) }
            .sorted { abs($0.guess - reported.value) < abs($1.guess - reported.value) }
        if settings.pairs == .all || !free.contains(where: explains) {
            let chosen = affordable(costly.map { ($0.pair, $0.recipe) })
            if !chosen.isEmpty { tell(.pairing(chosen.count, of: costly.count)) }
            var wanted: Set<PipelineFeatureCache.Pass> = []
            let passes = chosen.flatMap { PipelineFeatureCache.passes(of: $0.recipe) }.filter {
                wanted.insert($0).inserted
            }
            try make(passes.map { ($0, found.count($0.side)) })
            findings += chosen.map { finding($0.pair) }
        }
        let nearest = findings.sorted { abs($0.value - reported.value) < abs($1.value - reported.value) }
        return (Array(nearest.prefix(10)), findings.map(\.value))
    }

    /// Of the pairs that need passes, the likeliest, for as many clips through the network as have gone through it so far.
    private func affordable(_ pairs: [(pair: [PipelineVariant], recipe: MetricPipeline)]) -> [(
        pair: [PipelineVariant], recipe: MetricPipeline
    )] {
        guard settings.pairs != .all else { return pairs }
        var budget = bank.clipsDone
        var counted: Set<PipelineFeatureCache.Pass> = []
        return pairs.prefix { _, recipe in
            let passes = PipelineFeatureCache.passes(of: recipe).filter { !counted.contains($0) }
            budget -= passes.reduce(0) { $0 + bank.missing($1, clips: found.count($1.side)) }
            counted.formUnion(passes)
            return budget >= 0
        }
    }

    // MARK: What it says

    private func explains(_ finding: Finding) -> Bool {
        finding.estimatedFrom == nil && reported.isMet(by: finding.value)
    }

    private func changes(_ finding: Finding, _ definition: Finding) -> Bool {
        abs(finding.value - definition.value) > 1e-6 * abs(definition.value)
    }

    private func row(_ finding: Finding, _ definition: Finding) -> ExplanationReport.Row {
        let difference = finding.value - reported.value
        let effect = finding.value - definition.value
        var row = ExplanationReport.Row(
            deviations: finding.deviations.map(\.name),
            summary: finding.deviations.map(\.summary).joined(separator: "; "),
            value: finding.value, difference: difference, effect: effect, verdict: .no,
            estimatedFromClips: finding.estimatedFrom, recipe: finding.recipe)
        if finding.estimatedFrom == nil {
            let draws = spread(finding.recipe)
            let deviation = FrechetEstimates.deviation(of: draws)
            row.standardError = deviation
            row.standardErrors = deviation > 0 ? abs(difference) / (2.0.squareRoot() * deviation) : nil
            if [MetricSide.real, .predicted].allSatisfy({ finding.recipe[$0].clips == found.count($0) }) {
                row.effectStandardError = FrechetEstimates.deviation(
                    of: zip(draws, spread(found.definition)).map { $0 - $1 })
            }
        }
        let looseness = finding.deviations.reduce(0) { $0 + $1.looseness }
        if !finding.deviations.isEmpty, !changes(finding, definition) {
            row.verdict = .same
        } else if explains(finding) {
            row.verdict = .explains
        } else if (row.standardErrors ?? .infinity) <= 2
            || looseness > 0 && abs(difference) <= looseness * abs(effect)
        {
            row.verdict = .possible
        }
        return row
    }

    private func assembled(
        _ definition: Finding, _ singles: [Finding], _ pairs: [Finding], tried: [Double]
    ) -> ExplanationReport {
        func ranked(_ findings: [Finding]) -> [ExplanationReport.Row] {
            findings.map { row($0, definition) }.sorted { first, second in
                first.verdict.rank != second.verdict.rank
                    ? first.verdict.rank < second.verdict.rank : abs(first.difference) < abs(second.difference)
            }
        }
        let rows = (row(definition, definition), ranked(singles), ranked(pairs))
        let chance = [
            "singles": expectedByChance(singles.map(\.value)), "pairs": expectedByChance(tried),
        ]
        let count = clipCount(definition)
        return ExplanationReport(
            metric: found.metric.name, convention: found.metric.convention,
            weights: "\(WeightsFile.i3d.rawValue), SHA-256 \(WeightsFile.i3d.checksum)", reported: reported.value,
            tolerance: reported.tolerance, real: source(.real), predicted: source(.predicted),
            clips: perSide { found.count($0) }, clipsThere: perSide { found.clips[$0]?.set.items.count ?? 0 },
            clipFrames: found.facts.frames, contextFrames: found.facts.context, seed: settings.seed, definition: rows.0,
            singles: rows.1, pairs: rows.2, pairsTried: tried.count, expectedByChance: chance, clipCount: count,
            conclusion: ExplanationReport.conclusion(
                reported: reported.text, definition: rows.0, singles: rows.1, pairs: rows.2,
                chance: chance["pairs"] ?? 0),
            notes: notes)
    }

    private func source(_ side: MetricSide) -> String { found.clips[side]?.set.source.description ?? "" }

    private func perSide(_ body: (MetricSide) -> Int) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: MetricSide.allCases.map { ($0.rawValue, body($0)) })
    }

    /// How many values of this density around the reported one would match it by chance.
    private func expectedByChance(_ values: [Double]) -> Double {
        let reach = max(0.2 * abs(reported.value), 10 * reported.tolerance)
        let near = values.count { abs($0 - reported.value) <= reach }
        return Double(near) * reported.tolerance / reach
    }

    /// A Fréchet distance of n clips is too large by about c/n.
    private func clipCount(_ definition: Finding) -> ExplanationReport.ClipCount? {
        guard case .frechet(let divisor) = found.metric.distance,
            let atInfinity = FrechetEstimates.atInfinity(
                bank.features(found.definition, .real), bank.features(found.definition, .predicted), divisor: divisor,
                from: RandomStream(seed: settings.seed, name: "explain/infinity"))
        else { return nil }
        let clips = Double(min(found.count(.real), found.count(.predicted)))
        let slope = (definition.value - atInfinity) * clips
        let needed = slope / (reported.value - atInfinity)
        let isMet = slope > 0 && needed >= 2 && needed < 1e6
        return ExplanationReport.ClipCount(atInfinity: atInfinity, needed: isMet ? Int(needed.rounded()) : nil)
    }

    private var notes: [String] {
        var notes: [String] = []
        let (used, there) = (found.count(.real), found.clips[.real]?.set.items.count ?? 0)
        let (usedPredicted, therePredicted) = (found.count(.predicted), found.clips[.predicted]?.set.items.count ?? 0)
        if (used, usedPredicted) != (there, therePredicted) {
            notes.append(
                "\(used) of \(there) real and \(usedPredicted) of \(therePredicted) predicted clips were used: if the reported value "
                    + "was measured on another number of clips, use that number: Fréchet distances decrease with sample size"
            )
        }
        if used != usedPredicted {
            notes.append("the sets are not equally large: \(used) real, \(usedPredicted) predicted")
        }
        if found.sizes.count > 1 {
            notes.append(
                "frames are of several sizes: " + found.sizes.map(\.description).sorted().joined(separator: ", "))
        }
        let lossless = MetricSide.allCases.map { found.clips[$0]?.set.isLossless ?? true }
        if lossless[0] != lossless[1] {
            notes.append(ScoredSet.lossyNote)
        }
        for side in MetricSide.allCases { notes += found.clips[side]?.set.source.valueNotes ?? [] }
        if let context = found.facts.context, found.facts.frames - context < FrechetVideoDistance.fewestFrames {
            notes.append(
                "deviations about context are not tried: without it \(found.facts.frames - context, "frame") would be left, and "
                    + "the network needs \(FrechetVideoDistance.fewestFrames)")
        }
        if found.facts.context == nil {
            notes.append("deviations about context are not tried: give the number of context frames")
        }
        return notes
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension ExplanationReport.Verdict {
    fileprivate var rank: Int {
        switch self {
        case .explains: 0
        case .possible: 1
        case .no: 2
        case .same: 3
        }
    }
}
