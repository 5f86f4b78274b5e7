import Foundation
import Testing

@Suite("From a video to a score, by the program alone", .serialized)
struct WholePathTests {
    /// The smallest networks that the program makes.
    private static let small = [
        "--set", "model.channels=1", "--set", "training.batch=1", "--set", "training.standingStatisticsBatches=1",
        "--set", "training.validationClips=1", "--set", "model.predictedFrames=2", "--quiet",
    ]

    private static let experiments = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("experiments")

    /// Another model than the published one, by the same verbs.
    @Test(arguments: ["conv-gru-mse-tiny", "simvp-tiny", "tiny"]) func anyModel(preset: String) throws {
        try withTemporaryFolder { folder in
            func run(_ arguments: [String], status: Int32 = 0) throws -> ProgramRun {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == status, "\(arguments.joined(separator: " ")): \(run.errors)")
                return run
            }
            let name = preset == "tiny" ? "motion-layers" : String(preset.dropLast("-tiny".count))
            // A rate that falls to its last step can't be made longer.
            let constant =
                name == "motion-layers"
                ? "training.phases=[{loss: [{name: l1, weight: 0.5}], optimizer: {name: muon, learningRate: 0.02}}]"
                : "training.decay=constant"
            let small = [
                "--set", "training.batch=1", "--set", "training.standingStatisticsBatches=1", "--set",
                "training.validationClips=2", "--set", "model.predictedFrames=2", "--set", constant, "--quiet",
            ]
            _ = try run(["data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--size", "32"])
            #expect(try run(["train", preset, "--dry-run", "--quiet"]).output.contains("name: \(name)"))
            if name == "motion-layers" {
                // Its losses fall to the last step: it is taken back to an earlier step instead of made longer.
                _ = try run(
                    ["train", preset, "--steps", "3", "--out", "run", "--set", "training.checkpointInterval=2"] + small)
                #expect(
                    try run(["train", "run", "--resume", "--steps", "4"], status: 1).errors.contains(
                        "the losses that motion-layers brings fall to the last step, which is 3"))
                let checkpoints = folder.appendingPathComponent("run/checkpoints")
                for link in ["last", "best", "step-00000003"] {
                    try FileManager.default.removeItem(at: checkpoints.appendingPathComponent(link))
                }
                try FileManager.default.createSymbolicLink(
                    atPath: checkpoints.appendingPathComponent("last").path, withDestinationPath: "step-00000002")
            } else {
                _ = try run(["train", preset, "--steps", "2", "--out", "run"] + small)
            }
            _ = try run(["train", "run", "--resume", "--steps", "3", "--quiet"])
            _ = try run(["train", preset, "--steps", "3", "--out", "whole"] + small)
            for file in ["weights", "averaged-weights", "optimiser"] {
                let path = "checkpoints/last/\(file).safetensors"
                let (resumed, whole) = (
                    folder.appendingPathComponent("run/" + path), folder.appendingPathComponent("whole/" + path)
                )
                #expect(try Data(contentsOf: resumed) == Data(contentsOf: whole), "\(file) differs")
            }
            #expect(
                try run(["train", "trivd-tiny", "--out", "run", "--resume", "--steps", "3", "--quiet"], status: 1)
                    .errors
                    .contains(
                        "model.name was \"\(name)\" in the run and is \"trivd-gan\" now"))
            _ = try run(["predict", "clips/0000.mkv", "--model", "run", "--frames", "7", "--out", "p.npy", "--quiet"])
            #expect(
                try run(["predict", "clips/0000.mkv", "--model", "run", "--samples", "2"], status: 1).errors.contains(
                    "has one future for each context"))
            let evaluation = try run(["evaluate", "run", "--clips", "2", "--json", "--quiet"])
            #expect(evaluation.output.contains("\"copy-last\":") && evaluation.output.contains("\"model\":"))
            #expect(try run(["inspect", "run"]).output.contains("intact"))
            for work in ["step", "predict"] {
                let report = try run(["benchmark", work, preset, "--repeats", "1", "--json", "--quiet"]).output
                #expect(report.contains("\"gflopAsWritten\":") && !report.contains("\"gflopAsWritten\":0,"))
            }
        }
    }

    /// Frames that are wider than high, and higher than wide, from the file to the metric.
    @Test(arguments: [("trivd-tiny", 32, 48), ("conv-gru-mse-tiny", 40, 32), ("simvp-tiny", 32, 48)])
    func rectangles(preset: String, height: Int, width: Int) throws {
        try withTemporaryFolder { folder in
            func run(_ arguments: [String]) throws -> ProgramRun {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == 0, "\(arguments.joined(separator: " ")): \(run.errors)")
                return run
            }
            let small = [
                "--set", "training.batch=1", "--set", "training.standingStatisticsBatches=1", "--set",
                "training.validationClips=2", "--set", "model.predictedFrames=3", "--set", "training.decay=constant",
                "--quiet",
            ]
            _ = try run([
                "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--size", "\(width)x\(height)",
            ])
            let size = "model.size=[\(height), \(width)]"
            _ = try run(["train", preset, "--steps", "2", "--out", "run", "--set", size] + small)
            #expect(
                try String(contentsOf: folder.appendingPathComponent("run/config.yaml"), encoding: .utf8)
                    .contains("size: [\(height), \(width)]"))
            _ = try run(["train", "run", "--resume", "--steps", "3", "--quiet"])
            _ = try run(["predict", "clips/0000.mkv", "--model", "run", "--frames", "4", "--out", "p.npy", "--quiet"])
            let array = try Data(contentsOf: folder.appendingPathComponent("p.npy"))
            #expect(String(decoding: array.prefix(128), as: UTF8.self).contains("4, \(height), \(width), 3)"))
            let evaluation = try run(["evaluate", "run", "--clips", "2", "--json", "--quiet"]).output
            #expect(evaluation.contains("\"size\":[\(height),\(width)]"), "\(evaluation)")
            let score = try run([
                "score", "clips", "clips", "--size", "\(width / 2)x\(height / 2)", "--metrics", "psnr", "--json",
                "--quiet",
            ]).output
            #expect(score.contains("\"size\":[\(height / 2),\(width / 2)]"), "\(score)")
        }
    }

    /// Discriminators after a pixel loss, with a latent vector: several futures of one context.
    @Test func motionLayersHaveSeveralFutures() throws {
        try withTemporaryFolder { folder in
            func run(_ arguments: [String]) throws -> ProgramRun {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == 0, "\(arguments.joined(separator: " ")): \(run.errors)")
                return run
            }
            let plan = try String(
                contentsOf: Self.experiments.appendingPathComponent("motion-layers-adversarial.yaml"), encoding: .utf8)
            let short = plan.replacingOccurrences(of: "1400", with: "2").replacingOccurrences(of: "1000", with: "1")
                .replacingOccurrences(of: "warmUpSteps: 100", with: "warmUpSteps: 0")
            try #require(short.contains("steps: 2\n") && short.contains("until: 1\n"), "the plan has other numbers now")
            try Data(short.utf8).write(to: folder.appendingPathComponent("plan.yaml"))
            _ = try run([
                "train", "plan.yaml", "--out", "run", "--quiet", "--set", "training.batch=1", "--set",
                "training.standingStatisticsBatches=1", "--set", "training.validationClips=1", "--set",
                "discriminators.channels=2", "--set", "model.widths=[4, 8, 8, 8]", "--set", "model.predictedFrames=2",
                "--threads", "1",
            ])
            _ = try run(["data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "1", "--size", "32"])
            _ = try run([
                "predict", "clips/0000.mkv", "--model", "run", "--samples", "2", "--out", "p.npy", "--quiet",
            ])
            let futures = try ["p-1.npy", "p-2.npy"].map {
                try Data(contentsOf: folder.appendingPathComponent($0))
            }
            #expect(futures[0].count == futures[1].count && futures[0] != futures[1])
            let table = try run(["evaluate", "run", "--clips", "2", "--samples", "2", "--quiet"]).output
            #expect(table.contains("best of 2") && table.contains("endpoint error, pixels"))
        }
    }

    @Test func trainPredictEvaluateScore() throws {
        try withTemporaryFolder { folder in
            func run(_ arguments: [String], status: Int32 = 0) throws -> ProgramRun {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == status, "\(arguments.joined(separator: " ")): \(run.errors)")
                return run
            }
            func exists(_ path: String) -> Bool {
                FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
            }
            _ = try run([
                "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--frames", "8", "--size",
                "32",
            ])
            _ = try run(["train", "trivd-tiny", "--steps", "1", "--out", "run"] + Self.small)
            for part in ["config.yaml", "metrics.jsonl", "checkpoints/last", "checkpoints/best", "samples"] {
                #expect(exists("run/" + part), "\(part) is missing")
            }
            // A second start is refused; with --resume it continues, with the same bits as in one go.
            #expect(try run(["train", "trivd-tiny", "--out", "run"], status: 1).errors.contains("--resume"))
            _ = try run(["train", "trivd-tiny", "--steps", "2", "--out", "run", "--resume"] + Self.small)
            _ = try run(["train", "trivd-tiny", "--steps", "2", "--out", "whole"] + Self.small)
            for file in ["weights", "averaged-weights", "optimiser", "spectral", "statistics"] {
                let path = "checkpoints/last/\(file).safetensors"
                let (resumed, whole) = (
                    folder.appendingPathComponent("run/" + path), folder.appendingPathComponent("whole/" + path)
                )
                #expect(try Data(contentsOf: resumed) == Data(contentsOf: whole), "\(file) differs")
            }
            _ = try run(["predict", "clips/0000.mkv", "--model", "run", "--quiet"])
            #expect(exists("0000-predicted.mp4"))
            #expect(
                try run(["predict", "clips/0000.mkv", "--model", "run", "--quiet"], status: 1).errors.contains(
                    "--force"))
            _ = try run(["predict", "--data", "clips", "--model", "run", "--out", "p", "--truth", "t", "--quiet"])
            let score = try run(["score", "t", "p", "--json", "--quiet"])
            #expect(score.output.hasPrefix("{\"clips\":2,"))
            _ = try run(["score", "t", "t", "--fail-if", "psnr>=100", "--quiet"], status: 2)
            let evaluation = try run(["evaluate", "run", "--clips", "2", "--json", "--quiet", "--save-clips", "kept"])
            #expect(evaluation.output.contains("\"copy-last\":") && evaluation.output.contains("\"model\":"))
            #expect(exists("kept/clip-0000.png") && exists("kept/psnr.png") && exists("kept/report.json"))
        }
    }
}
