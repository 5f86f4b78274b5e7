import AuspexSupport
import Foundation
import Testing

@Suite("Explaining a reported number")
struct ExplainTests {
    /// Two sets of three clips of a few frames.
    private func withSets(frames: Int, _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for (name, seed) in [("real", "1"), ("predicted", "2")] {
                let run = try ProgramRun(
                    [
                        "data", "synthesize", "moving-shapes", "--out", name, "--clips", "3", "--frames", "\(frames)",
                        "--seed", seed, "--quiet",
                    ], in: folder)
                #expect(run.status == 0, "\(run.errors)")
            }
            try body(folder)
        }
    }

    @Test func whatWouldBeTried() throws {
        try withSets(frames: 16) { folder in
            let explain = ["explain", "real", "predicted", "--reported", "49.9", "--dry-run"]
            let plain = try ProgramRun(explain, in: folder)
            #expect(plain.status == 0 && plain.errors.isEmpty, "\(plain.errors)")
            #expect(plain.output.contains("resize:centred") && plain.output.contains("6 for the definition"))
            #expect(!plain.output.contains("frames:predicted-only"))
            let context = try ProgramRun(explain + ["--context-frames", "5", "--only", "frames", "--json"], in: folder)
            let plan = try #require(
                try JSONSerialization.jsonObject(with: Data(context.output.utf8)) as? [String: Any])
            let names = (plan["deviations"] as? [[String: String]])?.compactMap { $0["name"] }
            let offByOne = ["first-doubled", "last-doubled", "without-first"].flatMap { name in
                ["", ":predicted", ":real"].map { "frames:\(name)\($0)" }
            }
            #expect(names == ["frames:predicted-only", "frames:first-10"] + offByOne)
            // Five choices of frames of three clips and three; of one set alone they cost nothing more.
            #expect(plan["definitionClips"] as? Int == 6 && plan["singleClips"] as? Int == 30)
        }
    }

    @Test func badInputIsOneLine() throws {
        try withSets(frames: 8) { folder in
            let sets = ["real", "predicted", "--reported"]
            let one = ["real/0000.mkv", "predicted", "--reported", "9"]
            let cases: [(arguments: [String], status: Int32, says: String)] = [
                (sets + ["fifty"], 64, "reported value fifty: expected a number, for example 49.9 (--reported)"),
                (sets + ["9", "--only", "size"], 64, "--only size: unknown name; did you mean resize?"),
                (sets + ["9", "--metric", "fdv"], 64, "--metric fdv: unknown name; did you mean fvd?"),
                (sets + ["9", "--metric", "ssim"], 64, "expected one of fvd"),
                (sets + ["9"], 1, "found clips of 8 frames, expected at least 9"),
                (one, 1, "found one real clip"),
                (["none", "predicted", "--reported", "9"], 1, "none: no such file"),
            ]
            for (arguments, status, says) in cases {
                let run = try ProgramRun(["explain"] + arguments, in: folder)
                #expect(run.status == status && run.output.isEmpty, "\(arguments)")
                #expect(run.errorLines.count == 1 && run.errors.contains(says), "\(run.errors)")
            }
        }
    }

    /// Without the network's weights nothing is computed, and the way to them is said.
    @Test func weightsThatAreAbsent() throws {
        try withSets(frames: 9) { folder in
            let process = Process()
            process.executableURL = ProgramRun.program
            process.arguments = ["explain", "real", "predicted", "--reported", "9"]
            process.currentDirectoryURL = folder
            process.environment = ProcessInfo.processInfo.environment.merging(["AUSPEX_WEIGHTS": folder.path]) { $1 }
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 1)
            #expect(text.split(separator: "\n").count == 1 && text.contains("auspex weights fetch i3d"), "\(text)")
        }
    }
}
