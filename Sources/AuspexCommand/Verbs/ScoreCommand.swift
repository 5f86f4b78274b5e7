import ArgumentParser
import AuspexSupport
import AuspexEvaluation
import AuspexMetrics
import AuspexPretrained
import AuspexTensors
import AuspexVideo
import Foundation

/// `auspex score REAL PREDICTED`: compares two sets of clips.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Compares two sets of clips, wherever they came from.",
        discussion: """
            Metrics of pairs (psnr, ssim, mse, lpips) pair clips by name, elements of arrays by their order. Metrics of sets
            (fvd, kvd) take all clips of both, which need not be pairs. Features written by --save-features can replace either
            set.

            EXAMPLE:
              auspex data synthesize moving-shapes --out a --clips 2 --seed 1
              auspex data synthesize moving-shapes --out b --clips 2 --seed 2
              auspex score a b --metrics psnr,ssim
              auspex score a b --json > result.json
              auspex score --replay result.json
            """)

    @Argument(help: "The real clips: a file, folder, list or array; or features, FILE.safetensors.")
    var real: String?

    @Argument(help: "The predicted clips, likewise.")
    var predicted: String?

    @Option(
        help: """
            Metrics, separated by commas: \(MetricRegistry.standard.names.joined(separator: ", ")); of embeddings \
            \(EmbeddingMetric.allCases.map(\.rawValue).joined(separator: ", ")). (default: psnr,ssim,mse; fvd,kvd of features; \
            frechet,kernel of embeddings)
            """)
    var metrics: String?

    @Option(help: "Compare the first N frames of every clip.")
    var clipFrames: Int?

    @Option(help: "Compare N pairs, or N clips of each set, drawn at random.")
    var clips: Int?

    @Option(help: "What clips, subsets and intervals are drawn from. (default: 0)")
    var seed: UInt64?

    @Option(help: "Bring both sides to one size in pixels: the side of a square, or WIDTHxHEIGHT.")
    var size: FrameSize?

    @Option(help: "Exit with status 2 where this holds: 'psnr<20'; may be repeated.")
    var failIf: [String] = []

    @Flag(help: "REAL and PREDICTED are anybody's own features: .npy arrays [N, D] of floats.")
    var embeddings = false

    @Option(help: "Write every clip's features of both sets (safetensors).")
    var saveFeatures: String?

    @Flag(help: "Overwrite the features file.")
    var force = false

    @Option(help: "Repeat the comparison of a result that --json printed, and compare the numbers.")
    var replay: String?

    @Flag(help: "Do not read features from the user's cache or add new ones to it.")
    var noCache = false

    @Flag(help: "Leave out the intervals of Fréchet distances, which take fifty times as long as the distance.")
    var noInterval = false

    @Option(
        help: """
            What I3D multiplies, for fvd and kvd: float32, or bfloat16, which is faster where the processor has instructions for \
            it and changes the numbers a little.
            """)
    var precision: I3D.Precision?

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, clipFrames, "--clip-frames", atMost: Most.frames)
        try requireAtLeast(1, clips, "--clips", atMost: Most.clips)
        try requireSize(atLeast: 1, size, "--size")
        if replay != nil {
            let others =
                chosen
                + [
                    ("REAL", real != nil), ("--embeddings", embeddings), ("--no-interval", noInterval),
                    ("--force", force), ("--seed", seed != nil), ("--fail-if", !failIf.isEmpty),
                ].filter(\.1).map(\.0)
            if let other = others.first {
                throw ValidationError("\(other): --replay takes everything from the result: give it alone")
            }
            return
        }
        guard real != nil, predicted != nil else {
            throw ValidationError("Missing expected argument '<\(real == nil ? "real" : "predicted")>'")
        }
        let names = try chosenMetrics
        if embeddings, let option = (chosen + (force ? ["--force"] : [])).first(where: { $0 != "--metrics" }) {
            throw ValidationError("\(option) is for clips and does not apply to --embeddings")
        }
        for (option, isGiven) in [("--precision", precision != nil), ("--no-cache", noCache)] {
            try refuse(option, ifGiven: isGiven, unless: haveNetworkMetric(names), "needs fvd or kvd among --metrics")
        }
        try refuse(
            "--no-interval", ifGiven: noInterval,
            unless: names.contains { $0.hasPrefix("fvd") || $0.hasPrefix(EmbeddingMetric.frechet.rawValue) },
            "needs fvd among --metrics, or frechet with --embeddings")
        try refuse("--force", ifGiven: force, unless: saveFeatures != nil, "needs --save-features FILE.safetensors")
        try array.requireArray(among: [real, predicted].compactMap(\.self), namedBy: "REAL or PREDICTED")
        if let saveFeatures, !saveFeatures.hasSuffix(".safetensors") {
            throw ValidationError(
                "--save-features \(saveFeatures): features are a .safetensors file, and found again by that ending")
        }
        for text in failIf {
            let threshold: Threshold
            do { threshold = try Threshold(text) } catch { throw ValidationError(FlagHints.text(of: error)) }
            guard names.contains(threshold.metric) else {
                throw ValidationError(
                    "--fail-if '\(text)': \(threshold.metric) is not among --metrics \(names.joined(separator: ","))"
                )
            }
        }
    }

    func run() throws {
        engine.apply()
        reading.apply()
        let progress = CountedProgress("score", unit: "clips", quiet: output.quiet)
        if let replay {
            let outcome = try ScoringReplay(readingFrom: replay).run { progress.update($0, of: $1) }
            progress.finish()
            return try show(outcome)
        }
        guard let real, let predicted else { return }
        var scoring = Scoring(try settings())
        if let saveFeatures { scoring.featuresPlace = try OutputPlace(saveFeatures, overwriting: force) }
        let cache = noCache || embeddings ? nil : FeatureCache.standard()
        scoring.cache = cache
        let report = try scoring.score(real: real, predicted: predicted) { progress.update($0, of: $1) }
        progress.finish()
        if let counts = cache?.counts, counts.found > 0 {
            output.say("Features: \(counts.found) from the cache, \(counts.computed) computed")
        }
        try output.show(report)
        try checkThresholds(report)
    }

    private func settings() throws -> ScoringSettings {
        var settings = ScoringSettings()
        settings.kind = embeddings ? .embeddings : .clips
        settings.metrics = try chosenMetrics
        settings.clipFrames = clipFrames
        settings.clips = clips
        settings.seed = seed ?? settings.seed
        settings.size = size
        settings.axes = array.axes
        settings.range = try array.sourceOptions().range.map { [$0.lowerBound, $0.upperBound] }
        settings.wantsIntervals = !noInterval
        settings.precision = precision
        return settings
    }

    private func show(_ outcome: ScoringReplay.Outcome) throws {
        try output.show(outcome)
        guard outcome.isEqual else {
            let count = outcome.differences.count
            let more = count > 1 ? " (and \(count - 1, "more difference"))" : ""
            Console.complain("the result differs: \(outcome.differences[0])\(more)")
            throw ExitCode(AuspexProgram.Status.failed)
        }
    }

    private func checkThresholds(_ report: ScoringReport) throws {
        var isMissed = false
        for text in failIf {
            let threshold = try Threshold(text)
            guard let value = report.metrics[threshold.metric]?.value, threshold.isMissed(by: value) else { continue }
            Console.complain("\(threshold.metric) is \(value): fails because of --fail-if '\(text)'")
            isMissed = true
        }
        if isMissed { throw ExitCode(AuspexProgram.Status.thresholdMissed) }
    }

    /// The metrics asked for, or the defaults for the inputs; each once, in order.
    private var chosenMetrics: [String] {
        get throws {
            if let metrics {
                let known = embeddings ? EmbeddingMetric.allCases.map(\.rawValue) : MetricRegistry.standard.names
                return try metricNames(listed: metrics, among: known)
            }
            return ScoringSettings.usualMetrics(
                embeddings ? .embeddings : .clips, real: real ?? "", predicted: predicted ?? "")
        }
    }

    /// The given options that apply to clips only.
    private var chosen: [String] {
        [
            ("--metrics", metrics != nil), ("--clip-frames", clipFrames != nil), ("--clips", clips != nil),
            ("--size", size != nil), ("--axes", array.axes != nil), ("--range", array.range != nil),
            ("--save-features", saveFeatures != nil), ("--no-cache", noCache), ("--precision", precision != nil),
        ].filter(\.1).map(\.0)
    }
}
