import ArgumentParser

/// How a command reports.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON object.")
    var json = false

    @Flag(help: "Print no progress and no messages, only results and errors.")
    var quiet = false

    /// Prints a progress message to standard error, unless `--quiet` is given.
    func say(_ text: String) { if !quiet { Console.say(text) } }
}
