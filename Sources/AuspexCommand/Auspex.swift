import ArgumentParser
import AuspexSupport

/// The program: its verbs are what a person wants to do.
package struct Auspex: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "auspex",
        abstract: "Trains video predictors, continues videos, and scores predictions.",
        discussion: """
            EXAMPLE:
              auspex train tiny --steps 10 --out run
            """,
        version: ProgramVersion.current,
        subcommands: [
            PredictCommand.self, TrainCommand.self, EvaluateCommand.self, ScoreCommand.self, ExplainCommand.self,
            CalibrateCommand.self,
            DataCommand.self, WeightsCommand.self, InspectCommand.self, BenchmarkCommand.self,
        ])

    package init() {}
}
