import AuspexSupport
import Foundation
import Testing

@Suite("A run that is stopped resumes with the same bits", .serialized)
struct InterruptionTests {
    private static let steps = 60

    private static func training(_ run: String, steps: Int = steps, resume: Bool) -> [String] {
        ["train", "trivd-tiny", "--steps", "\(steps)", "--out", run] + (resume ? ["--resume"] : []) + SmallRun.settings
            + [
                "--set", "training.checkpointInterval=4", "--set", "training.validationInterval=10", "--set",
                "training.sampleInterval=0", "--set", "training.logInterval=1",
            ]
    }

    /// A run in one go.
    private func wholeRun(steps: Int = steps, in folder: URL) throws -> URL {
        let run = try ProgramRun(Self.training("whole", steps: steps, resume: false), in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return folder.appendingPathComponent("whole")
    }

    /// Kills when the log has come to a random step, and a random time later: time alone would depend on how busy the machine is.
    ///
    /// A run to be killed has no last step, so that even the fastest machine cannot finish it first. The length of the final
    /// run follows from the step that the last kill allowed. It is killed once more near its end, which may be too late.
    @Test func killedAtRandomMoments() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("moments of killing are drawn from seed \(seed)")
        var draws = SplitMix(state: seed)
        try withTemporaryFolder { folder in
            let log = folder.appendingPathComponent("run/metrics.jsonl")
            func lines() -> Int { (try? Data(contentsOf: log))?.count { $0 == UInt8(ascii: "\n") } ?? 0 }
            func kill(at line: Int, of steps: Int) throws -> Int32 {
                let delay = Double.random(in: 0...0.03, using: &draws)
                let program = try RunningProgram(Self.training("run", steps: steps, resume: true), in: folder)
                let runs = program.runs { lines() >= line }
                usleep(UInt32(delay * 1e6))
                if runs { program.send(SIGKILL) }
                return program.status()
            }
            for line in (0..<6).map({ _ in Int.random(in: 0..<Self.steps, using: &draws) }).sorted() {
                #expect(try kill(at: line, of: 1_000_000) == 128 + SIGKILL, "seed \(seed)")
            }
            // The log has more lines than steps: those of validations.
            let steps = lines() + 10
            let ending = try kill(at: steps, of: steps)
            #expect(ending == 0 || ending == 128 + SIGKILL, "seed \(seed)")
            let last = try ProgramRun(Self.training("run", steps: steps, resume: true), in: folder)
            #expect(last.status == 0, "seed \(seed): \(last.errors)")
            try SmallRun.expectSame(
                folder.appendingPathComponent("run"), try wholeRun(steps: steps, in: folder))
        }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func asked(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let whole = try wholeRun(in: folder)
            let program = try RunningProgram(Self.training("run", resume: false), in: folder)
            let checkpoint = folder.appendingPathComponent("run/checkpoints/last")
            let isRunning = program.runs { FileManager.default.fileExists(atPath: checkpoint.path) }
            try #require(isRunning, "ended before it was asked to")
            program.send(signal)
            // A shell passes on the SIGHUP that the system has sent already.
            if signal == SIGHUP { program.send(SIGHUP) }
            #expect(program.status() == 3)
            let resumed = try ProgramRun(Self.training("run", resume: true), in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            try SmallRun.expectSame(folder.appendingPathComponent("run"), whole)
        }
    }

    /// A step of minutes: so many micro-batches that no machine finishes them while the test waits.
    private static func longSteps(_ run: String) -> [String] {
        ["train", "trivd-tiny", "--steps", "5", "--out", run] + SmallRun.settings + [
            "--set", "training.accumulation=20000",
        ]
    }

    private func whileALongStepRuns(in folder: URL, _ body: (RunningProgram) throws -> Void) throws {
        let program = try RunningProgram(Self.longSteps("run"), in: folder)
        let log = folder.appendingPathComponent("run/metrics.jsonl")
        // The line of the baseline: the step comes next.
        let isRunning = program.runs { ((try? Data(contentsOf: log))?.count ?? 0) > 0 }
        try #require(isRunning, "ended before it was asked to")
        try body(program)
    }

    @Test func aStepOfMinutesIsGivenUp() throws {
        try withTemporaryFolder { folder in
            try whileALongStepRuns(in: folder) { program in
                program.send(SIGTERM)
                let start = Date()
                #expect(program.status() == 3)
                #expect(Date().timeIntervalSince(start) < 60)
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSecondSignalEndsAtOnce(signal: Int32) throws {
        try withTemporaryFolder { folder in
            try whileALongStepRuns(in: folder) { program in
                program.send(SIGINT)
                usleep(300_000)
                program.send(signal)
                let start = Date()
                #expect(program.status() == 128 + signal)
                #expect(Date().timeIntervalSince(start) < 5)
            }
        }
    }

    /// `nohup` asks for a run that outlives its terminal.
    @Test func nohup() throws {
        try withTemporaryFolder { folder in
            let command = (["exec", ProgramRun.program.path] + Self.training("run", resume: false)).map { "'\($0)'" }
            let program = try RunningProgram(
                shell: "trap '' HUP; " + command.joined(separator: " ").replacing("'exec'", with: "exec"), in: folder)
            let checkpoint = folder.appendingPathComponent("run/checkpoints/last")
            let isRunning = program.runs { FileManager.default.fileExists(atPath: checkpoint.path) }
            try #require(isRunning, "ended before it was asked to")
            program.send(SIGHUP)
            #expect(program.status() == 0)
        }
    }

    @Test func activationsMayBeKeptOrComputedAgain() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder, ["--checkpoint-activations"])
            for (run, flags) in [("run", ["--resume"]), ("whole", [])] {
                let result = try ProgramRun(
                    ["train", "trivd-tiny", "--steps", "2", "--out", run] + flags + SmallRun.settings, in: folder)
                #expect(result.status == 0, "\(result.errors)")
            }
            try SmallRun.expectSame(folder.appendingPathComponent("run"), folder.appendingPathComponent("whole"))
        }
    }
}

/// Random numbers that can be drawn again from the seed that was printed. Source: Steele, Lea and Flood 2014, SplitMix64.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
