import AuspexConfiguration
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Finds which deviations from a metric's definition would explain a number that somebody reported for the same clips.
///
/// The number is computed under every deviation that people are known to make. What touches pixels costs a pass through the network, so on large sets every
/// such deviation is first looked at on a few clips, and only those that may explain the value are computed on all. Pairs follow where no single one explains it.
public struct Explanation: Sendable {
    /// Which pairs are looked at.
    public enum Pairs: String, Sendable, CaseIterable {
        /// Where no single deviation explains the value: those that cost no pass, then the likeliest others for as many passes as went before.
        case auto
        /// None.
        case none
        /// All, whatever they cost.
        case all
    }

    /// The metric that the number is said to be of; one of `Explanation.metrics`.
    public var metric = "fvd"
    /// The number that is to be explained.
    public var reported: ReportedValue
    /// Clips of each set, its first; nil takes all.
    public var clips: Int? = 64
    /// Clips of each set for the first look, where there are more than twice as many.
    public var screen = 16
    /// Frames of every clip, from its first on; nil takes whole clips.
    public var clipFrames: Int?
    /// Frames at the beginning of every clip that the predictor was given; nil leaves the question of context out.
    public var contextFrames: Int?
    /// What deviations are limited to, by what comes before the colon of their names; nil tries all.
    public var axes: Set<PipelineVariant.Axis>?
    /// Which pairs of deviations are looked at.
    public var pairs = Pairs.auto
    /// What draws of clips, for standard errors, are drawn from.
    public var seed: UInt64 = 0
    /// The size that both are brought to; nil leaves them.
    public var size: FrameSize?
    /// How both sources are opened.
    public var options = SourceOptions()
    /// Where features of clips seen before are kept; nil computes all anew.
    public var cache: FeatureCache?

    /// Looks for what explains a number, with the defaults for the rest.
    public init(reported: ReportedValue) { self.reported = reported }

    /// What happens meanwhile.
    public enum Event: Sendable {
        /// How many clips will go through the network.
        case planned(Cost)
        /// The value of a metric by its definition.
        case defined(metric: String, value: Double)
        /// How long the deviations will take.
        case expected(Expectation)
        /// How many of all deviations may explain the value by a first look, and are computed on all clips.
        case screened(Int, of: Int)
        /// No single deviation explains the value: how many pairs are computed, of those that need passes through the network.
        case pairing(Int, of: Int)
        /// Clips begin to go through the network, this many.
        case stage(clips: Int)
        /// How many of the stage are through.
        case done(Int)
    }

    /// - Parameters:
    ///   - real: a source.
    ///   - predicted: a source.
    /// - Throws: `MetricError` for a metric that does not exist, or clips that it cannot take; `ConfigurationError` for one whose departures are not known, and for
    ///   settings that do not fit; `VideoError` where clips cannot be read; `FileError` where the network's weights are absent.
    public func explain(
        real: String, predicted: String, tell: @escaping (Event) -> Void = { _ in }
    ) throws -> ExplanationReport {
        try explain(real: real, predicted: predicted, tell: tell) {
            try .shared($0, for: MetricSettings(cache: cache))
        }
    }

    /// With another network than I3D.
    package func explain(
        real: String, predicted: String, tell: @escaping (Event) -> Void,
        extractor: @escaping (FramePreparation) throws -> FeatureExtractor
    ) throws -> ExplanationReport {
        let reports = try explain([reported], real: real, predicted: predicted, tell: tell, extractor: extractor)
        return reports[0]
    }

    /// One value after the other; what goes through the network goes once for all.
    package func explain(
        _ values: [ReportedValue], real: String, predicted: String, tell: @escaping (Event) -> Void = { _ in },
        extractor: @escaping (FramePreparation) throws -> FeatureExtractor
    ) throws -> [ExplanationReport] {
        let found = try explained(real: real, predicted: predicted)
        // Absent weights are said before anything else is done.
        _ = try extractor(found.metric.preparation)
        let search = ExplanationSearch(settings: self, of: found, extractor: extractor, tell: tell)
        return try values.map { try search.report($0) }
    }

    /// Metrics whose deviations are known.
    public static var metrics: [String] { ExplainedMetric.names }

