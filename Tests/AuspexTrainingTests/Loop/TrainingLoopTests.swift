import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import Synchronization
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
        // On a busy machine a step may take longer than a signal would wait for it.
        let stop = StopFlag(patienceSeconds: 3_600)
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

    private struct Kill: Error {}

    /// Killed before its first checkpoint a run begins again, and nothing is in its logs twice: neither step 0 nor what followed.
    @Test(arguments: [0, 1, 2, 3]) func killedBeforeTheFirstCheckpoint(batches: Int) throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 5)
        run.training.checkpointInterval = 5
        run.training.validationInterval = 2
        // The best one would be a checkpoint too.
        run.training.validationSelect = .last
        try run.run(in: place.file("whole"))
        for _ in 0..<2 {
            #expect(throws: Kill.self) {
                try run.run(in: place.file("cut"), resume: true) { if $0 == batches { throw Kill() } }
            }
        }
        try run.run(in: place.file("cut"), resume: true)
        #expect(try Self.log(of: place.file("cut")) == Self.log(of: place.file("whole")))
        let steps = try EventSteps(inFolder: place.file("cut")).summaries
        #expect(steps == (try EventSteps(inFolder: place.file("whole")).summaries))
        #expect(try Self.finalBytes(of: place.file("cut")) == Self.finalBytes(of: place.file("whole")))
    }

    /// Without a pixel loss, a high PSNR does not count: no checkpoint becomes the best, whatever the validations say.
    @Test func discriminatorsAloneSelectTheLast() throws {
        let place = try TemporaryFolder()
        try SmallRun(steps: 4).run(in: place.file("run"))
        let store = try RunFolder(reading: place.file("run")).checkpoints()
        #expect(store.step(of: .best) == nil && store.step(of: .preferred) == 4)
    }

    @Test(arguments: [TrainingConfiguration.ValidationSelect.psnr, .ssim])
    func selectsByTheChosenMetric(select: TrainingConfiguration.ValidationSelect) throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 4)
        run.training.validationSelect = select
        run.training.validationInterval = 1
        try run.run(in: place.file("run"))
        let lines = try MetricsLog.lines(of: place.file("run") + "/metrics.jsonl")
        let values = lines.compactMap { line -> (step: Int, value: Double)? in
            guard case .number(let value)? = line.values["validation/\(select.rawValue)"] else { return nil }
            return (line.step, value)
        }
        #expect(values.map(\.step) == [1, 2, 3, 4])
        let best = try #require(values.max { $0.value < $1.value })
        #expect(try RunFolder(reading: place.file("run")).checkpoints().step(of: .best) == best.step)
    }

    @Test func anotherMetricSelectsAnew() throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 3)
        run.training.validationSelect = .psnr
        try run.run(in: place.file("run"))
        // No SSIM is as high as a PSNR, so the first SSIM can be the best only where the PSNR was forgotten.
        run.training.steps = 6
        run.training.validationSelect = .ssim
        try run.run(in: place.file("run"), resume: true)
        #expect(try RunFolder(reading: place.file("run")).checkpoints().step(of: .best) == 6)
    }

    @Test(
        arguments: [
            (25.0, 24.0, true, true), (24, 25, true, false), (.nan, nil, true, false), (25, nil, true, true),
            (0.1, 0.2, false, true), (0.2, 0.1, false, false), (.infinity, nil, false, false),
        ] as [(Double, Double?, Bool, Bool)])
    func better(value: Double, best: Double?, higherIsBetter: Bool, expected: Bool) {
        #expect(Validation.isBetter(value, than: best, higherIsBetter: higherIsBetter) == expected)
    }

    @Test func distancesNeedClipsThatAreLongEnough() throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 1)
        run.training.validationSelect = .fvd
        // Four frames are too few for I3D, which may not be there at all.
        #expect(throws: (any Error).self) { try run.run(in: place.file("run")) }
        #expect(!FileManager.default.fileExists(atPath: place.file("run") + "/metrics.jsonl"))
    }

    @Test func saysHowTheModelComparesWithTheBaselines() throws {
        func summary(_ psnr: Double, _ baselines: [(String, Double)]) throws -> String {
            let scores = baselines.map { #"{"name":"\#($0.0)","psnr":\#($0.1)}"# }.joined(separator: ",")
            let json = #"{"clips":16,"psnr":\#(psnr),"step":40,"baselines":[\#(scores)]}"#
            return try JSONDecoder().decode(ValidationSummary.self, from: Data(json.utf8)).text
        }
        let both = [("copy-last", 21.704), ("flow", 23.0)]
        #expect(
            try summary(24.814, both)
                == "PSNR of step 40 on 16 held-out clips: model 24.81, copy-last 21.70, flow 23.00 dB; the model beats both"
        )
        #expect(try summary(22, both).hasSuffix("; the model beats copy-last, but not flow"))
        #expect(try summary(20, both).hasSuffix("; the model does not beat either yet"))
        let three = both + [("blend", 23.5)]
        #expect(try summary(24, three).hasSuffix("blend 23.50 dB; the model beats all"))
        #expect(try summary(23.2, three).hasSuffix("; the model beats copy-last and flow, but not blend"))
        #expect(try summary(22, three).hasSuffix("; the model beats copy-last, but not flow and blend"))
        #expect(try summary(20, three).hasSuffix("; the model does not beat any yet"))
        #expect(try summary(20, [both[0]]).hasSuffix("; the model does not beat copy-last yet"))
        #expect(try summary(20, []).hasSuffix(" dB"))
    }

    @Test(arguments: [(0.0, [3]), (1e-9, [1, 2, 3])]) func checkpointsByTime(minutes: Double, steps: [Int]) throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 3)
        run.training.checkpointInterval = 100
        run.training.validationInterval = 0
        run.training.checkpointMinutes = minutes
        try run.run(in: place.file("run"))
        #expect(try RunFolder(reading: place.file("run")).checkpoints().steps == steps)
    }

    /// A log that does not fit on the disk ends the run, but not without the steps since the last checkpoint.
    @Test(arguments: ["metrics.jsonl", "events.out.tfevents"]) func aLogThatCannotBeWritten(name: String) throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 5)
        run.training.checkpointInterval = 100
        run.training.validationInterval = 0
        let isFull = Atomic(false)
        let error = try #require(throws: FileError.self) {
            try FileCall.withFault({ call, path in
                call == .write && path.contains(name) && isFull.load(ordering: .relaxed) ? ENOSPC : nil
            }) { try run.run(in: place.file("run")) { if $0 == 2 { isFull.store(true, ordering: .relaxed) } } }
        }
        #expect(error.path.hasPrefix(place.file("run") + "/" + name) && error.advice.contains("free some space"))
        #expect(try RunFolder(reading: place.file("run")).checkpoints().steps == [3])
        #expect(try MetricsLog.lines(of: place.file("run/metrics.jsonl")).allSatisfy { $0.step <= 3 })
    }

    @Test func aFolderThatIsRemovedWhileTheRunTrains() throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 5)
        run.training.validationInterval = 0
        run.training.sampleInterval = 0
        let error = try #require(throws: TrainingError.self) {
            try run.run(in: place.file("run")) {
                if $0 == 2 { try? FileManager.default.removeItem(atPath: place.file("run")) }
            }
        }
        #expect(error.description.hasPrefix("\(place.file("run")): the folder was removed or renamed"))
    }

    /// A step that takes longer than a stop waits is abandoned between two micro-batches; the run resumes from its last checkpoint, with the same bits.
    @Test func aLongStepIsGivenUp() throws {
        let place = try TemporaryFolder()
        var run = SmallRun(steps: 3)
        run.training.accumulation = 3
        try run.run(in: place.file("whole"))
        let stop = StopFlag(patienceSeconds: 0)
        // A step takes three batches: the fifth belongs to the second step.
        let outcome = try run.run(in: place.file("parts"), stop: stop) { if $0 == 4 { stop.raise() } }
        #expect(outcome == .stopped(step: 1))
        #expect(try run.run(in: place.file("parts"), resume: true) == .finished)
        #expect(try Self.finalBytes(of: place.file("parts")) == Self.finalBytes(of: place.file("whole")))
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
        // A weight that is NaN, as in a diverged run.
        let store = try RunFolder(reading: place.file("run")).checkpoints(keep: 100)
        var checkpoint = try store.load(.last)
        let name = "discriminators.networks.1.score.bias"
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
