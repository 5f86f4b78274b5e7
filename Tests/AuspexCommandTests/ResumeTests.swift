import AuspexSupport
import AuspexTensors
import Foundation
import Testing

@Suite("Resuming a run, and which of its checkpoints is the model")
struct ResumeTests {
    /// Rewrites a document of a run's last checkpoint, as another version or another machine would have left it.
    private func rewrite(_ name: String, of run: URL, _ change: (String) -> String) throws {
        let checkpoint = run.appendingPathComponent("checkpoints/last")
        let document = checkpoint.appendingPathComponent(name)
        let text = try String(contentsOf: document, encoding: .utf8)
        let changed = change(text)
        #expect(changed != text, "\(name) has nothing to change: \(text)")
        try Data(changed.utf8).write(to: document)
        let manifest = checkpoint.appendingPathComponent("checkpoint.json")
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: manifest)) as? [String: Any])
        var files = try #require(object["files"] as? [String: Any])
        files[name] = ["sizeBytes": changed.utf8.count, "crc32c": Int(CRC32C(Array(changed.utf8)).value)]
        object["files"] = files
        // As it was before the manifest had a checksum.
        object["format"] = 1
        object["checksum"] = nil
        try JSONSerialization.data(withJSONObject: object).write(to: manifest)
    }

    /// The run is named once, and its configuration not at all.
    @Test(arguments: [
        ["train", "run", "--resume"], ["train", "--resume", "--out", "run"],
        ["train", "run", "--resume", "--out", "run"],
    ])
    func theRunAloneIsEnough(arguments: [String]) throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let resumed = try ProgramRun(arguments + ["--steps", "2", "--threads", "1", "--quiet"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let whole = try ProgramRun(
                ["train", "trivd-tiny", "--steps", "2", "--out", "whole"] + SmallRun.settings, in: folder)
            #expect(whole.status == 0, "\(whole.errors)")
            try SmallRun.expectSame(folder.appendingPathComponent("run"), folder.appendingPathComponent("whole"))
        }
    }

    @Test func aRunStoppedBeforeItsFirstCheckpointGoesOnByItsName() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let run = folder.appendingPathComponent("run")
            for name in try FileManager.default.contentsOfDirectory(atPath: run.path + "/checkpoints") {
                try FileManager.default.removeItem(atPath: run.path + "/checkpoints/" + name)
            }
            let again = try ProgramRun(["train", "run", "--resume", "--threads", "1", "--quiet"], in: folder)
            #expect(again.status == 0, "\(again.errors)")
            #expect(FileManager.default.fileExists(atPath: run.path + "/checkpoints/last"))
        }
    }

    @Test(arguments: [
        (
            ["train", "--resume"],
            "auspex: --resume: name the run that should go on, for example: auspex train runs/tiny-1 --resume"
        ),
        (["train", "trivd-tiny", "--resume"], "auspex: --resume needs a run: name its folder, or give --out RUN"),
        (["train"], "auspex: Missing expected argument '<configuration>'"),
        (["train", "run"], "auspex: run is a run's folder: add --resume to go on with it, or name a preset"),
        (
            ["train", "run", "--resume", "--out", "other"],
            "auspex: run is a run's folder, and --out names other: name one of them"
        ),
    ])
    func whatCannotBeMeant(arguments: [String], line: String) throws {
        try withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("run/checkpoints"), withIntermediateDirectories: true)
            let run = try ProgramRun(arguments, in: folder)
            #expect(run.status == 64)
            #expect(run.errors.hasPrefix(line), "\(run.errors)")
        }
    }

    @Test func fewerStepsThanAreDoneAreRefused() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder, ["--steps", "2"])
            let fewer = try ProgramRun(["train", "run", "--resume", "--steps", "1", "--quiet"], in: folder)
            #expect(fewer.status == 1)
            #expect(
                fewer.errorLines == [
                    "auspex: run: is at step 2 already, training.steps is 1: ask for more steps, or train another run (--out)"
                ])
            // As many are done already: a scheduler that passes --resume always gets its run.
            let same = try ProgramRun(
                ["train", "run", "--resume", "--steps", "2", "--threads", "1", "--quiet"], in: folder)
            #expect(same.status == 0, "\(same.errors)")
        }
    }

    /// A checkpoint of the version before this one: without newer fields, progress without what selects and what averages.
    @Test func aRunOfAnEarlierVersionGoesOnWithANotice() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let run = folder.appendingPathComponent("run")
            try rewrite("configuration.json", of: run) {
                $0.replacing(/"orthogonalPenalty" : [0-9.e-]+,\s*/, with: "")
            }
            try rewrite("progress.json", of: run) { text in
                #"{"best" : 20.5, "consumedClips" : 2}"#
            }
            try rewrite("machine.json", of: run) { _ in #"{"instructionSet" : "baseline", "threads" : 1}"# }
            let resumed = try ProgramRun(
                ["train", "run", "--resume", "--steps", "2", "--threads", "1", "--quiet"], in: folder,
                environment: ["AUSPEX_ISA": "baseline"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errorLines.count == 1, "\(resumed.errors)")
            #expect(resumed.errors.hasPrefix("Note: an earlier version of Auspex began the run"), "\(resumed.errors)")
            #expect(resumed.errors.contains("noise and views are drawn by the clip's number"), "\(resumed.errors)")
        }
    }

    @Test(arguments: ["FFmpeg", "oneDNN", "OpenBLAS"])
    func anotherVersionOfALibraryIsNamed(library: String) throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            try rewrite("machine.json", of: folder.appendingPathComponent("run")) {
                $0.replacing(try! Regex("\"\(library)\" : \"[^\"]*\""), with: "\"\(library)\" : \"0.0.1\"")
            }
            let resumed = try ProgramRun(
                ["train", "run", "--resume", "--steps", "2", "--threads", "1", "--quiet"], in: folder)
            #expect(resumed.status == 0)
            #expect(resumed.errorLines.count == 1, "\(resumed.errors)")
            #expect(
                resumed.errors.hasPrefix(
                    "Note: the run was computed with \(library) 0.0.1, and goes on with \(library) "),
                "\(resumed.errors)")
        }
    }

    /// What RUN means, and why, is printed by every verb that takes a model.
    @Test func whichCheckpointIsTakenIsSaid() throws {
        try withTemporaryFolder { folder in
            func model(_ run: String) throws -> String? {
                let arguments = ["evaluate", run, "--clips", "1", "--metrics", "mse", "--out", "e", "--force"]
                return try ProgramRun(arguments, in: folder).errorLines.first { $0.hasPrefix("Model: ") }
            }
            try SmallRun.train(in: folder)
            #expect(
                try model("run") == "Model: run, averaged weights of step 1, the best by psnr on held-out clips")
            #expect(try model("run@last") == "Model: run, averaged weights of step 1, the last")
            #expect(try model("run@1") == "Model: run, averaged weights of step 1, as named")
            // Discriminators alone: a checkpoint that an earlier version called the best is not preferred.
            let adversarial = try ProgramRun(
                [
                    "train", "trivd-tiny", "--steps", "2", "--out", "adversarial", "--set", "training.pixelLoss=none",
                    "--set",
                    "training.pixelWeight=0", "--set", "training.checkpointInterval=1",
                ] + SmallRun.settings, in: folder)
            #expect(adversarial.status == 0, "\(adversarial.errors)")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/adversarial/checkpoints/best", withDestinationPath: "step-00000001")
            #expect(
                try model("adversarial")
                    == "Model: adversarial, averaged weights of step 2, the last (without a pixel loss the last checkpoint is taken, not the best by pixel error)"
            )
            #expect(try model("adversarial@best")?.contains("step 1, the best by ") == true)
        }
    }

    @Test func trainingEndsWithTheComparison() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramRun(
                ["train", "trivd-tiny", "--steps", "2", "--out", "run"] + SmallRun.settings.filter { $0 != "--quiet" },
                in: folder)
            #expect(run.status == 0)
            let lines = run.errorLines
            #expect(lines.contains { $0.hasPrefix("PSNR of step 2 on 1 held-out clip: model ") }, "\(run.errors)")
            #expect(
                lines.contains { $0.contains(", copy-last ") && $0.contains(", flow ") && $0.contains("; the model ") })
            #expect(
                lines.contains("The model of run is now that of step 2, the best by psnr on held-out clips."),
                "\(run.errors)")
        }
    }
}