    /// What would be tried.
    public struct Plan: Encodable, Sendable {
        /// The version of the fields.
        public var schema = 1
        /// Single deviations, in the order in which they would be tried.
        public var deviations: [Entry]
        /// Clips that would go through the network: for the definition; for all single deviations; for a first look at them, where there is one.
        public var definitionClips: Int
        /// Clips through the network for all single deviations.
        public var singleClips: Int
        /// Clips through the network for a first look at single deviations; nil where all are computed at once.
        public var screeningClips: Int?
        /// Passes through the network beside the definition's: ways of preparing a set's clips.
        public var passes: Int

        /// A deviation that would be tried.
        public struct Entry: Codable, Sendable {
            /// `resize:centred`.
            public var name: String
            /// What it does, in words.
            public var summary: String
        }
    }

    /// What would be tried on clips, without trying it: needs no network.
    public func plan(real: String, predicted: String) throws -> Plan {
        let found = try explained(real: real, predicted: predicted)
        let cost = Cost(of: found, settings: self)
        return Plan(
            deviations: found.deviations.map { Plan.Entry(name: $0.name, summary: $0.summary) },
            definitionClips: cost.definition, singleClips: cost.singles, screeningClips: cost.screening,
            passes: cost.passes)
    }

    /// Opens the sets and finds which deviations can be told on them.
    private func explained(real: String, predicted: String) throws -> ExplainedCase {
        let metric = try ExplainedMetric(named: metric)
        if reported.value < 0, metric.distance.isFrechet {
            throw ConfigurationError(
                "reported value \(reported.text): \(metric.name) is never below 0; check the number",
                remedies: [.reportedValue])
        }
        let most = [clips, metric.mostClips].compactMap(\.self).min()
        func open(_ source: String, _ side: MetricSide) throws -> ExplainedClips {
            try ExplainedClips(
                source, side: side, options: options, most: most, frames: clipFrames, size: size)
        }
        let (first, second) = (try open(real, .real), try open(predicted, .predicted))
        for set in [first, second] where set.count < 2 {
            throw MetricError.oneClip(of: set.side, metric: metric.name)
        }
        guard first.frames == second.frames else {
            throw VideoError(
                .badSource, predicted,
                "has clips of \(second.frames, "frame"), \(real) of \(first.frames): cut both to "
                    + "\(min(first.frames, second.frames))", remedies: [.clipFrames(min(first.frames, second.frames))])
        }
        guard first.frames >= FrechetVideoDistance.fewestFrames else {
            throw MetricError.mismatch(
                metric: metric.name, found: "clips of \(first.frames, "frame")",
                expected: "at least \(FrechetVideoDistance.fewestFrames), or the network's strides leave nothing")
        }
        if let contextFrames, contextFrames >= first.frames {
            throw ConfigurationError(
                "context of \(contextFrames, "frame"): found clips of \(first.frames, "frame"), expected more than the context; "
                    + "name clips that hold context and prediction", remedies: [.contextFrames])
        }
        let (channels, _) = (try first.clip(0).shape[4], try second.clip(0))
        let sizes = first.sizes.union(second.sizes)
        let facts = ClipFacts(
            frames: first.frames, context: contextFrames, isGrey: channels == 1,
            isSquare: sizes.allSatisfy { $0.width == $0.height },
            counts: [.real: first.count, .predicted: second.count])
        let deviations = PipelineVariant.all(from: metric, on: facts).filter { deviation in
            axes.map { axes in deviation.axis.map(axes.contains) ?? false } ?? true
        }
        return ExplainedCase(
            metric: metric, clips: [.real: first, .predicted: second], facts: facts, deviations: deviations,
            definition: metric.recipe(clips: facts.counts), sizes: sizes)
    }
}

/// Two sets of clips, a metric, and the deviations from it that can be told on them.
struct ExplainedCase {
    let metric: ExplainedMetric
    let clips: [MetricSide: ExplainedClips]
    let facts: ClipFacts
    let deviations: [PipelineVariant]
    let definition: MetricPipeline
    let sizes: Set<FrameSize>

    /// Passes of the single deviations that the definition does not need, in the deviations' order.
    var passes: [PipelineFeatureCache.Pass] {
        var seen = Set(PipelineFeatureCache.passes(of: definition))
        return deviations.flatMap { PipelineFeatureCache.passes(of: $0.applied(to: definition)) }
            .filter { seen.insert($0).inserted }
    }

    func count(_ side: MetricSide) -> Int { facts.counts[side] ?? 0 }
}
