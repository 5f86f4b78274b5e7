import ArgumentParser
import AuspexRuns

/// `auspex inspect FILE`: what is in a weights file, an array or a run.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what is in a weights file (.safetensors), an array (.npy) or a run.",
        discussion: """
            Of a run or a checkpoint all files are compared with the checksums that were noted when it was written; damage is an error.

            EXAMPLE:
              auspex train tiny --steps 2 --out run
              auspex inspect run@last
            """)

    @Argument(
        help: ArgumentHelp(
            "A .safetensors or .npy file; a checkpoint's folder; a run: RUN, RUN@best, RUN@last or RUN@STEP; or pretrained.",
            valueName: "file"))
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.show(try FileContents(of: file))
    }
}
