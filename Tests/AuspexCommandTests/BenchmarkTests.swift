import AuspexSupport
import Foundation
import Testing

@Suite("Benchmarks and forecasts give the names that scripts rely on")
struct BenchmarkTests {
    private static let quick = ["--threads", "1", "--quiet"]
    private static let work = [
        "--channels", "1", "--size", "32", "--batch", "2", "--threads", "1", "--json", "--quiet",
    ]

    private func object(_ arguments: [String], in folder: URL? = nil) throws -> [String: Any] {
        let run = try ProgramRun(arguments, in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private static let clips = ["--batch", "2", "--frames", "9", "--threads", "1", "--json", "--quiet"]

    @Test(arguments: [
        ("step", "secondsPerStep", work), ("predict", "secondsPerPrediction", work), ("i3d", "secondsPerClip", clips),
    ])
    func names(work: String, seconds: String, options: [String]) throws {
        let result = try object(["benchmark", work, "--repeats", "3"] + options)
        for name in [
            seconds, "secondsMinimum", "secondsMaximum", "gflopAsWritten", "gflopExecuted", "gflopsPerSecond",
            "shareOfConvolutionLimit", "peakBytes",
        ] {
            #expect(try #require(result[name] as? Double, "\(name)") > 0)
        }
        for name in ["faultsPerStep", "secondsWaiting"] { #expect(result[name] is Double, "\(name)") }
        #expect(result["schema"] as? Int == 1)
        #expect(result["repeats"] as? Int == 3)
        #expect(result["threads"] as? Int == 1)
        let families = try #require(result["byFamily"] as? [String: [String: Any]])
        #expect((families["convolutionForward"]?["calls"] as? Int ?? 0) > 0)
        let (least, most) = (result["secondsMinimum"] as? Double ?? 1, result["secondsMaximum"] as? Double ?? 0)
        #expect(least <= most)
    }

    @Test func busyThreadsAreSaid() throws {
        let step = try object(["benchmark", "step", "--busy", "2", "--repeats", "2"] + Self.work)
        #expect(step["busyThreads"] as? Int == 2)
        let text = try ProgramRun(
            ["benchmark", "predict", "--busy", "1", "--channels", "1", "--size", "32", "--repeats", "1", "--quiet"])
        #expect(text.output.contains("beside 1 busy thread"), "\(text.output) \(text.errors)")
    }

    /// Random clips, those that a file names, and all clips in a row.
    @Test func loading() throws {
        try withTemporaryFolder { folder in
            let made = try ProgramRun(
                [
                    "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "1", "--frames", "40", "--size",
                    "32", "--quiet",
                ], in: folder)
            try #require(made.status == 0, "\(made.errors)")
            try Data("3\n0 24\n".utf8).write(to: folder.appendingPathComponent("starts.txt"))
            for (order, more) in [("random", []), ("starts", ["--starts", "starts.txt"]), ("dense", ["--dense"])] {
                let report = try object(
                    ["benchmark", "load", "clips", "--clips", "9", "--json", "--quiet"] + more, in: folder)
                #expect(report["order"] as? String == order)
                #expect(report["clips"] as? Int == 9 && report["frames"] as? Int == 16)
                let (rate, seconds) = (
                    try #require(report["clipsPerSecond"] as? Double), try #require(report["seconds"] as? Double)
                )
                #expect(rate > 0 && abs(rate * seconds - 9) < 1e-6)
            }
            try Data("25\n".utf8).write(to: folder.appendingPathComponent("late.txt"))
            let late = try ProgramRun(["benchmark", "load", "clips", "--starts", "late.txt", "--quiet"], in: folder)
            #expect(late.status == 1 && late.errors.contains("0000.mkv"), "\(late.errors)")
            try Data("3\nx\n".utf8).write(to: folder.appendingPathComponent("words.txt"))
            let words = try ProgramRun(["benchmark", "load", "clips", "--starts", "words.txt", "--quiet"], in: folder)
            #expect(words.status == 1 && words.errors.contains("words.txt: found 'x'"), "\(words.errors)")
        }
    }

    @Test func distances() throws {
        let result = try object(
            ["benchmark", "frechet", "--features", "20", "--rows", "50", "--repeats", "2", "--json", "--quiet"])
        #expect(result["schema"] as? Int == 1 && result["features"] as? Int == 20 && result["rows"] as? Int == 50)
        for part in ["statistics", "distance"] {
            let seconds = try #require(result[part] as? [String: Double])
            let (least, most) = (try #require(seconds["minimum"]), try #require(seconds["maximum"]))
            #expect(least > 0 && least <= seconds["median"] ?? 0 && seconds["median"] ?? 0 <= most)
        }
    }

    /// The forecast for a configuration's step, in bytes.
    private func forecast(_ arguments: [String], in folder: URL) throws -> Double {
        let result = try object(["train"] + arguments + ["--dry-run", "--json"] + Self.quick, in: folder)
        let forecast = try #require(result["forecast"] as? [String: Any])
        #expect(forecast["secondsPerStep"] as? Double ?? 0 > 0)
        #expect(forecast["generatorParameters"] as? Int ?? 0 > 0)
        return try #require(forecast["peakBytes"] as? Double)
    }

    @Test func aForecastOfMemoryIsNearWhatAStepTakes() throws {
        try withTemporaryFolder { folder in
            // The defaults are what the benchmark measures.
            try Data("model: {channels: 2, size: 32}\ntraining: {batch: 5}\n".utf8)
                .write(to: folder.appendingPathComponent("a.yaml"))
            let expected = try forecast(["a.yaml"], in: folder)
            let step = try object(
                ["benchmark", "step", "--channels", "2", "--size", "32", "--batch", "5", "--repeats", "1", "--json"]
                    + Self.quick, in: folder)
            let ratio = expected / (try #require(step["peakBytes"] as? Double))
            #expect((0.9...1.1).contains(ratio))
            #expect(try forecast(["a.yaml", "--checkpoint-activations"], in: folder) < expected)
        }
    }

    @Test func aDryRunForecastsAndTrainsNothing() throws {
        try withTemporaryFolder { folder in
            let settings = SmallRun.settings + ["--set", "training.batch=3"]
            let run = try ProgramRun(["train", "trivd-tiny", "--dry-run"] + settings, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            for part in [
                "  channels: 1\n", "  batch: 3\n", "# generator: ", "# discriminators: ", "# peak memory: ",
                "# a step: ",
            ] {
                #expect(run.output.contains(part), "\(part)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
