import Foundation
import Testing

@Suite("Bad input is one clear line and status 1")
struct BadInputTests {
    /// Expects a failure of one line that says certain things.
    private func expectFailure(
        _ arguments: [String], in folder: URL, saying parts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let run = try ProgramRun(arguments, in: folder)
        #expect(run.status == 1, "\(arguments)", sourceLocation: sourceLocation)
        #expect(run.output.isEmpty, sourceLocation: sourceLocation)
        #expect(run.errorLines.count == 1, "\(run.errors)", sourceLocation: sourceLocation)
        for part in ["auspex: "] + parts {
            #expect(run.errors.contains(part), "\(run.errors)", sourceLocation: sourceLocation)
        }
    }

    @Test func videosThatAreNone() throws {
        try withTemporaryFolder { folder in
            try Data("no video".utf8).write(to: folder.appendingPathComponent("text.mp4"))
            let short = try ProgramRun(
                ["data", "synthesize", "moving-shapes", "--out", "s", "--clips", "1", "--frames", "3", "--quiet"],
                in: folder)
            #expect(short.status == 0, "\(short.errors)")
            let train = ["train", "tiny", "--out", "r", "--quiet", "--data"]
            try expectFailure(train + ["none.mp4"], in: folder, saying: "none.mp4: no such file")
            try expectFailure(train + ["text.mp4"], in: folder, saying: "text.mp4: ")
            try expectFailure(train + ["s/0000.mkv"], in: folder, saying: "0000.mkv: has 3 frames", "needs 10")

            try SmallRun.train(in: folder)
            let predict = ["predict", "--model", "run", "--frames", "1", "--quiet"]
            try expectFailure(predict + ["none.mp4"], in: folder, saying: "none.mp4: ")
            try expectFailure(predict + ["text.mp4"], in: folder, saying: "text.mp4: ")
            try expectFailure(
                predict + ["s/0000.mkv", "--at", "0"], in: folder, saying: "0000.mkv: has 1 frame ", "a later --at")
            try expectFailure(
                ["evaluate", "run", "--data", "text.mp4", "--quiet"], in: folder, saying: "text.mp4: ")
        }
    }

    @Test func configurationsThatAreNone() throws {
        try withTemporaryFolder { folder in
            try expectFailure(
                ["train", "tiny", "--set", "model.size=48", "--out", "r"], in: folder, saying: "power of two", "is 32")
            try Data("model:\n  chanels: 4\n".utf8).write(to: folder.appendingPathComponent("a.yaml"))
            try expectFailure(
                ["train", "a.yaml", "--out", "r"], in: folder, saying: "a.yaml, line 2", "nearest is model.channels")
            let advice = "training.precision is bfloat16; expected float32"
            try expectFailure(
                ["train", "tiny", "--precision", "bfloat16", "--out", "r"], in: folder, saying: advice)
            try expectFailure(
                ["train", "tiny", "--set", "training.precision=bfloat16", "--dry-run"], in: folder, saying: advice)
            try expectFailure(["benchmark", "step", "--precision", "bfloat16"], in: folder, saying: advice)
            try expectFailure(["benchmark", "predict", "--precision", "bfloat16"], in: folder, saying: advice)
            try expectFailure(
                ["benchmark", "step", "--size", "48"], in: folder, saying: "model.size is 48", "power of two")
            let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(entries == ["a.yaml"], "a run was begun all the same")
        }
    }

    @Test func noModel() throws {
        try withTemporaryFolder { folder in
            try expectFailure(["predict", "a.mp4"], in: folder, saying: "auspex train tiny --data a.mp4 --out run")
        }
    }

    @Test func checkpointsCutInHalf() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let video = try ProgramRun(
                ["data", "synthesize", "moving-shapes", "--out", "s", "--clips", "1", "--frames", "8"], in: folder)
            #expect(video.status == 0)
            let file = folder.appendingPathComponent("run/checkpoints/last/averaged-weights.safetensors")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(bytes.count / 2).write(to: file)
            let damaged = "averaged-weights.safetensors"
            try expectFailure(["predict", "s/0000.mkv", "--model", "run", "--quiet"], in: folder, saying: damaged)
            try expectFailure(["evaluate", "run", "--quiet"], in: folder, saying: damaged)
            try expectFailure(
                ["train", "tiny", "--steps", "2", "--out", "run", "--resume"] + SmallRun.settings, in: folder,
                saying: damaged)
        }
    }

    @Test func placesThatCannotBeWritten() throws {
        try withTemporaryFolder { folder in
            try Data("a file".utf8).write(to: folder.appendingPathComponent("file"))
            try SmallRun.train(in: folder)
            let clips = try ProgramRun(
                ["data", "synthesize", "moving-shapes", "--out", "s", "--clips", "1", "--frames", "8"], in: folder)
            #expect(clips.status == 0)
            let quick = ["--steps", "1"] + SmallRun.settings
            for place in ["file/run", "/proc/run"] {
                try expectFailure(
                    ["train", "tiny", "--out", place] + quick, in: folder,
                    saying: place.contains("file") ? "file" : "/proc/run")
                try expectFailure(
                    ["data", "synthesize", "moving-shapes", "--quiet", "--out", place], in: folder, saying: "auspex: ")
                try expectFailure(
                    ["predict", "s/0000.mkv", "--model", "run", "--quiet", "--out", place + "/a.mkv"], in: folder,
                    saying: "a.mkv")
                try expectFailure(
                    ["evaluate", "run", "--quiet", "--clips", "1", "--save-clips", place], in: folder,
                    saying: "auspex: ")
            }
            try expectFailure(
                ["train", "tiny", "--out", "run"] + quick, in: folder, saying: "run: found a run that exists already",
                "--resume")
        }
    }
}
