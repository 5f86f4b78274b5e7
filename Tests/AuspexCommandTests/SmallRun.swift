import AuspexSupport
import Foundation
import Testing

/// The smallest networks that the program makes, and steps short enough to be stopped between them.
enum SmallRun {
    static let settings = [
        "--threads", "1", "--quiet", "--set", "model.channels=1", "--set", "training.batch=1", "--set",
        "training.standingStatisticsBatches=1", "--set", "training.validationClips=1", "--set",
        "model.predictedFrames=2", "--set", "model.contextFrames=2",
    ]

    /// Trains one step into `run`.
    static func train(in folder: URL, _ more: [String] = []) throws {
        let run = try ProgramRun(["train", "trivd-tiny", "--steps", "1", "--out", "run"] + settings + more, in: folder)
        try #require(run.status == 0, "\(run.errors)")
    }

    /// Everything of a run's last checkpoint that its next step depends on.
    static func state(of run: URL) throws -> [String: Data] {
        let names = [
            "weights", "averaged-weights", "optimiser", "spectral", "statistics", "standing-statistics",
        ].map { $0 + ".safetensors" }
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: run.appendingPathComponent("checkpoints/last/" + $0)))
            })
    }

    /// Fails for every file that differs.
    static func expectSame(_ run: URL, _ other: URL) throws {
        let (a, b) = (try state(of: run), try state(of: other))
        for (name, bytes) in a { #expect(b[name] == bytes, "\(name) differs") }
    }
}
