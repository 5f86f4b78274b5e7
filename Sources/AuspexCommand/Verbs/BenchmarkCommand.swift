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

    @Option(help: "What activations are stored as: float32, until bfloat16 has kernels.")
    var precision = TrainingConfiguration.Precision.float32

    @Option(help: "Whole units of work that are timed, after the same warm-up.")
    var repeats = 5

    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, channels, "--channels")
        try requireAtLeast(1, repeats, "--repeats")
    }

    /// Sets the work up, lets it be measured, and shows what came out.
    func measure(
        unit: String, batch: Int, _ body: (Benchmark, (Int) -> Void) throws -> Benchmark.Report
    ) throws {
        engine.apply()
        var benchmark = try Benchmark(channels: channels, batch: batch, size: size, precision: precision)
        benchmark.repeats = repeats
        let progress = ProgressReporter(
            "benchmark", total: repeats, unit: unit, style: .automatic(quiet: output.quiet))
        let report = try body(benchmark) { progress.update(completed: $0) }
        progress.finish()
        if output.json { return try Console.print(json: report) }
        for line in report.summary { Console.print(line) }
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

    func validate() throws { try requireAtLeast(1, batch, "--batch") }

    func run() throws {
        try options.measure(unit: "steps", batch: batch) { try $0.step(progress: $1) }
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

    func validate() throws { try requireAtLeast(1, batch, "--batch") }

    func run() throws {
        try options.measure(unit: "predictions", batch: batch) { try $0.prediction(progress: $1) }
    }
}

extension TrainingConfiguration.Precision: ExpressibleByArgument {}
