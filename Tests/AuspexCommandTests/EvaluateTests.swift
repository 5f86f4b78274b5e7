import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexTensors
import Foundation
import Testing

@Suite("auspex evaluate and calibrate", .serialized)
struct EvaluateTests {
    /// Where standard output is one JSON object.
    private static func object(_ run: ProgramRun) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    @Test func anEvaluationKeepsItsClipsAndGivesThemAgain() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            func evaluate(_ more: [String]) throws -> ProgramRun {
                try ProgramRun(["evaluate", "run", "--json", "--quiet", "--threads", "1"] + more, in: folder)
            }
            let first = try evaluate(["--clips", "3", "--samples", "2"])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.isEmpty)
            let models = try #require(try Self.object(first)["models"] as? [String: Any])
            #expect(Set(models.keys) == ["model", "copy-last", "flow"])
            let report = "run/evaluations/held-out-1/report.json"
            for name in ["report.json", "psnr.png", "ssim.png", "mse.png"] {
                let path = folder.appendingPathComponent("run/evaluations/held-out-1/" + name).path
                #expect(FileManager.default.fileExists(atPath: path), "\(name) is missing")
            }
            let again = try evaluate(["--same-clips", report, "--samples", "2"])
            // The next folder, the same words.
            #expect(again.status == 0 && again.output == first.output, "\(again.errors)")
            #expect(
                FileManager.default.fileExists(
                    atPath: folder.appendingPathComponent("run/evaluations/held-out-2/report.json").path))
            let other = try evaluate(["--same-clips", "run/config.yaml"])
            #expect(other.status == 1 && other.errors.contains("run/config.yaml: is not the report of an evaluation"))
            #expect(try evaluate(["--same-clips", report, "--clips", "2"]).status == 64)
            #expect(try evaluate(["--protocol", "kth-svgg"]).errors.contains("did you mean kth-svg?"))
            #expect(try evaluate(["--metrics", "fvdd"]).errors.contains("fvdd: unknown name; did you mean fvd?"))
            // Commas that people leave, and lists of nothing.
            let some = try evaluate(["--clips", "1", "--metrics", "mse, ,mae,mse,"])
            #expect(some.status == 0, "\(some.errors)")
            let settings = try #require(try Self.object(some)["protocol"] as? [String: Any])
            #expect(settings["metrics"] as? [String] == ["mse", "mae"])
        }
    }

    @Test(arguments: ["", " , "]) func listsOfNoMetricAreNotUnderstood(list: String) throws {
        for arguments in [
            ["evaluate", "run"], ["calibrate", "synthetic:moving-shapes", "--out", "c"], ["score", "a", "b"],
        ] {
            let run = try ProgramRun(arguments + ["--metrics", list])
            #expect(run.status == 64 && run.errors.contains("--metrics names no metric"), "\(run.errors)")
        }
    }

    @Test func aProtocolWithoutItsNetworkSaysHowToGoOn() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(
                in: folder,
                ["--set", "model.size=64", "--set", "model.contextFrames=1", "--set", "model.predictedFrames=3"])
            func evaluate(_ more: String...) throws -> ProgramRun {
                try ProgramRun(
                    ["evaluate", "run", "--protocol", "bair", "--clips", "2", "--json", "--quiet"] + more, in: folder,
                    environment: ["AUSPEX_WEIGHTS": folder.path])
            }
            let without = try evaluate()
            #expect(without.status == 1 && without.errorLines.count == 1, "\(without.errors)")
            #expect(
                without.errors.contains(
                    "fetch them, or ask for psnr,ssim only ('auspex weights fetch i3d', --metrics psnr,ssim)"),
                "\(without.errors)")
            let named = try evaluate("--metrics", "psnr,ssim")
            #expect(named.status == 0, "\(named.errors)")
            let report = try Self.object(named)
            #expect((report["frames"] as? [String: Any])?["step"] as? String == "every frame")
            #expect(report["version"] as? String != nil && report["machine"] as? [String: Any] != nil)
        }
    }

    @Test func clipsThatAreGoneAreNamed() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let made = try ProgramRun(
                [
                    "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "3", "--frames", "4", "--size",
                    "32", "--quiet",
                ], in: folder)
            #expect(made.status == 0, "\(made.errors)")
            func evaluate(_ more: String...) throws -> ProgramRun {
                try ProgramRun(
                    ["evaluate", "run", "--data", "clips", "--metrics", "mse", "--quiet"] + more, in: folder)
            }
            // A name of one letter is one too.
            #expect(try evaluate("--out", "f").status == 0)
            for name in ["0000.mkv", "0002.mkv"] {
                try FileManager.default.removeItem(at: folder.appendingPathComponent("clips/" + name))
            }
            let gone = try evaluate("--same-clips", "f/report.json", "--out", "second")
            #expect(gone.status == 1 && gone.errorLines.count == 1, "\(gone.errors)")
            #expect(
                gone.errors.contains("f/report.json: has a clip of clips/0000.mkv, which clips does not have"))
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("second").path))
        }
    }

    /// Of clips in which nothing moves the last frame is the whole future: no distance for who copies it, some for everybody else.
    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: WeightsStore.standard.path(of: .i3d)),
            "needs weights: 'auspex weights fetch i3d'"))
    func distancesOfSets() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder, ["--set", "model.predictedFrames=7"])
            let stream = RandomStream(seed: 1, name: "stills")
            let stills = (0..<3).flatMap { clip in
                let frame = (0..<32 * 32 * 3).map { UInt8(stream.at(step: clip).integer(below: 256, at: $0 / 96)) }
                return (0..<9).flatMap { _ in frame }
            }
            try Tensor(stills, shape: [3, 9, 32, 32, 3]).writeNumPy(
                to: folder.appendingPathComponent("stills.npy").path)
            let run = try ProgramRun(
                ["evaluate", "run", "--data", "stills.npy", "--metrics", "fvd,kvd,psnr", "--json", "--quiet"],
                in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let models = try #require(try Self.object(run)["models"] as? [String: [String: Any]])
            func result(_ model: String, _ metric: String) throws -> [String: Any] {
                let metrics = try #require(models[model]?["metrics"] as? [String: [String: Any]])
                return try #require(metrics[metric])
            }
            func value(_ model: String, _ metric: String) throws -> Double {
                try #require(try result(model, metric)["value"] as? Double)
            }
            #expect(try value("copy-last", "psnr") == 100)
            #expect(try value("copy-last", "fvd") < 1e-4)
            #expect(try value("model", "fvd") > 1)
            // Unbiased, so it may be slightly below 0 for similar sets.
            #expect(try value("model", "kvd") > value("copy-last", "kvd"))
            #expect(try result("model", "fvd")["clips"] as? Int == 3)
            #expect((try result("model", "fvd")["weights"] as? String)?.hasSuffix(WeightsFile.i3d.checksum) == true)
        }
    }

    /// The bar counts the clips there are, not those asked for.
    @Test func progressCountsTheClipsThereAre() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let clips = try ProgramRun(
                [
                    "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--frames", "4", "--size",
                    "32",
                    "--quiet",
                ], in: folder)
            #expect(clips.status == 0, "\(clips.errors)")
            let run = try ProgramRun(
                ["evaluate", "run", "--data", "clips", "--clips", "50000", "--metrics", "mse"], in: folder)
            #expect(run.status == 0)
            #expect(run.errorLines.contains { $0.hasPrefix("evaluate 100%  2/2 clips") }, "\(run.errors)")
            #expect(run.errors.contains("clips has 2 clips, fewer than the 50000 asked for"))
        }
    }

    @Test func clipsOfOtherChannelsThanTheModelsAreRefused() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            // One grey clip of 8 frames, 32×32: a .npy array written by hand.
            let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 8, 32, 32, 1), }"
            let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
            var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]) + Data(padded.utf8)
            bytes += Data(count: 2 * 8 * 32 * 32)
            try bytes.write(to: folder.appendingPathComponent("grey.npy"))
            let run = try ProgramRun(["evaluate", "run", "--data", "grey.npy", "--quiet"], in: folder)
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1)
            #expect(
                run.errors.contains("grey.npy: gives frames of 1 channel, the model of run takes 3: repeat the channel")
            )
        }
    }

    @Test func aCalibrationLeavesItsFigureAndNumbers() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "calibrate", "synthetic:moving-shapes", "--clips", "2", "--frames", "6", "--size", "32", "--metrics",
                "psnr,ssim", "--out", "c", "--quiet",
            ]
            let run = try ProgramRun(arguments + ["--json"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let distortions = try #require(try Self.object(run)["distortions"] as? [[String: Any]])
            #expect(
                distortions.compactMap { $0["name"] as? String } == ["noise", "blur", "frozen", "dropped", "swapped"])
            let picture = try Data(contentsOf: folder.appendingPathComponent("c/calibration.png"))
            #expect(picture.count > 5000)
            let second = try ProgramRun(arguments, in: folder)
            #expect(second.status == 1 && second.errors.contains("--force"))
            #expect(try ProgramRun(arguments + ["--force"], in: folder).output.contains("swapped"))
        }
    }
}
