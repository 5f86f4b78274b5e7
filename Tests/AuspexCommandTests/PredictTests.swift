import Foundation
import Testing

@Suite("Predict", .serialized)
struct PredictTests {
    private func run(
        _ arguments: [String], in folder: URL, status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ProgramRun {
        let run = try ProgramRun(arguments + ["--quiet"], in: folder)
        #expect(
            run.status == status, "\(arguments.joined(separator: " ")): \(run.errors)", sourceLocation: sourceLocation)
        return run
    }

    private func synthesize(_ name: String, _ more: String..., in folder: URL) throws {
        _ = try run(
            ["data", "synthesize", "moving-shapes", "--out", name, "--clips", "2", "--frames", "8", "--size", "32"]
                + more,
            in: folder)
    }

    @Test("Predicted motion is drawn, if the model predicts any") func motion() throws {
        try withTemporaryFolder { folder in
            func exists(_ path: String) -> Bool {
                FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
            }
            try synthesize("clips", in: folder)
            let small = [
                "--steps", "1", "--set", "model.channels=1", "--set", "training.batch=1", "--set",
                "training.standingStatisticsBatches=1", "--set", "training.validationInterval=0",
            ]
            _ = try run(
                ["train", "trivd-tiny", "--out", "carried", "--set", "model.output=advect"] + small, in: folder)
            _ = try run(["train", "trivd-tiny", "--out", "painted", "--set", "model.output=paint"] + small, in: folder)
            let predict = ["predict", "clips/0000.mkv", "--frames", "2"]
            for file in ["m.png", "m.gif", "m.mp4"] {
                _ = try run(predict + ["--model", "carried", "--out", file + ".npy", "--motion", file], in: folder)
                #expect(exists(file) && exists(file + ".npy"))
            }
            let still = try run(
                predict + ["--model", "painted", "--out", "p.npy", "--motion", "p.png"], in: folder, status: 1)
            #expect(
                still.errors.contains("the model is a trivd-gan that does not predict motion; motion-layers does, and"),
                "\(still.errors)")
        }
    }

    @Test func everyForm() throws {
        try withTemporaryFolder { folder in
            func bytes(_ path: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(path)) }
            func exists(_ path: String) -> Bool {
                FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
            }
            try SmallRun.train(in: folder)
            try synthesize("clips", in: folder)
            let predict = ["predict", "clips/0000.mkv", "--model", "run"]
            for place in ["a.mp4", "a.gif", "a.png", "a.mkv", "a.npy", "frames/"] {
                let comparing = place.hasSuffix(".mp4") || place.hasSuffix(".gif") ? ["--compare"] : []
                _ = try run(predict + ["--at", "0.3", "--frames", "3", "--out", place] + comparing, in: folder)
                #expect(exists(place), "\(place)")
                let again = try run(predict + ["--out", place], in: folder, status: 1)
                #expect(again.errors.contains("--force"), "\(again.errors)")
                _ = try run(predict + ["--out", place, "--force"], in: folder)
            }
            #expect(exists("frames/00000.png") || exists("frames/00001.png"))
            // Futures differ by their number and by the seed, and by nothing else.
            _ = try run(predict + ["--samples", "2", "--out", "s.npy"], in: folder)
            _ = try run(predict + ["--samples", "2", "--out", "again.npy"], in: folder)
            _ = try run(predict + ["--seed", "9", "--out", "other.npy"], in: folder)
            #expect(try bytes("s-1.npy") == bytes("again-1.npy"))
            #expect(try bytes("s-1.npy") != bytes("s-2.npy"))
            #expect(try bytes("s-1.npy") != bytes("other.npy"))
            // An array of the same clips, in another order of sides, is the same source.
            try synthesize("arrays", "--format", "npy", in: folder)
            let many = ["predict", "--model", "run", "--format", "npy", "--frames", "2", "--data"]
            _ = try run(many + ["arrays/moving-shapes.npy", "--axes", "BTHWC", "--out", "p"], in: folder)
            let refused = try run(
                many + ["arrays/moving-shapes.npy", "--axes", "TBHW", "--out", "q"], in: folder, status: 1)
            #expect(refused.errors.contains("axes TBHW name 4 sides"))
            _ = try run(["data", "inspect", "arrays/moving-shapes.npy", "--axes", "BTHWC"], in: folder)
            _ = try run(
                ["evaluate", "run", "--data", "arrays/moving-shapes.npy", "--axes", "BTHWC", "--clips", "2"], in: folder
            )
            _ = try run(
                [
                    "train", "trivd-tiny", "--steps", "1", "--out", "fields", "--data", "arrays/moving-shapes.npy",
                    "--axes",
                    "BTHWC",
                ]
                    + SmallRun.settings, in: folder)
        }
    }

    @Test func classes() throws {
        try withTemporaryFolder { folder in
            try synthesize("c/left", in: folder)
            try synthesize("c/right", in: folder)
            try synthesize("other/up", in: folder)
            try SmallRun.train(in: folder, ["--data", "c", "--set", "model.classes=2"])
            let predict = ["predict", "c/left/0000.mkv", "--model", "run", "--out", "p.npy", "--force"]
            let none = try run(predict, in: folder, status: 1)
            #expect(
                none.errorLines == [
                    "auspex: run: the model has classes; choose one: left, right, or a number from 0 to 1 (--class)"
                ])
            func prediction(_ name: String) throws -> Data {
                _ = try run(predict + ["--class", name], in: folder)
                return try Data(contentsOf: folder.appendingPathComponent("p.npy"))
            }
            #expect(try prediction("left") == prediction("0"))
            #expect(try prediction("right") == prediction("1"))
            let wrong = try run(predict + ["--class", "rihgt"], in: folder, status: 1)
            #expect(wrong.errors.contains("did you mean right?"), "\(wrong.errors)")
            _ = try run(predict + ["--class", "2"], in: folder, status: 1)
            // A source says itself what its clips are.
            _ = try run(["predict", "--data", "c", "--frames", "2", "--model", "run", "--out", "p"], in: folder)
            _ = try run(["evaluate", "run", "--data", "c/right", "--clips", "1"], in: folder)
            let unknown = try run(["evaluate", "run", "--data", "other", "--clips", "1"], in: folder, status: 1)
            #expect(unknown.errors.contains("has a class up that run does not know"), "\(unknown.errors)")
        }
    }
}
