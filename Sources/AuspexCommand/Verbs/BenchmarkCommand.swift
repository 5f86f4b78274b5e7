import ArgumentParser
import AuspexConfiguration
import AuspexEvaluation
import AuspexMetrics
import AuspexPretrained
import AuspexSupport
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
        subcommands: [
            BenchmarkStepCommand.self, BenchmarkPredictCommand.self, BenchmarkNetworkCommand.self,
            BenchmarkDistanceCommand.self, BenchmarkLoadCommand.self,
        ])
}

/// Options shared by the benchmarks of a model.
struct BenchmarkOptions: ParsableArguments {
    @Argument(help: "A preset or a .yaml file; without one the published model at --size and --channels.")
    var configuration: String?

    @Option(help: "Width of the networks, 16 if not given.")
    var channels: Int?

    @Option(help: "Frames in pixels: the side of a square, or WIDTHxHEIGHT; 64 if not given.")
    var size: FrameSize?

    @Option(help: "What activations are stored as: float32, until bfloat16 has kernels.")
    var precision = TrainingConfiguration.Precision.float32

    @Option(name: .customLong("set"), help: "key=value: changes one field of the configuration; may be repeated.")
    var assignments: [String] = []

    @Option(help: "Threads that compute beside the timed work, as other programs would.")
    var busy = 0

    @OptionGroup var measuring: MeasuringOptions

    func validate() throws {
        try requireAtLeast(0, busy, "--busy", atMost: Most.threads)
        if let channels { try requireAtLeast(1, channels, "--channels") }
        guard let configuration else { return }
        for (option, value) in [("channels", channels.map(String.init)), ("size", size.map(FrameSizeOption.text))] {
            guard let value else { continue }
            throw ValidationError(
                "--\(option) is for the published model, and \(configuration) has its own keys: use --set, as in --set model.\(option)=\(value)"
            )
        }
    }

    /// - Parameters:
    ///   - batch: the clips that were asked for; nil takes the configuration's.
    ///   - usual: the batch if there is no configuration.
    func benchmark(batch: Int?, usual: Int) throws -> Benchmark {
        var all = ["training.precision=\(precision.rawValue)"]
        if configuration == nil {
            all += ["model.channels=\(channels ?? 16)", "model.size=\(FrameSizeOption.text(size ?? 64))"]
        }
        if let batch = batch ?? (configuration == nil ? usual : nil) { all.append("training.batch=\(batch)") }
        var benchmark = try Benchmark(try Configuration(configuration, assignments: all + assignments))
        benchmark.repeats = measuring.repeats
        benchmark.busyThreads = busy
        return benchmark
    }
}

/// Options shared by all benchmarks.
struct MeasuringOptions: ParsableArguments {
    @Option(help: "Whole units of work that are timed, after the same warm-up.")
    var repeats = 5

    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requireAtLeast(1, repeats, "--repeats") }

    /// Runs a measurement and shows the result.
    func measure(unit: String, _ body: ((Int) -> Void) throws -> some Report) throws {
        engine.apply()
        let progress = ProgressReporter(
            "benchmark", total: repeats, unit: unit, style: .automatic(quiet: output.quiet))
        let report = try body { progress.update(completed: $0) }
        progress.finish()
        try output.show(report)
    }
}

/// `auspex benchmark step`: a training step.
struct BenchmarkStepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Times a training step of a configuration, or of the published model.",
        discussion: """
            The published model's step is two updates of the discriminators (trivd) and one of the generator (TSRU-c).

            EXAMPLE:
              auspex benchmark step --channels 4 --batch 1 --size 32 --repeats 1
              auspex benchmark step tiny --repeats 1
            """)

    @Option(help: "Clips of a micro-batch: the configuration's if not given, 4 without one.")
    var batch: Int?

    @OptionGroup var options: BenchmarkOptions

    func validate() throws { if let batch { try requireAtLeast(1, batch, "--batch") } }

    func run() throws {
        try options.measuring.measure(unit: "steps") {
            try options.benchmark(batch: batch, usual: 4).step(progress: $0)
        }
    }
}

/// `auspex benchmark predict`: a prediction.
struct BenchmarkPredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Times a prediction of a configuration's model, or of the published one: 11 frames.",
        discussion: """
            EXAMPLE:
              auspex benchmark predict --channels 4 --size 32 --repeats 1
              auspex benchmark predict tiny --repeats 1
            """)

    @Option(help: "Clips that are predicted at once.")
    var batch = 1

    @OptionGroup var options: BenchmarkOptions

    func validate() throws { try requireAtLeast(1, batch, "--batch") }

    func run() throws {
        try options.measuring.measure(unit: "predictions") {
            try options.benchmark(batch: batch, usual: 1).prediction(progress: $0)
        }
    }
}

/// `auspex benchmark i3d`: the network behind FVD and KVD.
struct BenchmarkNetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "i3d",
        abstract: "Times the logits of clips at 224×224 by I3D, the network behind FVD and KVD.",
        discussion: """
            The weights are random, so none need be fetched. All numbers are of one clip.

            EXAMPLE:
              auspex benchmark i3d --batch 1 --frames 9 --repeats 1
            """)

    @Option(help: "Clips that go through the network together.")
    var batch = 4

    @Option(help: "Frames of a clip, at least 9.")
    var frames = 16

    @Option(help: "What is multiplied: float32, or bfloat16 where the processor has instructions for it.")
    var precision = I3D.Precision.float32

    @OptionGroup var options: MeasuringOptions

    func validate() throws {
        try requireAtLeast(1, batch, "--batch")
        try requireAtLeast(9, frames, "--frames", atMost: Most.frames)
    }

    func run() throws {
        try options.measure(unit: "batches") { progress in
            var benchmark = try NetworkBenchmark(precision: precision)
            (benchmark.batch, benchmark.frames, benchmark.repeats) = (batch, frames, options.repeats)
            return try benchmark.logits(progress: progress)
        }
    }
}

/// `auspex benchmark frechet`: the distance behind FVD.
struct BenchmarkDistanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frechet",
        abstract: "Times the Fréchet distance of two sets of features.",
        discussion: """
            The rows are random; their covariances have full rank where there are more rows than features.

            EXAMPLE:
              auspex benchmark frechet --features 400 --rows 1000 --repeats 1
            """)

    @Option(help: "Numbers of a row: 400 are I3D's logits.")
    var features = 400

    @Option(help: "Rows of each set, more than one.")
    var rows = 5000

    @OptionGroup var options: MeasuringOptions

    func validate() throws {
        try requireAtLeast(1, features, "--features")
        try requireAtLeast(2, rows, "--rows")
    }

    func run() throws {
        try options.measure(unit: "distances") { progress in
            var benchmark = DistanceBenchmark()
            (benchmark.features, benchmark.rows, benchmark.repeats) = (features, rows, options.repeats)
            return try benchmark.run(progress: progress)
        }
    }
}

extension TrainingConfiguration.Precision: ExpressibleByArgument {}
extension I3D.Precision: ExpressibleByArgument {}
