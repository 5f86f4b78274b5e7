import ArgumentParser
import AuspexConfiguration
import AuspexEvaluation
import AuspexMetrics
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexVideo
import Foundation

/// `auspex evaluate RUN`: scores a run's model on clips it has never seen, beside the baselines.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Scores a run's model on held-out clips, beside baselines: the last frame, its motion, and a blend of both.",
        discussion: """
            Leaves report.json, with every setting and the list of clips, and a plot of each metric against the horizon.

            EXAMPLE:
              auspex train tiny --steps 10 --out run
              auspex evaluate run --clips 16 --save-clips clips
            """)

    @Argument(help: ArgumentHelp("The run: RUN, RUN@best, RUN@last, RUN@STEP, or pretrained.", valueName: "run"))
    var trained: String

    @Option(help: "Test clips; the run's own held-out clips if not given.")
    var data: String?

    @Option(name: .customLong("protocol"), help: "held-out, or a published protocol's name.")
    var protocolName = "held-out"

    @Option(help: "How many clips, spread evenly over the source.")
    var clips: Int?

    @Option(help: "The size of the frames, N or WIDTHxHEIGHT, for a model that predicts any; the model's if not given.")
    var size: FrameSize?

    @Option(help: "Futures drawn for each clip.")
    var samples: Int?

    @Option(help: "Metrics, separated by commas; the protocol's if not given.")
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "What the model is compared with, separated by commas: copy-last, flow, flow:WINDOW, blend.",
            valueName: "names"))
    var baselines = Baselines.usualNames.joined(separator: ",")

    @Flag(inversion: .prefixedNo, help: "\(BlendOption.help)")
    var blend: Bool?

    @Option(help: "What the futures are drawn from; the clips are the same for every seed.")
    var seed: UInt64 = 0

    @Flag(help: "Compute clip metrics (fvd, kvd) on predicted frames only; by default context frames are included.")
    var predictionOnly = false

    @Option(help: ArgumentHelp("Exactly the clips of an earlier report.json, of the same source.", valueName: "report"))
    var sameClips: String?

    @Option(help: "A folder for the report and the plots; without one --save-clips, or RUN/evaluations/PROTOCOL-N.")
    var out: String?

    @Option(help: "A folder for films and film strips of the first clips.")
    var saveClips: String?

    @Option(help: "With --save-clips: how many clips are saved. (default: 8)")
    var saved: Int?

    @Flag(help: "Do not read features from the user's cache or add new ones to it.")
    var noCache = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var clock: FrameRateOption
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, clips, "--clips", atMost: Most.clips)
        try requireAtLeast(1, samples, "--samples", atMost: Most.samples)
        try requireAtLeast(1, saved, "--saved")
        try requireSize(atLeast: 8, size, "--size")
        if clock.frameRate != nil, data == nil {
            throw ValidationError(
                "--frame-rate needs --data SOURCE: the run's own clips have the rate it was trained with")
        }
        if let metrics { _ = try metricNames(listed: metrics) }
        _ = try comparedWith
        try requireKnown(protocolName, among: EvaluationProtocol.names, "--protocol")
        if sameClips != nil, clips != nil {
            throw ValidationError("--clips and --same-clips: the report says which clips; leave --clips out")
        }
        try refuse("--saved", ifGiven: saved != nil, unless: saveClips != nil, "needs --save-clips DIR")
        try refuse(
            "--force", ifGiven: force, unless: out != nil || saveClips != nil,
            "needs --out DIR or --save-clips DIR: without them the report gets its own folder")
        let looked =
            try metrics.map { try metricNames(listed: $0) } ?? EvaluationProtocol.usualMetrics(of: protocolName)
        try refuse(
            "--prediction-only", ifGiven: predictionOnly, unless: looked.map(haveNetworkMetric) ?? true,
            "needs fvd or kvd among --metrics: the others never look at the context")
        try refuse(
            "--no-cache", ifGiven: noCache, unless: looked.map(haveNetworkMetric) ?? true,
            "needs fvd or kvd among --metrics: the others have no features to keep")
        try array.requireArray(among: [data].compactMap(\.self), namedBy: "--data")
    }

    func run() throws {
        engine.apply()
        reading.apply()
        let run = try TrainedModel(run: trained)
        let model = try size.map(run.sized(to:)) ?? run
        let forecaster = try model.forecaster(blending: blend)
        output.say("Model: \(model.origin(blending: blend))")
        if let samples, samples > 1, model.generator.latentSize == 0 {
            throw ConfigurationError(
                "--samples \(samples): the model of \(trained) has one future for each context; leave --samples out")
        }
        let earlier = try sameClips.map { FixedClipList(try EvaluationFolder.report(at: $0), readFrom: $0) }
        let plan = try self.plan(for: model, clips: earlier?.count ?? clips)
        let cache = noCache ? nil : FeatureCache.standard()
        let evaluation = try Evaluation(plan, cache: cache, metricsWereChosen: metrics != nil)
        let source = try testSource(for: model)
        let place = model.reference == PretrainedModel.name ? "." : model.run
        let folder = try EvaluationFolder(
            out ?? saveClips ?? EvaluationFolder.next(in: place, protocol: plan.name), overwriting: force)
        let gallery = try saveClips.map { try Gallery($0, clips: saved ?? 8, overwriting: force) }
        let looking = CountedProgress("look into files", unit: "files", quiet: output.quiet, from: 100)
        let progress = CountedProgress("evaluate", unit: "clips", quiet: output.quiet)
        var report = try evaluation.run(
            forecasters(forecaster, alone: model), on: source.clips, request: source.request,
            sameClips: earlier, classNumbers: try model.classNumbers(of: source.clips),
            examples: { try gallery?.add($0) }, looking: { looking.update($0, of: $1) },
            progress: { progress.update($0, of: $1) })
        looking.finish()
        progress.finish()
        if let counts = cache?.counts, counts.found > 0 {
            output.say("Features: \(counts.found) from the cache, \(counts.computed) computed")
        }
        report.origin = model.origin(blending: blend)
        report.notes += source.notes
        try folder.write(report)
        output.say("Report and plots: \(folder.path)")
        try output.show(report)
    }

    /// The model, the model without its blend if it has one, and the baselines.
    private func forecasters(_ forecaster: any Forecaster, alone model: TrainedModel) throws -> [any Forecaster] {
        let alone =
            forecaster is HindcastBlend
            ? [GeneratorForecaster(model.generator, name: EvaluationReport.modelAlone)] : []
        return [forecaster] + alone + (try comparedWith)
    }

    /// The named baselines, each once.
    private var comparedWith: [any Forecaster] {
        get throws {
            var seen: Set<String> = []
            let names = baselines.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty && seen.insert($0).inserted }
            guard !names.isEmpty else { throw ValidationError("--baselines names no baseline") }
            return try names.map { name in
                do { return try Baselines.named(name) } catch { throw ValidationError("--baselines: \(error)") }
            }
        }
    }

    private func plan(for model: TrainedModel, clips: Int?) throws -> EvaluationProtocol {
        var plan = try EvaluationProtocol.named(protocolName, for: model.configuration.model)
        if let clips { plan.clips = clips }
        if let samples { plan.samples = samples }
        if let metrics { plan.metrics = try metricNames(listed: metrics) }
        if predictionOnly { plan.distributionFrames = .prediction }
        plan.seed = seed
        return plan
    }

    /// The test clips, how their frames are taken (the run's own as in training, others sampled in time to match), and notes for the reader.
    private func testSource(
        for model: TrainedModel
    ) throws -> (clips: any ClipSource, request: ClipRequest, notes: [String]) {
        if let data {
            var options = try array.sourceOptions()
            options.framesPerSecond = clock.frameRate
            let (source, request) = try model.openClips(data, options: options)
            let note = try model.scaleNote(on: source.format(for: request), of: source.description)
            return (source, request, [note].compactMap(\.self))
        }
        let data = try TrainingData(of: model)
        guard let heldOut = data.heldOut else {
            throw ConfigurationError("\(trained): the run has no held-out clips; name test clips with --data")
        }
        return (heldOut, data.request, data.splitNotes)
    }
}
