import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("What a run holds out stays held out")
struct HeldOutTests {
    /// Clips of moving shapes as lossless files.
    private func clips(_ count: Int, in folder: URL, frames: Int = 12) throws {
        let made = try ProgramRun(
            [
                "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "\(count)", "--frames", "\(frames)",
                "--size", "32", "--quiet",
            ], in: folder)
        try #require(made.status == 0, "\(made.errors)")
    }

    private let settings = SmallRun.settings.filter { $0 != "--quiet" }

    @Test func trainingBeginsWithWhatItTrainsOnAndHoldsOut() throws {
        try withTemporaryFolder { folder in
            func firstLine(_ data: [String], _ out: String) throws -> String? {
                let run = try ProgramRun(
                    ["train", "trivd-tiny", "--steps", "1", "--out", out] + data + settings, in: folder)
                #expect(run.status == 0, "\(run.errors)")
                return run.errorLines.first { $0.hasPrefix("Trains on ") }
            }
            try clips(2, in: folder, frames: 40)
            #expect(
                try firstLine(["--data", "clips"], "few")
                    == "Trains on 2 files of clips, holds out the last 10% of the time of each.")
            #expect(
                try firstLine(["--data", "clips/0000.mkv"], "one")
                    == "Trains on clips/0000.mkv, holds out the last 10% of its time.")
            #expect(
                try firstLine([], "drawn")
                    == "Trains on clips drawn from synthetic:moving-shapes, holds out others that are drawn for validation only."
            )
            #expect(
                try firstLine(["--data", "clips", "--set", "data.validationShare=0"], "none")
                    == "Trains on clips, holds nothing out.")
        }
    }

    /// A file that was added later: the run resumes with the same bits, `evaluate` takes the same clips, and both say so.
    @Test func filesThatComeChangeNothing() throws {
        try withTemporaryFolder { folder in
            try clips(10, in: folder)
            func train(_ run: String, _ steps: Int) throws -> ProgramRun {
                let result = try ProgramRun(
                    ["train", "trivd-tiny", "--data", "clips", "--steps", "\(steps)", "--out", run, "--resume"]
                        + settings,
                    in: folder)
                #expect(result.status == 0, "\(result.errors)")
                return result
            }
            func evaluation() throws -> (clips: String, notes: [String]) {
                let run = try ProgramRun(
                    [
                        "evaluate", "run@1", "--json", "--quiet", "--threads", "1", "--metrics", "mse", "--out", "e",
                        "--force",
                    ],
                    in: folder)
                try #require(run.status == 0, "\(run.errors)")
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
                let list = try JSONSerialization.data(
                    withJSONObject: try #require(object["clipList"]), options: .sortedKeys)
                return (String(decoding: list, as: UTF8.self), try #require(object["notes"] as? [String]))
            }
            _ = try train("run", 1)
            _ = try train("whole", 2)
            let before = try evaluation()
            let shapes = folder.appendingPathComponent("clips/0003.mkv")
            try FileManager.default.copyItem(at: shapes, to: folder.appendingPathComponent("clips/00000.mkv"))
            let after = try evaluation()
            #expect(after.clips == before.clips)
            let note = "clips/00000.mkv has been added since the run began: neither trained on nor held out"
            #expect(!before.notes.contains(note) && after.notes.contains(note), "\(after.notes)")
            #expect(try train("run", 2).errors.contains(note))
            try SmallRun.expectSame(folder.appendingPathComponent("run"), folder.appendingPathComponent("whole"))
            // What the run saved is not to be lost or changed.
            let saved = folder.appendingPathComponent("run/data.json")
            let bytes = try Data(contentsOf: saved)
            try (bytes + Data(" ".utf8)).write(to: saved)
            let changed = try ProgramRun(["evaluate", "run"], in: folder)
            #expect(changed.status == 1 && changed.errors.contains("run/data.json: is not what the run wrote"))
            try FileManager.default.removeItem(at: saved)
            #expect(symlink("data.json", saved.path) == 0)
            let loop = try ProgramRun(["train", "run", "--resume", "--steps", "3"], in: folder)
            #expect(loop.status == 1 && loop.errors.contains("\"Too many levels of symbolic links\""), "\(loop.errors)")
            try FileManager.default.removeItem(at: saved)
            let lost = try ProgramRun(["train", "run", "--resume", "--steps", "3"], in: folder)
            #expect(lost.status == 1 && lost.errors.contains("run/data.json: is gone"), "\(lost.errors)")
        }
    }

    /// What is mixed in is trained on: it may not share frames with what is held out.
    @Test func mixedSourcesAreKeptApartToo() throws {
        try withTemporaryFolder { folder in
            try clips(2, in: folder, frames: 40)
            for (name, window) in [("early", "0,1.9"), ("late", "2,4"), ("middle", "1.5,3.2")] {
                try Data("path,start,end\nclips/0001.mkv,\(window)\n".utf8)
                    .write(to: folder.appendingPathComponent("\(name).csv"))
            }
            func train(_ data: String, validation: String? = nil, mix: String, _ out: String) throws -> ProgramRun {
                try ProgramRun(
                    ["train", "trivd-tiny", "--steps", "1", "--out", out, "--data", data] + settings
                        + ["--set", "data.mix=[{source: \(mix), share: 0.5}]"]
                        + (validation.map { ["--set", "data.validation=\($0)"] } ?? []), in: folder)
            }
            for (number, (data, validation, mix)) in [
                ("clips", nil, "clips/0001.mkv"), ("clips", nil, "late.csv"),
                ("clips/0000.mkv", "clips/0001.mkv", "clips/0001.mkv"),
                ("clips/0000.mkv", "clips/0001.mkv", "early.csv"),
                ("clips/0000.mkv", "early.csv", "clips/0001.mkv"), ("clips/0000.mkv", "early.csv", "middle.csv"),
            ].enumerated() {
                let run = try train(data, validation: validation, mix: mix, "refused-\(number)")
                #expect(run.status == 1)
                #expect(
                    run.errors.contains("0001.mkv") && run.errors.contains("is held out, and \(mix) has it too")
                        && run.errors.contains("leave it out of data.mix"), "\(number): \(run.errors)")
            }
            for (number, (validation, mix)) in [(nil, "clips/0001.mkv"), ("early.csv", "late.csv")].enumerated() {
                let run = try train("clips/0000.mkv", validation: validation, mix: mix, "apart-\(number)")
                #expect(run.status == 0, "\(number): \(run.errors)")
            }
        }
    }

    /// Films of 12 and of 5 frames a second: held-out clips and training clips have the same time between frames.
    @Test func oneIntervalForAllClips() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("clips"), withIntermediateDirectories: true)
            for (name, rate) in [("0000", 12.0), ("0001", 5)] {
                let noise = RandomStream(seed: 1, name: name).uniform([80, 32, 32, 3])
                try VideoWriter(folder.path + "/clips/\(name).mkv", frameIntervalSeconds: 1 / rate).write(
                    (noise * 2 - 1).valuesAsPixels())
            }
            let run = try ProgramRun(
                ["train", "trivd-tiny", "--data", "clips", "--steps", "1", "--out", "run"] + settings, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                run.errors.contains(
                    "Note: clips/0000.mkv has a frame every 0.083 s, clips take one every 0.2 s: the nearest frames are taken, up to 0.042 s off"
                ), "\(run.errors)")
            let evaluation = try ProgramRun(
                ["evaluate", "run", "--metrics", "mse", "--json", "--quiet"], in: folder)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(evaluation.output.utf8)) as? [String: Any])
            let list = try #require(object["clipList"] as? [[String: Any]])
            for clip in list {
                let (first, last) = (try #require(clip["firstFrame"] as? Int), try #require(clip["lastFrame"] as? Int))
                let isFast = try #require(clip["name"] as? String).hasSuffix("0000.mkv")
                // Three steps of 0.2 s: 7 frames of 12 a second, 3 of 5 a second.
                #expect(last - first == (isFast ? 7 : 3), "\(clip)")
            }
        }
    }
}
