import AuspexCommand
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
        #expect(run.output.contains("EXAMPLE:\n  auspex "))
        try expectSnapshot(run.output, "help" + words.map { "-" + $0 }.joined())
    }

    @Test func versionIsAResult() throws {
        let run = try ProgramRun(["--version"])
        #expect(run.status == 0 && run.output == "0.1.0\n" && run.errors.isEmpty)
    }
}
