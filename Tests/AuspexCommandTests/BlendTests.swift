import Foundation
import Testing

@Suite("--blend, training.blend and --baselines", .serialized)
struct BlendTests {
    private func run(_ arguments: [String], in folder: URL, status: Int32 = 0) throws -> ProgramRun {
        let run = try ProgramRun(arguments, in: folder)
        #expect(run.status == status, "\(arguments): \(run.errors)")
        return run
    }

    private func report(_ arguments: [String], in folder: URL) throws -> (names: Set<String>, origin: String) {
        let run = try run(["evaluate", "run", "--clips", "2", "--json", "--quiet"] + arguments, in: folder)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let models = try #require(object["models"] as? [String: Any])
        return (Set(models.keys), try #require(object["origin"] as? String))
    }

    private static let threeFrames = ["--set", "model.contextFrames=3"]

    @Test func aModelIsBlendedWhereAskedFor() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder, Self.threeFrames)
            let usual = try report([], in: folder)
            #expect(usual.names == ["model", "copy-last", "flow", "blend"] && !usual.origin.contains("blended"))
            let blended = try report(["--blend", "--baselines", "copy-last, flow:15,copy-last"], in: folder)
            #expect(blended.names == ["model", "model-alone", "copy-last", "flow:15"])
            #expect(blended.origin.hasSuffix(", blended with copy-last and flow"))
            _ = try run(
                ["data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "1", "--size", "32"], in: folder)
            let predict = ["predict", "clips/0000.mkv", "--model", "run", "--quiet", "--out"]
            _ = try run(predict + ["alone.npy"], in: folder)
            _ = try run(predict + ["no.npy", "--no-blend"], in: folder)
            _ = try run(predict + ["blended.npy", "--blend"], in: folder)
            _ = try run(
                [
                    "predict", "--data", "clips", "--model", "run", "--quiet", "--format", "npy", "--out", "many",
                    "--blend",
                ],
                in: folder)
            func bytes(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }
            #expect(try bytes("alone.npy") == bytes("no.npy") && bytes("alone.npy") != bytes("blended.npy"))
            let many = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("many").path)
            #expect(!many.isEmpty && many.allSatisfy { $0.hasSuffix("-predicted.npy") }, "\(many)")
        }
    }

    @Test func aRunCanSayThatItsModelIsABlend() throws {
        try withTemporaryFolder { folder in
            let refused = try run(
                [
                    "train", "trivd-tiny", "--out", "none", "--set", "model.contextFrames=2", "--set",
                    "training.blend=true",
                ],
                in: folder, status: 1)
            #expect(refused.errors.contains("training.blend is true, model.contextFrames 2: a blend needs 3 frames"))
            let trained = try run(
                ["train", "trivd-tiny", "--steps", "1", "--out", "run"] + SmallRun.settings + Self.threeFrames
                    + ["--set", "training.blend=true"], in: folder)
            #expect(trained.status == 0)
            let metrics = try String(
                contentsOf: folder.appendingPathComponent("run/metrics.jsonl"), encoding: .utf8)
            #expect(metrics.contains("validation/blend/psnr") && metrics.contains("validation/psnr"))
            #expect(try report([], in: folder).names == ["model", "model-alone", "copy-last", "flow", "blend"])
            #expect(try report(["--no-blend"], in: folder).names == ["model", "copy-last", "flow", "blend"])
        }
    }

    @Test func whatCannotBeIsRefused() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let short = try run(["evaluate", "run", "--blend"], in: folder, status: 1)
            #expect(short.errors.contains("2 frames of context, a blend needs 3") && short.errorLines.count == 1)
            for (list, text) in [
                ("flo", "no baseline is called 'flo'; did you mean flow?"), ("flow:4", "an odd number"),
                (" , ", "--baselines names no baseline"),
            ] {
                let wrong = try run(["evaluate", "run", "--baselines", list], in: folder, status: 64)
                #expect(wrong.errors.contains(text), "\(wrong.errors)")
            }
        }
    }
}
