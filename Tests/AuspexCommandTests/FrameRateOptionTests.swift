import AuspexSupport
import AuspexTensors
import Foundation
import Testing

@Suite("--frame-rate gives image folders and arrays a clock")
struct FrameRateOptionTests {
    private func withArray(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let made = try ProgramRun(
                [
                    "data", "synthesize", "moving-shapes", "--out", "a", "--clips", "3", "--frames", "24", "--size",
                    "32", "--format", "npy",
                ], in: folder)
            try #require(made.status == 0, "\(made.errors)")
            try body(folder)
        }
    }

    @Test func inspectTellsSeconds() throws {
        try withArray { folder in
            let run = try ProgramRun(
                ["data", "inspect", "a/moving-shapes.npy", "--frame-rate", "8", "--json"], in: folder)
            try #require(run.status == 0, "\(run.errors)")
            let report = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            let items = try #require(report["items"] as? [[String: Any]])
            #expect(items.count == 3 && items.allSatisfy { abs(($0["durationSeconds"] as? Double ?? 0) - 3) < 1e-6 })
        }
    }

    @Test func trainingAndPredictingTakeFramesByTheirTime() throws {
        try withArray { folder in
            let interval = ["--set", "data.frameIntervalSeconds=0.25"]
            let train =
                ["train", "trivd-tiny", "--steps", "2", "--data", "a/moving-shapes.npy"] + SmallRun.settings + interval
            let without = try ProgramRun(train + ["--out", "none"], in: folder)
            #expect(without.status == 1 && without.errors.contains("--frame-rate"), "\(without.errors)")
            let run = try ProgramRun(train + ["--out", "run", "--frame-rate", "8"], in: folder)
            try #require(run.status == 0, "\(run.errors)")
            let kept = try String(contentsOf: folder.appendingPathComponent("run/config.yaml"), encoding: .utf8)
            #expect(kept.contains("framesPerSecond: 8"))
            for verb in [
                ["predict", "--data", "a/moving-shapes.npy", "--model", "run", "--out", "p", "--clips", "1"],
                ["evaluate", "run", "--data", "a/moving-shapes.npy", "--clips", "1", "--metrics", "psnr"],
            ] {
                let timed = try ProgramRun(verb + ["--frame-rate", "8"], in: folder)
                #expect(timed.status == 0, "\(verb[0]): \(timed.errors)")
            }
        }
    }

    @Test(arguments: [
        (["predict", "a.mkv", "--model", "run", "--frame-rate", "8"], "--frame-rate needs --data SOURCE"),
        (["evaluate", "run", "--frame-rate", "8"], "--frame-rate needs --data SOURCE"),
        (["train", "trivd-tiny", "--frame-rate", "0"], "--frame-rate is 0.0: it must be above 0"),
        (["data", "inspect", "a.npy", "--frame-rate", "inf"], "--frame-rate is inf: it must be above 0"),
    ]) func whatCanHaveNoEffectIsRefused(_ arguments: [String], _ expected: String) throws {
        let run = try ProgramRun(arguments)
        #expect(run.status == 64 && run.errors.contains(expected), "\(run.errors)")
    }

    @Test func videosHaveTimesOfTheirOwn() throws {
        try withTemporaryFolder { folder in
            let made = try ProgramRun(
                ["data", "synthesize", "moving-shapes", "--out", "v", "--clips", "1", "--size", "32"], in: folder)
            try #require(made.status == 0, "\(made.errors)")
            for source in ["v", "v/0000.mkv", "synthetic:moving-shapes"] {
                let run = try ProgramRun(["data", "inspect", source, "--frame-rate", "8"], in: folder)
                #expect(run.status == 1 && run.errorLines.count == 1 && run.errors.contains("--frame-rate"))
            }
        }
    }
}
