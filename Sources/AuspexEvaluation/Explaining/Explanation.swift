import AuspexConfiguration
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Finds which deviations from a metric's definition would explain a number that was reported for the same clips.
///
/// The number is computed under every deviation that people are known to make. Deviations that change pixels cost a pass through the network, so on large
/// sets each is first tried on a few clips, and only those that may explain the value are computed on all. If no single deviation explains it, pairs follow.
public struct Explanation: Sendable {
    /// Which pairs are tried.
    public enum Pairs: String, Sendable, CaseIterable {
        /// If no single deviation explains the value: the pairs that need no pass, then the likeliest others, for as many passes as were made before.
        case auto
        /// None.
        case none
        /// All, whatever the cost.
        case all
    }

    /// The metric that the number is claimed to be; one of `Explanation.metrics`.
    public var metric = "fvd"
    /// The number to explain.
    public var reported: ReportedValue
    /// The number of clips of each set, from the first on; nil takes all.
    public var clips: Int? = 64
    /// The number of clips of each set for the first look, if there are more than twice as many.
    public var screen = 16
    /// Frames of every clip, from its first on; nil takes whole clips.
    public var clipFrames: Int?
    /// Frames at the beginning of every clip that the predictor was given; nil tries no deviations about context.
    public var contextFrames: Int?
    /// Restricts the deviations to these kinds (the part of their names before the colon); nil tries all.
    public var axes: Set<PipelineVariant.Axis>?
    /// Which pairs of deviations are tried.
    public var pairs = Pairs.auto
    /// Seed for the draws of clips from which standard errors are computed.
    public var seed: UInt64 = 0
    /// Frames of both sets are resized to it; nil leaves them.
    public var size: FrameSize?
    /// How both sources are opened.
    public var options = SourceOptions()
    /// Where features of known clips are kept; nil recomputes all of them.
    public var cache: FeatureCache?

    /// An explanation of a reported value, with defaults for all other settings.
    public init(reported: ReportedValue) { self.reported = reported }

    /// Progress of the search.
    public enum Event: Sendable {
        /// How many clips will go through the network.
        case planned(Cost)
        /// The value of a metric by its definition.
        case defined(metric: String, value: Double)
        /// How long the deviations are expected to take.
        case expected(Expectation)
        /// How many of all deviations may explain the value according to the first look, and are computed on all clips.
        case screened(Int, of: Int)
        /// No single deviation explains the value: how many pairs are computed, of those that need passes through the network.
        case pairing(Int, of: Int)
        /// This many clips are about to go through the network.
        case stage(clips: Int)
        /// How many of them have gone through.
        case done(Int)
    }

    /// - Parameters:
    ///   - real: a source.
    ///   - predicted: a source.
    /// - Throws: `MetricError` for an unknown metric, or clips that it cannot take; `ConfigurationError` for a metric whose deviations are not known, and for
    /// settings that do not fit; `VideoError` where clips cannot be read; `FileError` where the network's weights are absent.
    public func explain(
        real: String, predicted: String, tell: @escaping (Event) -> Void = { _ in }
    ) throws -> ExplanationReport {
        try explain(real: real, predicted: predicted, tell: tell) {
            try .shared($0, for: MetricSettings(cache: cache))
        }
    }

    /// With a network other than I3D.
    package func explain(
        real: String, predicted: String, tell: @escaping (Event) -> Void,
        extractor: @escaping (FramePreparation) throws -> FeatureExtractor
    ) throws -> ExplanationReport {
        let reports = try explain([reported], real: real, predicted: predicted, tell: tell, extractor: extractor)
        return reports[0]
    }

    /// Explains values one after the other; each pass through the network is made once for all of them.
    package func explain(
        _ values: [ReportedValue], real: String, predicted: String, tell: @escaping (Event) -> Void = { _ in },
        extractor: @escaping (FramePreparation) throws -> FeatureExtractor
    ) throws -> [ExplanationReport] {
        let found = try explained(real: real, predicted: predicted)
        // Missing weights are reported before anything else is done.
        _ = try extractor(found.metric.preparation)
        let search = ExplanationSearch(settings: self, of: found, extractor: extractor, tell: tell)
        return try values.map { try search.report($0) }
    }

    /// Metrics whose deviations are known.
    public static var metrics: [String] { ExplainedMetric.names }

    /// What a search would try.
    public struct Plan: Encodable, Sendable {
        /// The version of the fields.
        public var schema = 1
        /// Single deviations, in the order in which they would be tried.
        public var deviations: [Entry]
        /// Clips that would go through the network: for the definition, for all single deviations, and for the first look if there is one.
        public var definitionClips: Int
        /// Clips through the network for all single deviations.
        public var singleClips: Int
        /// Clips through the network for a first look at single deviations; nil if all are computed at once.
        public var screeningClips: Int?
        /// Passes through the network other than the definition's: ways of preparing a set's clips.
        public var passes: Int

        /// A deviation that would be tried.
        public struct Entry: Codable, Sendable {
            /// `resize:centred`.
            public var name: String
            /// What it does, in words.
            public var summary: String
        }
    }

    /// What would be tried on these clips; nothing is computed, and no network is needed.
    public func plan(real: String, predicted: String) throws -> Plan {
        let found = try explained(real: real, predicted: predicted)
        let cost = Cost(of: found, settings: self)
        return Plan(
            deviations: found.deviations.map { Plan.Entry(name: $0.name, summary: $0.summary) },
            definitionClips: cost.definition, singleClips: cost.singles, screeningClips: cost.screening,
            passes: cost.passes)
    }

    /// Opens the sets and determines which deviations can be tried on them.
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

/// Two sets of clips, a metric, and the deviations from it that can be tried on them.
struct ExplainedCase {
    let metric: ExplainedMetric
    let clips: [MetricSide: ExplainedClips]
    let facts: ClipFacts
    let deviations: [PipelineVariant]
    let definition: MetricPipeline
    let sizes: Set<FrameSize>

    /// The passes that single deviations need beyond the definition's, in the deviations' order.
    var passes: [PipelineFeatureCache.Pass] {
        var seen = Set(PipelineFeatureCache.passes(of: definition))
        return deviations.flatMap { PipelineFeatureCache.passes(of: $0.applied(to: definition)) }
            .filter { seen.insert($0).inserted }
    }

    func count(_ side: MetricSide) -> Int { facts.counts[side] ?? 0 }
}
