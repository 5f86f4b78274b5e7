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
            #expect(other.status == 1 && other.errors.contains("run/config.yaml: is no report of an evaluation"))
            #expect(try evaluate(["--same-clips", report, "--clips", "2"]).status == 64)
            #expect(try evaluate(["--protocol", "kth-svgg"]).errors.contains("did you mean kth-svg?"))
            #expect(try evaluate(["--metrics", "fvdd"]).errors.contains("did you mean 'fvd'?"))
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
            #expect(run.errors.contains("grey.npy: gives frames of 1 channels, the model of run takes 3"))
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
