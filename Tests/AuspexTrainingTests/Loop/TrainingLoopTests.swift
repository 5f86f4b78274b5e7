import AuspexModels
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite struct TrainingLoopTests {
    private static func finalBytes(of run: String) throws -> [String: Data] {
        let folder = try RunFolder(reading: run).path + "/checkpoints/last"
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".safetensors") {
            files[name] = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
        }
        return files
    }

    /// Lines without the times, which no two runs share.
    private static func log(of run: String) throws -> [[String: MetricsLog.Value]] {
        try MetricsLog.lines(of: run + "/metrics.jsonl").map { line in
            line.values.filter { !$0.key.hasPrefix("seconds/") }.merging(["step": .number(Double(line.step))]) { a, _ in
                a
            }
        }
    }

    @Test func resumedRunHasTheBitsOfOneNeverStopped() throws {
        let place = try TemporaryFolder()
        try SmallRun(steps: 7).run(in: place.file("whole"))

        // Asked to stop while its fourth step runs, which it finishes; then gone on with.
        let stop = StopFlag()
        let outcome = try SmallRun(steps: 7).run(in: place.file("parts"), stop: stop) { if $0 == 3 { stop.raise() } }
        #expect(outcome == .stopped(step: 4))
        #expect(try SmallRun(steps: 7).run(in: place.file("parts"), resume: true) == .finished)

        let whole = try Self.finalBytes(of: place.file("whole"))
        #expect(whole.count >= 6)
        #expect(try Self.finalBytes(of: place.file("parts")) == whole)
        #expect(try Self.log(of: place.file("parts")) == Self.log(of: place.file("whole")))
    }

    @Test func whatACheckpointDidNotHaveIsCutFromTheLog() throws {
        let place = try TemporaryFolder()
        try SmallRun(steps: 6).run(in: place.file("whole"))
        try SmallRun(steps: 4).run(in: place.file("cut"))
        // As after a kill between the checkpoint of step 4 and the next one.
        let log = try MetricsLog(path: place.file("cut") + "/metrics.jsonl")
        try log.append(step: 5, [("generator/clip/loss", .number(123))])
        try SmallRun(steps: 6).run(in: place.file("cut"), resume: true)
        #expect(try Self.finalBytes(of: place.file("cut")) == Self.finalBytes(of: place.file("whole")))
        let fifth = try MetricsLog.lines(of: place.file("cut") + "/metrics.jsonl").filter { $0.step == 5 }
        #expect(fifth.count == 1 && fifth[0].values["generator/clip/loss"] == nil)
    }

    @Test func leavesWhatARunFolderHolds() throws {
        let place = try TemporaryFolder()
        try SmallRun(steps: 4).run(in: place.file("run"))
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: place.file("run")))
        #expect(names.isSuperset(of: ["checkpoints", "metrics.jsonl", "samples"]))
        #expect(names.contains { $0.hasPrefix("events.out.tfevents.") })
        let samples = try FileManager.default.contentsOfDirectory(atPath: place.file("run") + "/samples")
        #expect(samples.contains("step-00000004-clip-0.png"))
        let lines = try MetricsLog.lines(of: place.file("run") + "/metrics.jsonl")
        #expect(lines.contains { $0.values["validation/copy-last/psnr"] != nil })
        #expect(lines.contains { $0.step == 3 && $0.values["validation/psnr"] != nil })
        for step in 1...4 {
            let names = lines.filter { $0.step == step }.reduce(into: Set<String>()) { $0.formUnion($1.values.keys) }
            #expect(
                names.isSuperset(of: [
                    "generator/frames-2/loss", "discriminator/clip-scale-2/accuracyReal", "generator/gradientNorm",
                    "discriminator/sigmaLargest", "seconds/waitingForData",
                ]))
        }
    }

    @Test func nonFiniteLossStopsTheRunAndNamesTheLastGoodCheckpoint() throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 3)
        run.training.validationInterval = 0
        run.training.sampleInterval = 0
        try run.run(in: place.file("run"))
        // A weight that is no number, as a diverged run has.
        let store = try RunFolder(reading: place.file("run")).checkpoints(keep: 100)
        var checkpoint = try store.load(.last)
        let name = "discriminators.judges.1.score.bias"
        let bias = try #require(checkpoint.groups[.weights]?[name])
        checkpoint.groups[.weights]?[name] = Tensor(repeating: .nan, shape: bias.shape)
        try store.save(checkpoint)
        run.training.steps = 5
        let error = try #require(throws: TrainingError.self) { try run.run(in: place.file("run"), resume: true) }
        #expect(error.description.contains("step 4"))
        #expect(error.description.contains("discriminator/clip-scale-2/loss became"))
        #expect(error.description.contains("checkpoints/step-00000003"))
    }
}
