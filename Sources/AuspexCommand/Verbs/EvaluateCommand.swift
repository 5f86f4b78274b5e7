import ArgumentParser
import AuspexExperiments
import AuspexModels
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation

/// `auspex evaluate RUN`: scores a run's model on clips it has never seen, beside the baselines.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Scores a run's model on held-out clips, beside copying the last frame.",
        discussion: """
            EXAMPLE:
              auspex train tiny --steps 10 --out run
              auspex evaluate run --clips 16 --save-clips clips
            """)

    @Argument(help: ArgumentHelp("The run: RUN, RUN@best, RUN@last or RUN@STEP.", valueName: "run"))
    var trained: String

    @Option(help: "Test clips; the run's own held-out clips if not given.")
    var data: String?

    @Option(name: .customLong("protocol"), help: "held-out, or a published protocol's name.")
    var protocolName = "held-out"

    @Option(help: "How many clips.")
    var clips: Int?

    @Option(help: "Futures drawn for each clip.")
    var samples: Int?

    @Option(help: "Metrics, separated by commas.")
    var metrics: String?

    @Option(help: "What the futures are drawn from.")
    var seed: UInt64 = 0

    @Option(help: "A folder for clips, film strips and plots.")
    var saveClips: String?

    @Option(help: "How many clips are saved.")
    var saved = 8

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, clips, "--clips")
        try requireAtLeast(1, samples, "--samples")
        try requireAtLeast(1, saved, "--saved")
    }

    func run() throws {
        engine.apply()
        let model = try TrainedModel(run: trained)
        output.say("Model: \(model.origin)")
        var plan = try EvaluationProtocol.named(protocolName, for: model.configuration.model)
        if let clips { plan.clips = clips }
        if let samples { plan.samples = samples }
        if let metrics { plan.metrics = metrics.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
        plan.seed = seed
        let source = try testSource(for: model)
        let gallery = try saveClips.map { try Gallery($0, clips: saved, overwriting: force) }
        let progress = ProgressReporter(
            "evaluate", total: plan.clips, unit: "clips", style: .automatic(quiet: output.quiet))
        let report = try Evaluation(plan).run(
            [GeneratorPredictor(model.generator), CopyLast()], on: source.clips, request: source.request,
            classNumbers: try model.classNumbers(of: source.clips), examples: { try gallery?.add($0) },
            progress: { done, _ in progress.update(completed: done) })
        progress.finish()
        try gallery?.finish(report)
        if output.json { return try Console.print(json: report) }
        Console.print(
            "\(report.protocol.name): \(report.clips) clips of \(report.source), \(plan.contextFrames) → \(plan.predictedFrames) frames"
        )
        Console.print(report.table)
        let curve = report.curve
        if !curve.isEmpty { Console.print("\n" + curve) }
    }

    /// The test clips and how they are taken: the run's own as in training, others sampled in time to match.
    private func testSource(for model: TrainedModel) throws -> (clips: any ClipSource, request: ClipRequest) {
        if let data {
            let options = try array.sourceOptions(classes: model.configuration.model.classes > 0)
            return (try openSource(data, options: options), model.clipRequest(frames: 1))
        }
        guard let heldOut = try TrainingData(model.configuration).heldOut else {
            throw ConfigurationError("\(trained): the run holds no clips out; name test clips with --data")
        }
        return (heldOut, model.configuration.clipRequest)
    }
}
