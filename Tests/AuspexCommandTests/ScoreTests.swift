import AuspexMetrics
import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("auspex score as a step of a pipeline")
struct ScoreTests {
    private func synthesize(_ name: String, seed: Int, frames: Int = 4, in folder: URL) throws {
        let run = try ProgramRun(
            [
                "data", "synthesize", "moving-shapes", "--out", name, "--clips", "2", "--frames", "\(frames)", "--size",
                "16", "--seed", "\(seed)", "--quiet",
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func aResultHoldsWhatMadeIt() throws {
        try withTemporaryFolder { folder in
            try synthesize("a", seed: 1, in: folder)
            try synthesize("b", seed: 2, in: folder)
            let run = try ProgramRun(
                ["score", "a", "b", "--metrics", "psnr,mse", "--clip-frames", "3", "--json", "--quiet"], in: folder)
            #expect(run.status == 0 && run.errors.isEmpty && run.output.split(separator: "\n").count == 1)
            let result = try object(run.output)
            #expect(result["schema"] as? Int == 1 && result["clips"] as? Int == 2)
            #expect(result["version"] as? String == ProgramVersion.current)
            let settings = try #require(result["settings"] as? [String: Any])
            #expect(settings["metrics"] as? [String] == ["psnr", "mse"] && settings["clipFrames"] as? Int == 3)
            let metrics = try #require(result["metrics"] as? [String: [String: Any]])
            #expect((metrics["psnr"]?["perStep"] as? [Double])?.count == 3)
            let sets = try #require(result["sets"] as? [String: [String: Any]])
            let list = try #require(sets["predicted"]?["list"] as? [[String: Any]])
            #expect(list.map { $0["name"] as? String } == ["b/0000.mkv", "b/0001.mkv"])
            #expect(list.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
        }
    }

    @Test func thresholdsGiveAStatusBesideTheResult() throws {
        try withTemporaryFolder { folder in
            try synthesize("a", seed: 1, in: folder)
            let score = ["score", "a", "a", "--json", "--quiet", "--fail-if"]
            let missed = try ProgramRun(score + ["psnr<=100"], in: folder)
            #expect(missed.status == 2 && missed.output.hasPrefix("{\"clips\":2,"))
            #expect(missed.errorLines == ["auspex: psnr is 100.0: fails because of --fail-if 'psnr<=100'"])
            let held = try ProgramRun(score + ["psnr<100", "--fail-if", "mse>0"], in: folder)
            #expect(held.status == 0 && held.errors.isEmpty)
            let unknown = try ProgramRun(score + ["fvd>100"], in: folder)
            #expect(unknown.status == 64 && unknown.output.isEmpty)
        }
    }

    @Test func aReplaySaysWhatDiffers() throws {
        try withTemporaryFolder { folder in
            try synthesize("a", seed: 1, in: folder)
            try synthesize("b", seed: 2, in: folder)
            let run = try ProgramRun(["score", "a", "b", "--json", "--quiet"], in: folder)
            try Data(run.output.utf8).write(to: folder.appendingPathComponent("r.json"))
            let same = try ProgramRun(["score", "--replay", "r.json", "--quiet"], in: folder)
            #expect(same.status == 0 && same.output == "Equal to the last bit.\n" && same.errors.isEmpty)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("b"))
            try synthesize("b", seed: 3, in: folder)
            let other = try ProgramRun(["score", "--replay", "r.json", "--quiet"], in: folder)
            #expect(other.status == 1 && other.errorLines.count == 1)
            #expect(other.errors.hasPrefix("auspex: the result differs: 2 of 2 predicted clips have different pixels"))
            #expect(other.output.contains("psnr: was "))
            let json = try ProgramRun(["score", "--replay", "r.json", "--json", "--quiet"], in: folder)
            let outcome = try object(json.output)
            #expect(json.status == 1 && outcome["isEqual"] as? Bool == false)
            let crowded = try ProgramRun(["score", "a", "b", "--replay", "r.json"], in: folder)
            #expect(crowded.status == 64 && crowded.errors.contains("--replay takes everything from the result"))
        }
    }

    @Test func anybodysFeatures() throws {
        try withTemporaryFolder { folder in
            func write(_ name: String, _ values: [Float], _ size: Int) throws {
                try Tensor(values, shape: [values.count / size, size]).writeNumPy(
                    to: folder.appendingPathComponent(name).path)
            }
            let values = RandomStream(seed: 1, name: "rows").normal([200, 4]).scalars
            try write("real.npy", values, 4)
            try write("fake.npy", Array(values[..<400]).map { $0 + 1 }, 4)
            let score = ["score", "--embeddings", "real.npy", "fake.npy"]
            let run = try ProgramRun(score + ["--json", "--quiet"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let metrics = try #require(try object(run.output)["metrics"] as? [String: [String: Any]])
            // A shift of one in each of four directions, and the little that a half differs from the whole.
            #expect(abs((metrics["frechet"]?["value"] as? Double ?? 0) - 4) < 1)
            #expect(metrics["kernel"]?["value"] as? Double ?? 0 > 0)
            try Data(run.output.utf8).write(to: folder.appendingPathComponent("r.json"))
            #expect(try ProgramRun(["score", "--replay", "r.json", "--quiet"], in: folder).status == 0)
            try write("fake.npy", Array(values[..<399]) + [.nan], 4)
            let bad = try ProgramRun(score + ["--quiet"], in: folder)
            #expect(bad.status == 1 && bad.output.isEmpty && bad.errorLines.count == 1)
            #expect(bad.errors.contains("fake.npy: found nan in row 99, column 3"))
            try write("fake.npy", Array(values[..<600]), 3)
            #expect(
                try ProgramRun(score, in: folder).errors.contains("fake.npy: found rows of 3 numbers, expected 4"))
            #expect(try ProgramRun(score + ["--clips", "3"], in: folder).status == 64)
        }
    }

    /// Features of both sets need neither clips nor the network's weights, but say which weights they are of.
    @Test func savedFeaturesNeedNoNetwork() throws {
        try withTemporaryFolder { folder in
            try synthesize("clips", seed: 1, frames: 9, in: folder)
            let values = RandomStream(seed: 1, name: "rows").normal([60, 400]).scalars
            func side(_ name: String, _ rows: Range<Int>) -> SavedFeatures.Side {
                .init(
                    source: name, isLossless: true,
                    clips: rows.map {
                        ClipRecord(
                            name: "\(name)[\($0)]", firstFrame: 0, frames: 16, size: FrameSize(64), channels: 3,
                            sha256: "")
                    },
                    features: [
                        "published": ClipFeatures(
                            size: 400, values: Array(values[rows.lowerBound * 400..<rows.upperBound * 400]))
                    ])
            }
            try SavedFeatures.write(
                [.real: side("a.npy", 0..<30), .predicted: side("b.npy", 30..<60)], preparations: [.published],
                version: "0", to: folder.appendingPathComponent("f.safetensors").path)
            func score(_ real: String, _ more: [String] = []) throws -> ProgramRun {
                try ProgramRun(
                    ["score", real, "f.safetensors", "--metrics", "fvd,kvd", "--json", "--quiet"] + more, in: folder,
                    environment: ["AUSPEX_WEIGHTS": folder.path])
            }
            let run = try score("f.safetensors", ["--no-interval"])
            #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
            let metrics = try #require(try object(run.output)["metrics"] as? [String: [String: Any]])
            #expect(metrics["fvd"]?["value"] as? Double ?? 0 > 0 && metrics["kvd"]?["value"] is Double)
            for result in metrics.values {
                #expect((result["weights"] as? String)?.hasSuffix(WeightsFile.i3d.checksum) == true)
            }
            let clips = try score("clips", ["--clip-frames", "9"])
            #expect(clips.status == 1 && clips.errorLines.count == 1 && clips.output.isEmpty)
            #expect(clips.errors.contains("fetch them ('auspex weights fetch i3d')"))
        }
    }

    @Test func withoutBothSets() throws {
        for (arguments, missing) in [(["score"], "real"), (["score", "a"], "predicted")] {
            let run = try ProgramRun(arguments)
            #expect(run.status == 64 && run.errors.contains("Missing expected argument '<\(missing)>'"))
        }
    }
}
