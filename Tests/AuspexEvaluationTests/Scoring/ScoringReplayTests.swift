import AuspexEvaluation
import AuspexMetrics
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite("A result repeated")
struct ScoringReplayTests {
    private func write(_ report: ScoringReport, to path: String) throws {
        try JSONEncoder().encode(report).write(to: URL(fileURLWithPath: path))
    }

    @Test func theSameClipsGiveTheSameBits() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 3, seed: 1)
        try fixtures.write("b", clips: 3, seed: 2)
        var scoring = fixtures.scoring("psnr", "ssim")
        (scoring.settings.clips, scoring.settings.clipFrames, scoring.settings.seed) = (2, 5, 7)
        try write(try fixtures.score(scoring, "a", "b"), to: fixtures.path("r.json"))
        let replay = try ScoringReplay(readingFrom: fixtures.path("r.json"))
        let outcome = try replay.run()
        #expect(outcome.isEqual && outcome.isBitForBit && outcome.differences.isEmpty && outcome.remarks.isEmpty)
        #expect(outcome.now == replay.earlier)
        // One clip of the two that were drawn is now another one.
        let name = try #require(replay.earlier.sets.predicted.list.first?.name)
        try FileManager.default.removeItem(atPath: name)
        try FileManager.default.copyItem(
            atPath: fixtures.path("a/" + (name as NSString).lastPathComponent), toPath: name)
        let changed = try replay.run()
        #expect(!changed.isEqual && !changed.isBitForBit)
        #expect(
            changed.differences.first?.contains("1 of 2 predicted clips has different pixels now: \(name)") == true)
        #expect(changed.differences.contains { $0.hasPrefix("psnr: was ") })
        try FileManager.default.removeItem(atPath: name)
        #expect(throws: (any Error).self) { try replay.run() }
    }

    @Test func whatCountsAsADifference() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, seed: 1)
        let report = try fixtures.score(fixtures.scoring("mse"), "a", "a")
        var one = report
        one.metrics["mse"]?.value = 2
        try write(one, to: fixtures.path("r.json"))
        let replay = try ScoringReplay(readingFrom: fixtures.path("r.json"))
        func outcome(_ change: (inout ScoringReport) -> Void) -> ScoringReplay.Outcome {
            var now = one
            change(&now)
            return replay.compare(with: now)
        }
        let same = outcome { _ in }
        #expect(same.isBitForBit)
        let near = outcome { $0.metrics["mse"]?.value = 2.0001 }
        #expect(near.isEqual && !near.isBitForBit)
        let off = outcome { $0.metrics["mse"]?.value = 2.0003 }
        #expect(off.differences == ["mse: was 2.0, is 2.0003"])
        let changes: [(inout ScoringReport) -> Void] = [
            { $0.metrics["mse"]?.value = .nan }, { $0.metrics["mse"]?.perStep?[3] += 1 },
            { $0.metrics["mse"]?.perStep = nil }, { $0.metrics["mse"]?.interval = nil },
            { $0.metrics["mse"]?.convention = "another" }, { $0.metrics["mse"]?.weights = "others" },
            { $0.metrics = [:] }, { $0.sets.real.count = 3 },
            {
                $0.sets.predicted.list[1].sha256 = "0"
                $0.sets.predicted.sha256 = "0"
            },
        ]
        for (number, change) in changes.enumerated() {
            let changed = outcome(change)
            #expect(!changed.isEqual, "change \(number)")
        }
        let elsewhere = outcome {
            $0.version = "9"
            $0.machine.threads += 1
        }
        #expect(elsewhere.isBitForBit && elsewhere.remarks.count == 2)
    }

    /// An older auspex digested the bytes that floats were rounded to: that does not mean another clip.
    @Test func digestsOfRoundedFloatsSayNothing() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, seed: 1)
        var now = try fixtures.score(fixtures.scoring("mse"), "a", "a")
        #expect(now.sets.real.list.map(\.elementType) == ["uint8", "uint8"])
        var old = now
        old.sets.real.sha256 = "of bytes"
        for clip in old.sets.real.list.indices {
            old.sets.real.list[clip].elementType = nil
            old.sets.real.list[clip].sha256 = "of bytes"
        }
        try write(old, to: fixtures.path("r.json"))
        let replay = try ScoringReplay(readingFrom: fixtures.path("r.json"))
        // Of bytes that are bytes now, another digest means other pixels.
        let replaced = replay.compare(with: now)
        #expect(replaced.differences.first?.contains("2 of 2 real clips have different pixels") == true)
        for clip in now.sets.real.list.indices { now.sets.real.list[clip].elementType = "float32" }
        let outcome = replay.compare(with: now)
        #expect(outcome.isEqual, "\(outcome.differences)")
        #expect(
            outcome.remarks.count == 1
                && outcome.remarks[0].contains("it cannot be checked that 2 of 2 real clips still have the same values"),
            "\(outcome.remarks)")
    }

    /// A result of many clips is written in pieces: the same text as in one.
    @Test(arguments: [0, 1, 256, 700]) func longListsAreTheSameText(clips: Int) throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 2, frames: 1, seed: 1)
        var report = try fixtures.score(fixtures.scoring("mse"), "a", "a")
        report.notes = [#"a note that says "list":[] in it"#]
        let record = try #require(report.sets.real.list.first)
        report.sets.real.list = (0..<clips).map { number in
            var record = record
            record.name = "clip \"\(number)\", \u{e9}/\(number)"
            return record
        }
        report.sets.predicted.list = report.sets.real.list.reversed()
        var text = Data()
        try report.writeOnOneLine { text += $0 }
        #expect(text == (try ReportFile.data(report, onOneLine: true)))
        try write(report, to: fixtures.path("r.json"))
        let outcome = try ScoringReplay(readingFrom: fixtures.path("r.json")).compare(with: report)
        text = Data()
        try outcome.writeOnOneLine { text += $0 }
        #expect(text == (try ReportFile.data(outcome, onOneLine: true)))
    }

    /// An edited result gives an error, not a trap.
    @Test func settingsThatNoComparisonHas() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 1, frames: 3, seed: 1)
        let report = try fixtures.score(Scoring(), "a", "a")
        let changes: [(String, (inout ScoringSettings) -> Void)] = [
            ("clips -1", { $0.clips = -1 }), ("clipFrames 0", { $0.clipFrames = 0 }),
            ("size -4", { $0.size = FrameSize(-4) }),
            ("range [1.0]", { $0.range = [1] }), ("range [1.0, 0.0]", { $0.range = [1, 0] }),
            ("no metric", { $0.metrics = [] }),
        ]
        for (message, change) in changes {
            var edited = report
            change(&edited.settings)
            try write(edited, to: fixtures.path("r.json"))
            let error = #expect(throws: FileError.self) { try ScoringReplay(readingFrom: fixtures.path("r.json")) }
            #expect(error?.description.contains("settings with \(message)") == true, "\(message)")
        }
    }

    @Test func whatIsNoResult() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("{\"schema\":1}".utf8, as: "r.json")
        let error = #expect(throws: (any Error).self) { try ScoringReplay(readingFrom: path) }
        #expect("\(error!)".contains("expected the result of a scoring as JSON"))
    }
}
