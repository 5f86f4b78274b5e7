import AuspexConfiguration
import AuspexEvaluation
import AuspexRuns
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("Scores of two sets")
struct ScoringTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("auspex-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var synthesis = Synthesis()
        (synthesis.clips, synthesis.frames, synthesis.size) = (2, 4, FrameSize(16))
        for (name, seed) in [("a", 1), ("b", 2)] {
            synthesis.seed = UInt64(seed)
            _ = try synthesis.write("moving-shapes", to: folder + "/" + name)
        }
        try body(folder)
    }

    @Test func aSetAgainstItselfIsPerfect() throws {
        try inFolder { folder in
            let report = try Scoring().score(real: folder + "/a", predicted: folder + "/a")
            #expect(report.clips == 2 && report.pairing == "by name")
            #expect(report.metrics["psnr"]?.value == 100 && report.metrics["mse"]?.value == 0)
            #expect(report.metrics["psnr"]?.perStep?.count == 4)
        }
    }

    @Test func filesAndAnArrayOfTheSameClipsAreTheSame() throws {
        try inFolder { folder in
            var synthesis = Synthesis()
            (synthesis.clips, synthesis.frames, synthesis.size, synthesis.format) = (2, 4, FrameSize(16), .npy)
            _ = try synthesis.write("moving-shapes", to: folder + "/c")
            let report = try Scoring().score(real: folder + "/a", predicted: folder + "/c/moving-shapes.npy")
            #expect(report.pairing == "by order" && report.metrics["mse"]?.value == 0)
        }
    }

    /// Of long clips only some frames are in memory: the same numbers, the same digests.
    @Test func clipsInPieces() throws {
        try inFolder { folder in
            var scoring = Scoring()
            scoring.settings.metrics = ["psnr", "psnr:clip", "psnr:set", "ssim", "mse"]
            let whole = try scoring.score(real: folder + "/a", predicted: folder + "/b")
            // A frame has 768 bytes.
            for bytes in [1, 1600, 768 * 3] {
                scoring.pieceBytes = bytes
                #expect(try scoring.score(real: folder + "/a", predicted: folder + "/b") == whole, "\(bytes)")
            }
        }
    }

    @Test func whatDoesNotPairIsRefused() throws {
        try inFolder { folder in
            try FileManager.default.moveItem(atPath: folder + "/b/0001.mkv", toPath: folder + "/b/other.mkv")
            let error = #expect(throws: VideoError.self) {
                try Scoring().score(real: folder + "/a", predicted: folder + "/b")
            }
            #expect(error?.description.contains("has no clip named 0001") == true)
        }
    }

    @Test(arguments: [
        ("psnr<20", 19.9, true), ("psnr<20", 20, false), ("mse >= 0.5", 0.5, true), ("ssim:uniform<=0.1", 0.2, false),
        ("psnr>20", Double.nan, true),
    ])
    func thresholds(text: String, value: Double, isMissed: Bool) throws {
        #expect(try Threshold(text).isMissed(by: value) == isMissed)
    }

    @Test(arguments: ["psnr", "<20", "psnr<x", "psnr=20", "", "psnr<nan", "psnr>inf", "psnr<0x14"])
    func whatIsNoThreshold(text: String) {
        #expect(throws: ConfigurationError.self) { try Threshold(text) }
    }
}
