import ArgumentParser
import AuspexSupport
import AuspexEvaluation
import AuspexMetrics
import AuspexTraining

/// `auspex explain REAL PREDICTED --reported VALUE`: finds what would explain a reported number.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Finds which deviation from a metric's definition would explain a reported number.",
        discussion: """
            The number is computed from the same clips under each deviation that people make: resize rule, crop, value range, colour order, levels, \
            codec, frames, context, number of clips, covariance divisor. Singles first; pairs where no single one explains it.

            EXAMPLE:
              auspex data synthesize moving-shapes --out a --clips 8 --seed 1
              auspex data synthesize moving-shapes --out b --clips 8 --seed 2
              auspex explain a b --reported 49.9 --clip-frames 16 --dry-run
            """)

    @Argument(help: "The real clips: a file, folder, list or array.")
    var real: String

    @Argument(help: "The predicted clips, likewise.")
    var predicted: String

    @Option(help: "The reported number, with all its digits.")
    var reported: String

    @Option(help: "The metric it should be: \(Explanation.metrics.joined(separator: ", ")).")
    var metric = "fvd"

    @Option(
        help:
            "Use the first N clips of each set; 0 uses all. Use the number of clips of the reported value: Fréchet distances decrease with sample size."
    )
    var clips = 64

    @Option(
        help:
            "Try every deviation on N clips first, then compute on all clips those that may explain the value. (default: 16)"
    )
    var screen: Int?

    @Option(help: "Use the first N frames of every clip.")
    var clipFrames: Int?

    @Option(help: "Frames of context at the beginning of every clip: also try without them.")
    var contextFrames: Int?

    @Option(help: "Try these only: \(PipelineVariant.Axis.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: String?

    @Option(
        help: "Pairs of deviations: auto (if no single one explains the value), none or all (hours). (default: auto)")
    var pairs: Explanation.Pairs?

    @Option(help: "What the clips of the standard errors are drawn from. (default: 0)")
    var seed: UInt64?

    @Option(help: "Bring both sides to one size in pixels first: the side of a square, or WIDTHxHEIGHT.")
    var size: FrameSize?

    @Flag(help: "Print every deviation, not only what may explain the value and the nearest that do not.")
    var full = false

    @Flag(help: "Do not read features from the user's cache or add new ones to it.")
    var noCache = false

    @Flag(help: "Print what would be tried and how many clips would go through the network.")
    var dryRun = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(0, clips, "--clips", atMost: Most.clips)
        try requireAtLeast(4, screen, "--screen")
        try requireAtLeast(1, clipFrames, "--clip-frames", atMost: Most.frames)
        try requireAtLeast(1, contextFrames, "--context-frames", atMost: Most.frames)
        try requireSize(atLeast: 1, size, "--size")
        try requireKnown(metric, among: MetricRegistry.standard.names, "--metric")
        guard Explanation.metrics.contains(metric) else {
            throw ValidationError(
                "--metric \(metric): its deviations are not known; expected one of "
                    + Explanation.metrics.joined(separator: ", "))
        }
        try checkEffects()
        do { _ = try ReportedValue(reported) } catch { throw ValidationError(FlagHints.text(of: error)) }
    }

    /// Refuses options that have no effect with the others.
    private func checkEffects() throws {
        let axes = try axes()
        if let screen, clips > 0 {
            try refuse(
                "--screen", ifGiven: true, unless: clips > screen.multipliedReportingOverflow(by: 2).partialValue,
                "\(screen) needs --clips of more than twice as many: fewer are not screened")
        }
        try refuse(
            "--context-frames", ifGiven: contextFrames != nil, unless: axes?.contains(.frames) ?? true,
            "needs frames among --only")
        try refuse(
            "--pairs", ifGiven: pairs != nil && pairs != Explanation.Pairs.none, unless: axes?.count ?? 2 > 1,
            "needs two kinds or more in --only: a pair is of different kinds")
        for (option, isGiven) in [
            ("--pairs", pairs != nil), ("--seed", seed != nil), ("--full", full), ("--no-cache", noCache),
        ] {
            try refuse(option, ifGiven: isGiven, unless: !dryRun, "needs a search: leave --dry-run out")
        }
        try refuse(
            "--full", ifGiven: full, unless: !output.json, "needs the printed table: --json always has every row")
        try array.requireArray(among: [real, predicted], namedBy: "REAL or PREDICTED")
    }

    func run() throws {
        engine.apply()
        reading.apply()
        var explanation = Explanation(reported: try ReportedValue(reported))
        explanation.metric = metric
        explanation.clips = clips == 0 ? nil : clips
        explanation.screen = screen ?? explanation.screen
        explanation.clipFrames = clipFrames
        explanation.contextFrames = contextFrames
        explanation.axes = try axes()
        explanation.pairs = pairs ?? explanation.pairs
        explanation.seed = seed ?? explanation.seed
        explanation.size = size
        explanation.options = try array.sourceOptions()
        explanation.cache = noCache ? nil : FeatureCache.standard()
        if dryRun {
            return try output.show(try explanation.plan(real: real, predicted: predicted))
        }
        let report = try explanation.explain(real: real, predicted: predicted, tell: Watcher(output: output).tell)
        try output.show(report, as: report.text(full: full))
    }

    private func axes() throws -> Set<PipelineVariant.Axis>? {
        guard let only else { return nil }
        let words = only.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        guard !words.isEmpty else { throw ValidationError("--only names no kind of deviation") }
        for word in words { try requireKnown(word, among: PipelineVariant.Axis.allCases.map(\.rawValue), "--only") }
        return Set(words.compactMap(PipelineVariant.Axis.init(rawValue:)))
    }
}

/// Shows progress while an explanation is searched for.
private final class Watcher {
    private let output: OutputOptions
    private var progress: ProgressReporter?
    private var total = 0

    init(output: OutputOptions) { self.output = output }

    func tell(_ event: Explanation.Event) {
        if let text = event.text { output.say(text) }
        switch event {
        case .planned, .defined, .expected, .screened, .pairing: break
        case .stage(let clips):
            total = clips
            progress = ProgressReporter("explain", total: clips, unit: "clips", style: .automatic(quiet: output.quiet))
        case .done(let clips):
            progress?.update(completed: clips)
            if clips == total { progress?.finish() }
        }
    }
}

extension Explanation.Pairs: ExpressibleByArgument {}
