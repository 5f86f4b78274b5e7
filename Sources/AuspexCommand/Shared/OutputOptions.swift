import ArgumentParser
import AuspexEvaluation
import AuspexSupport

/// How a command reports.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as one JSON object.")
    var json = false

    @Flag(help: "Print no progress and no messages, only results and errors.")
    var quiet = false

    /// Prints a progress message to standard error, unless `--quiet` is given.
    func say(_ text: String) { if !quiet { Console.say(text) } }

    /// Shows a result: notes for the reader to standard error, and the result to standard output, as JSON with `--json`.
    ///
    /// - Parameter text: the human-readable result, if it is not the report's usual text.
    func show(_ report: some Report, as text: String? = nil) throws {
        for note in report.allNotes { say("Note: \(note)") }
        guard json else { return Console.print(text ?? report.text) }
        if let listing = report as? any ClipListingReport { return try Console.print(json: listing) }
        try Console.print(json: report)
    }
}
