import Foundation
import Testing

@Suite("A dry run looks at the data")
struct DryRunTests {
    private func dryRun(_ arguments: [String], in folder: URL) throws -> ProgramRun {
        try ProgramRun(["train"] + arguments + ["--dry-run"] + SmallRun.settings.filter { $0 != "--quiet" }, in: folder)
    }

    @Test func whatCannotBeReadIsAnError() throws {
        try withTemporaryFolder { folder in
            let made = try ProgramRun(
                [
                    "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--frames", "3", "--size",
                    "32",
                    "--quiet",
                ], in: folder)
            #expect(made.status == 0, "\(made.errors)")
            for (source, says) in [("none", "none: no such file or folder"), ("clips", "has 3 frames")] {
                let run = try dryRun(["trivd-tiny", "--data", source], in: folder)
                #expect(run.status == 1 && run.output.isEmpty, "\(run.errors)")
                #expect(run.errorLines.last?.contains(says) == true, "\(run.errors)")
                let set = try dryRun(["trivd-tiny", "--set", "data.source=\(source)"], in: folder)
                #expect(set.status == 1 && set.errors.contains(says), "\(set.errors)")
            }
        }
    }

    /// Presets name the folders of their papers' data.
    @Test func thePresetsOwnSourceIsANote() throws {
        try withTemporaryFolder { folder in
            let run = try dryRun(["bair-64", "--set", "model.size=32"], in: folder)
            #expect(run.status == 0 && run.output.contains("# peak memory:"), "\(run.errors)")
            #expect(
                run.errors.contains(
                    "Note: training will need data of your own, with --data SOURCE: bair/train: no such"))
        }
    }
}
