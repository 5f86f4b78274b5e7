import Foundation
import Testing

@Suite("Mistyped arguments are reported by name")
struct ArgumentTests {
    private func misunderstood(_ arguments: [String], _ line: String) throws {
        let run = try ProgramRun(arguments)
        #expect(run.status == 64 && run.output.isEmpty, "\(arguments): \(run.errors)")
        #expect(run.errorLines.count == 1 && run.errors.hasPrefix("auspex: " + line), "\(run.errors)")
    }

    /// A negative value is a value: the parser would say that it is missing.
    @Test func negativeValues() throws {
        try misunderstood(["predict", "a.mkv", "--model", "run", "--at", "-1"], "--at is -1.0: it must be 0 or more")
        try misunderstood(["train", "trivd-tiny", "--steps", "-5"], "--steps is -5: it must be at least 1")
        try misunderstood(["evaluate", "run", "--clips", "-3"], "--clips is -3: it must be at least 1")
        try misunderstood(["train", "trivd-tiny", "--threads", "-2"], "--threads is -2: it must be at least 1")
        try misunderstood(["train", "trivd-tiny", "--seed", "-1"], "The value '-1' is invalid for '--seed <seed>'")
        try misunderstood(
            ["score", "a", "b", "--range", "-1"], "--range -1: expected the smallest and the largest value")
        try misunderstood(["inspect", "a.npy", "--json", "-5"], "The option '--json' does not take any value")
        try misunderstood(
            ["explain", "a", "b", "--reported", "-1e999"],
            "reported value -1e999: expected a number, for example 49.9 (--reported)")
        // The end of the options is the end of them.
        try misunderstood(["train", "trivd-tiny", "--", "--steps", "-5"], "2 unexpected arguments")
    }

    @Test func metricsThatDoNotExist() throws {
        for verb in [["score", "a", "b"], ["evaluate", "run"], ["calibrate", "a", "--out", "b"]] {
            try misunderstood(verb + ["--metrics", "psnrr"], "--metrics psnrr: unknown name; did you mean psnr?")
            try misunderstood(
                verb + ["--metrics", "psnr,bogus"], "--metrics bogus: unknown name; expected one of psnr, ")
        }
        try misunderstood(
            ["score", "--embeddings", "a", "b", "--metrics", "frechte"],
            "--metrics frechte: unknown name; did you mean frechet?")
        try misunderstood(
            ["explain", "a", "b", "--reported", "1", "--metric", "fdv"], "--metric fdv: unknown name; did you mean fvd?"
        )
        try misunderstood(
            ["explain", "a", "b", "--reported", "1", "--metric", "psnr"],
            "--metric psnr: its deviations are not known; expected one of fvd, ")
        try misunderstood(
            ["explain", "a", "b", "--reported", "1", "--only", "resise"],
            "--only resise: unknown name; did you mean resize?")
        try misunderstood(["evaluate", "run", "--protocol", "bar"], "--protocol bar: unknown name; did you mean bair?")
        try misunderstood(["score", "a", "b", "--fail-if", "psnrr<1"], "--fail-if 'psnrr<1': psnrr is not among")
    }

    /// A number of 400 digits is repeated in a readable line, wherever it is given.
    @Test func longNumbers() throws {
        let digits = String(repeating: "7", count: 400)
        try withTemporaryFolder { folder in
            try Data("training:\n  steps: \(digits)\n".utf8).write(to: folder.appendingPathComponent("a.yaml"))
            for arguments in [
                ["train", "trivd-tiny", "--steps", digits],
                ["train", "trivd-tiny", "--set", "training.steps=\(digits)"],
                ["train", "a.yaml"], ["predict", "a", "--model", "b", "--at", "-" + digits], [digits],
                ["inspect", digits],
                ["explain", "a", "b", "--reported", digits], ["score", "a", "b", "--metrics", digits],
            ] {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == 1 || run.status == 64)
                #expect(run.errorLines.count == 1 && run.errors.utf8.count < 500, "\(run.errors)")
            }
        }
    }
}
