import ArgumentParser
import AuspexExperiments
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
              auspex train tiny --steps 10 --out run
            """)

    @Argument(help: "A preset, or a configuration file (.yaml).")
    var configuration: String

    @Option(help: "Training clips: a file, folder, list, array or synthetic:NAME.")
    var data: String?

    @Option(help: "The run's folder; runs/NAME-N if not given.")
    var out: String?

    @Option(help: "Generator steps.")
    var steps: Int?

    @Flag(help: "Go on with the run in --out; begin it if there is none.")
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
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, steps, "--steps")
        if resume, out == nil { throw ValidationError("--resume needs --out RUN: which run should go on?") }
    }

    func run() throws {
        let configuration = try resolved()
        engine.apply()
        if dryRun { return try printForecast(configuration) }
        let path = out ?? RunFolder.nextPath(named: stem)
        let run = try TrainingRun(configuration, path: path, resume: resume)
        output.say("Training \(stem) in \(path)" + (run.firstStep > 0 ? ", from step \(run.firstStep)" : ""))
        if let notice = run.notice { Console.say("Note: \(notice)") }
        let progress = ProgressReporter(
            "train", total: configuration.training.steps, unit: "steps", completed: run.firstStep,
            style: .automatic(quiet: output.quiet))
        let stop = StopFlag()
        let signals = SignalWatch(raising: stop, notice: "Finishing the step, then stopping; once more stops at once.")
        let outcome = try withExtendedLifetime(signals) { try run.run(progress: progress, stop: stop) }
        try report(outcome, path: path, steps: configuration.training.steps)
    }

    /// The options are assignments too: later ones over earlier ones, `--set` last.
    private func resolved() throws -> Configuration {
        var all: [String] = []
        if let data { all.append("data.source=\(quoted(data))") }
        all += try array.assignments
        if let steps { all.append("training.steps=\(steps)") }
        if let seed { all.append("training.seed=\(seed)") }
        if let precision { all.append("training.precision=\(precision)") }
        if checkpointActivations { all.append("training.checkpointActivations=true") }
        // Held-out clips of another source than the one that is trained on would measure something else.
        if data != nil { all.append("data.validation=null") }
        return try Configuration(configuration, assignments: all + assignments)
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private var stem: String { ((configuration as NSString).lastPathComponent as NSString).deletingPathExtension }

    private func printForecast(_ configuration: Configuration) throws {
        output.say("Measuring one small step ...")
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
        Console.print("# generator:     \(forecast.generatorParameters) parameters")
        Console.print("# discriminators: \(forecast.discriminatorParameters) parameters")
        Console.print("# peak memory:   \(forecast.peakBytes >> 20) MiB of tensors, expected")
        Console.print("# a step:        \(String(format: "%.3g", forecast.secondsPerStep)) s, expected")
    }

    private func report(_ outcome: TrainingLoop.Outcome, path: String, steps: Int) throws {
        let step: Int
        let isFinished: Bool
        switch outcome {
        case .finished: (step, isFinished) = (steps, true)
        case .stopped(let last): (step, isFinished) = (last, false)
        }
        if output.json {
            struct Result: Encodable {
                let schema = 1
                let run: String
                let step: Int
                let finished: Bool
                private enum CodingKeys: String, CodingKey { case schema, run, step, finished }
            }
            try Console.print(json: Result(run: path, step: step, finished: isFinished))
        } else {
            Console.print(path)
        }
        guard !isFinished else { return }
        output.say("Stopped after step \(step); the same command with --resume --out \(path) goes on.")
        throw ExitCode(AuspexProgram.Status.stopped)
    }
}
