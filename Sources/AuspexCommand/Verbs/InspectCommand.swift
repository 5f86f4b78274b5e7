import ArgumentParser
import AuspexRuns
import AuspexSupport

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
            "A .safetensors or .npy file; a checkpoint's folder; or a run: RUN, RUN@best, RUN@last or RUN@STEP.",
            valueName: "file"))
    var file: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let contents = try FileContents(of: file)
        if output.json { return try Console.print(json: contents) }
        Console.print(contents.summary)
        Console.print(contents.verification)
        for (key, value) in contents.metadata.sorted(by: { $0.key < $1.key }) { Console.print("\(key): \(value)") }
        var table = TextTable(header: ["tensor", "type", "shape", "numbers"])
        for tensor in contents.tensors {
            let shape = tensor.shape.map(String.init).joined(separator: "×")
            table.add([tensor.name, tensor.type, shape.isEmpty ? "one number" : shape, "\(tensor.count)"])
        }
        Console.print(table.text)
    }
}
