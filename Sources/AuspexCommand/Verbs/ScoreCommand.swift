import ArgumentParser
import AuspexExperiments
import AuspexMetrics
import AuspexTraining
import AuspexVideo
import Foundation

/// `auspex score REAL PREDICTED`: compares two sets of clips.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Compares two sets of clips, wherever they came from.",
        discussion: """
            Clips are paired by name, elements of arrays by their order.

            EXAMPLE:
              auspex data synthesize moving-shapes --out a --clips 2 --seed 1
              auspex data synthesize moving-shapes --out b --clips 2 --seed 2
              auspex score a b --metrics psnr,ssim
            """)

    @Argument(help: "The real clips: a file, folder, list or array.")
    var real: String

    @Argument(help: "The predicted clips, likewise.")
    var predicted: String

    @Option(help: "Metrics, separated by commas: \(MetricRegistry.standard.names.joined(separator: ", ")).")
    var metrics = Scoring().metrics.joined(separator: ",")

    @Option(help: "Compare the first N frames of every clip.")
    var clipFrames: Int?

    @Option(help: "Compare N pairs, drawn at random.")
    var clips: Int?

    @Option(help: "What the pairs are drawn from.")
    var seed: UInt64 = 0

    @Option(help: "Resize both sides to N×N pixels.")
    var size: Int?

    @Option(help: "Exit with status 2 where this holds: 'psnr<20'; may be repeated.")
    var failIf: [String] = []

    @OptionGroup var array: ArrayOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, clipFrames, "--clip-frames")
        try requireAtLeast(1, clips, "--clips")
        try requireAtLeast(1, size, "--size")
        for text in failIf {
            let threshold: Threshold
            do { threshold = try Threshold(text) } catch { throw ValidationError("\(error)") }
            guard metricNames.contains(threshold.metric) else {
                throw ValidationError("--fail-if '\(text)': \(threshold.metric) is not among --metrics \(metrics)")
            }
        }
    }

    func run() throws {
        engine.apply()
        var scoring = Scoring()
        scoring.metrics = metricNames
        scoring.clipFrames = clipFrames
        scoring.clips = clips
        scoring.seed = seed
        scoring.size = size
        scoring.options = try array.sourceOptions()
        let progress = ProgressReporter("score", total: nil, unit: "clips", style: .automatic(quiet: output.quiet))
        let report = try scoring.score(real: real, predicted: predicted) { done, _ in progress.update(completed: done) }
        progress.finish()
        for note in report.notes { output.say("Note: \(note)") }
        for name in scoring.metrics {
            for note in report.metrics[name]?.notes ?? [] { output.say("Note: \(name): \(note)") }
        }
        if output.json {
            try Console.print(json: report)
        } else {
            Console.print("\(report.clips) clips, paired \(report.pairing)")
            Console.print(report.table(of: scoring.metrics))
        }
        try checkThresholds(report)
    }

    private func checkThresholds(_ report: Scoring.Report) throws {
        var isMissed = false
        for text in failIf {
            let threshold = try Threshold(text)
            guard let value = report.metrics[threshold.metric]?.value, threshold.isMissed(by: value) else { continue }
            Console.complain("\(threshold.metric) is \(value): fails because of --fail-if '\(text)'")
            isMissed = true
        }
        if isMissed { throw ExitCode(AuspexProgram.Status.thresholdMissed) }
    }

    private var metricNames: [String] {
        metrics.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
