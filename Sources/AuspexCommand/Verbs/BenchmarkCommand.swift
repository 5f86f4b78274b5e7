import ArgumentParser
import AuspexExperiments
import AuspexTraining

/// `auspex benchmark …`: this machine's speed on fixed work.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measures this machine's speed on fixed work, with the limit beside it.",
        discussion: """
            EXAMPLE:
              auspex benchmark step --channels 4 --batch 1 --size 32 --repeats 1
            """,
        subcommands: [BenchmarkStepCommand.self, BenchmarkPredictCommand.self])
}

/// What both benchmarks ask for.
struct BenchmarkOptions: ParsableArguments {
    @Option(help: "Width of the networks.")
    var channels = 16

    @Option(help: "Side of the frames: 32, 64, 128 or 256.")
    var size = 64

    @Option(help: "float32 or bfloat16.")
    var precision = TrainingConfiguration.Precision.float32

    @Option(help: "Whole units of work that are timed, after the same warm-up.")
    var repeats = 5

    func validate() throws {
        try requireAtLeast(1, channels, "--channels")
        try requireAtLeast(1, repeats, "--repeats")
    }

    func benchmark(batch: Int) throws -> Benchmark {
        var benchmark = try Benchmark(channels: channels, batch: batch, size: size, precision: precision)
        benchmark.repeats = repeats
        return benchmark
    }
}

/// `auspex benchmark step`: a training step.
struct BenchmarkStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Times a training step: two updates of the judges (trivd), one of the generator (TSRU-c).",
        discussion: """
            EXAMPLE:
              auspex benchmark step --channels 4 --batch 1 --size 32 --repeats 1
            """)

    @Option(help: "Clips of a step.")
    var batch = 4

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireAtLeast(1, batch, "--batch") }

    func run() throws {
        engine.apply()
        let progress = ProgressReporter(
            "benchmark", total: options.repeats, unit: "steps", style: .automatic(quiet: output.quiet))
        let report = try options.benchmark(batch: batch).step { progress.update(completed: $0) }
        progress.finish()
        try report.show(json: output.json)
    }
}

/// `auspex benchmark predict`: a prediction.
struct BenchmarkPredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Times the prediction of 11 frames.",
        discussion: """
            EXAMPLE:
              auspex benchmark predict --channels 4 --size 32 --repeats 1
            """)

    @Option(help: "Clips that are predicted at once.")
    var batch = 1

    @OptionGroup var options: BenchmarkOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireAtLeast(1, batch, "--batch") }

    func run() throws {
        engine.apply()
        let progress = ProgressReporter(
            "benchmark", total: options.repeats, unit: "predictions", style: .automatic(quiet: output.quiet))
        let report = try options.benchmark(batch: batch).prediction { progress.update(completed: $0) }
        progress.finish()
        try report.show(json: output.json)
    }
}

extension TrainingConfiguration.Precision: ExpressibleByArgument {}

extension Benchmark.Report {
    fileprivate func show(json: Bool) throws {
        if json { return try Console.print(json: self) }
        for line in summary { Console.print(line) }
    }
}
