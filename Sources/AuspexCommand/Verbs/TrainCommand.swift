import ArgumentParser
import AuspexConfiguration
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation

/// `auspex train PRESET|CONFIG.yaml`: trains a predictor.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a predictor by a preset or a configuration file.",
        discussion: """
            Presets: \(Presets.names.joined(separator: ", ")). A run that was stopped goes on with
            --resume, to the same bits as if it had never been stopped.

            EXAMPLE:
              auspex train trivd-tiny --steps 10 --out run
              auspex train run --resume --steps 20
            """)

    @Argument(
        help: ArgumentHelp(
            "A preset, a configuration file (.yaml), or with --resume a run's folder.", valueName: "configuration"))
    var configuration: String?

    @Option(help: "Training clips: a file, folder, list, array or synthetic:NAME.")
    var data: String?

    @Option(help: "The run's folder; runs/NAME-N if not given.")
    var out: String?

    @Option(help: "Steps of the run.")
    var steps: Int?

    @Flag(help: "Go on with the run, named first or by --out; begin it if there is none.")
    var resume = false

    @Option(name: .customLong("set"), help: "key=value: changes one field of the configuration; may be repeated.")
    var assignments: [String] = []

    @Option(help: "What every random draw follows from.")
    var seed: UInt64?

    @Option(help: "What activations are stored as: float32, until bfloat16 has kernels.")
    var precision: String?

    @Flag(
        help:
            "Compute activations again on the way back instead of keeping them: less memory, more time, the same bits.")
    var checkpointActivations = false

    @Flag(help: "Print the resolved configuration and what a step will cost, and train nothing.")
    var dryRun = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var clock: FrameRateOption
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, steps, "--steps")
        for (option, isGiven) in [("--out", out != nil), ("--resume", resume)] {
            try refuse(option, ifGiven: isGiven, unless: !dryRun, "needs a training: leave --dry-run out")
        }
        try checkAssignments()
        guard configuration != nil || (resume && out != nil) else {
            throw ValidationError(
                resume
                    ? "--resume: name the run that should go on, for example: auspex train runs/tiny-1 --resume"
                    : "Missing expected argument '<configuration>'")
        }
        if resume, out == nil, !namesRun {
            throw ValidationError("--resume needs a run: name its folder, or give --out RUN")
        }
        if let run = configuration, namesRun {
            guard resume else {
                throw ValidationError("\(run) is a run's folder: add --resume to go on with it, or name a preset")
            }
            if let out, out != run {
                throw ValidationError("\(run) is a run's folder, and --out names \(out): name one of them")
            }
        }
    }

    /// Whether the argument is the folder of an existing run. The name of a preset means the preset, unless only a run is possible.
    private var namesRun: Bool {
        guard let configuration, !Presets.names.contains(configuration) || (resume && out == nil) else { return false }
        return FileManager.default.fileExists(atPath: configuration + "/checkpoints")
    }

    /// Refuses an option whose field `--set` also sets: the option would have no effect.
    private func checkAssignments() throws {
        for (option, isGiven, field) in [
            ("--data", data != nil, "data.source"), ("--axes", array.axes != nil, "data.axes"),
            ("--range", array.range != nil, "data.range"), ("--steps", steps != nil, "training.steps"),
            ("--seed", seed != nil, "training.seed"), ("--precision", precision != nil, "training.precision"),
            ("--checkpoint-activations", checkpointActivations, "training.checkpointActivations"),
        ] {
            let isSet = assignments.contains { $0.split(separator: "=").first.map(String.init) == field }
            try refuse(option, ifGiven: isGiven, unless: !isSet, "and --set \(field) set the same: give one of them")
        }
    }

    func run() throws {
        let configuration = try resolved()
        try array.requireArray(
            among: [configuration.data.source] + [configuration.data.validation].compactMap(\.self), namedBy: "--data")
        engine.apply()
        reading.apply()
        if dryRun { return try printForecast(configuration) }
        let looking = CountedProgress("look into held-out files", unit: "files", quiet: output.quiet, from: 100)
        let run = try TrainingRun(
            configuration, path: runToResume ?? out, orNextNamed: stem, resume: resume
        ) { looking.update($0, of: $1) }
        looking.finish()
        let path = run.folder.path
        let name = runToResume == nil ? "\(stem) in \(path)" : path
        output.say("Training \(name)" + (run.firstStep > 0 ? ", from step \(run.firstStep)" : ""))
        output.say(run.dataSummary)
        for notice in run.notices { Console.say("Note: \(notice)") }
        for note in run.dataNotes { output.say("Note: \(note)") }
        let progress = ProgressReporter(
            "train", total: configuration.training.steps, unit: "steps", completed: run.firstStep,
            style: .automatic(quiet: output.quiet))
        let stop = StopFlag()
        let stopped = StoppedReport(path: path, json: output.json, quiet: output.quiet)
        let signals = SignalWatch(
            raising: stop, notice: "Finishing the step, then stopping; once more stops at once.",
            givingUp: stopped.endProcess)
        let end = try withExtendedLifetime(signals) { try run.run(progress: progress, stop: stop) }
        try report(end, path: path, steps: configuration.training.steps)
    }

    /// The run that goes on with its own configuration: `train RUN --resume` and `train --resume --out RUN`.
    private var runToResume: String? { namesRun ? configuration : configuration == nil ? out : nil }

    /// The options are assignments too: later ones override earlier ones, `--set` last.
    private func resolved() throws -> Configuration {
        var all: [String] = []
        if let data { all.append("data.source=\(quoted(data))") }
        all += try array.assignments
        all += clock.assignments
        if let steps { all.append("training.steps=\(steps)") }
        if let seed { all.append("training.seed=\(seed)") }
        if let precision { all.append("training.precision=\(precision)") }
        if checkpointActivations { all.append("training.checkpointActivations=true") }
        // Held-out clips from a source other than the training source would measure something else.
        if data != nil { all.append("data.validation=null") }
        if let runToResume { return try Configuration(ofRun: runToResume, assignments: all + assignments) }
        return try Configuration(configuration ?? "", assignments: all + assignments)
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private var stem: String {
        (((configuration ?? "") as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    /// Whether the source is the preset's default, a folder that need not exist on this machine.
    private var isSourceOfPreset: Bool {
        data == nil && configuration.map(Presets.names.contains) == true
            && !assignments.contains { $0.hasPrefix("data.") }
    }

    private func checkData(_ configuration: Configuration) throws {
        do {
            let data = try TrainingData(configuration)
            try data.checkReadable()
            for note in data.notes { output.say("Note: \(note)") }
        } catch  where isSourceOfPreset {
            output.say("Note: training will need data of your own, with --data SOURCE: \(FlagHints.text(of: error))")
        }
    }

    private func printForecast(_ configuration: Configuration) throws {
        try checkData(configuration)
        output.say("Counting the work of a step, and measuring this machine for a second or two ...")
        let forecast = try TrainingForecast(configuration)
        if output.json {
            struct Both: Encodable {
                let schema = 1
                let configuration: Configuration
                let forecast: TrainingForecast
                private enum CodingKeys: String, CodingKey { case schema, configuration, forecast }
            }
            return try Console.print(json: Both(configuration: configuration, forecast: forecast))
        }
        Console.print(try configuration.yaml)
        let memory = MachineMemory.bytes
        for line in forecast.summary(steps: configuration.training.steps, memory: memory) { Console.print("# \(line)") }
    }

    private func report(_ end: TrainingRun.End, path: String, steps: Int) throws {
        StoppedReport.claim()
        let step: Int
        let isFinished: Bool
        switch end.outcome {
        case .finished: (step, isFinished) = (steps, true)
        case .stopped(let last): (step, isFinished) = (last, false)
        }
        if let validation = end.validation { output.say(validation.text) }
        if let model = end.model { output.say("The model of \(path) is now that of \(model).") }
        if output.json {
            struct Result: Encodable {
                let schema = 1
                let run: String
                let step: Int
                let finished: Bool
                let validation: ValidationSummary?
                private enum CodingKeys: String, CodingKey { case schema, run, step, finished, validation }
            }
            try Console.print(
                json: Result(run: path, step: step, finished: isFinished, validation: end.validation))
        } else {
            Console.print(path)
        }
        guard !isFinished else { return }
        output.say("Stopped after step \(step); auspex train \(path) --resume goes on.")
        throw ExitCode(AuspexProgram.Status.stopped)
    }
}
