import AuspexCommand
import AuspexSupport
import Testing

@Suite("Help")
struct HelpTests {
    /// Every verb, and the program itself.
    static let verbs = [""] + AuspexProgram.verbs

    @Test(arguments: verbs)
    func helpIsAsRecorded(verb: String) throws {
        let words = verb.split(separator: " ").map(String.init)
        let run = try ProgramRun(words + ["--help"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        // Another program's line may come first: what an import takes is downloaded by it.
        let example = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { $0 != "EXAMPLE:" }.prefix { !$0.isEmpty }
        #expect(example.contains { $0.hasPrefix("  auspex ") })
        try expectSnapshot(run.output, "help" + words.map { "-" + $0 }.joined())
    }

    @Test func versionIsAResult() throws {
        let run = try ProgramRun(["--version"])
        #expect(run.status == 0 && run.output == ProgramVersion.current + "\n" && run.errors.isEmpty)
    }
}
