import AuspexEvaluation
import AuspexModels
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import TestSupport
import Testing

@Suite("The same clips again")
struct FixedClipListTests {
    private static let plan = EvaluationProtocol(
        name: "test", size: 32, contextFrames: 3, predictedFrames: 4, clips: 10)
    private static let request = ClipRequest(frames: 1, size: FrameSize(8))

    private func evaluate(
        _ source: any ClipSource, _ plan: EvaluationProtocol = plan, again earlier: EvaluationReport? = nil
    ) throws -> EvaluationReport {
        try Evaluation(plan).run(
            [CopyLast()], on: source, request: Self.request,
            sameClips: earlier.map { FixedClipList($0, readFrom: "old/report.json") })
    }

    /// The message if clips cannot be had again.
    private func complaint(
        _ source: any ClipSource, _ plan: EvaluationProtocol = plan, again earlier: EvaluationReport
    ) throws -> String {
        let error = #expect(throws: VideoError.self) { try evaluate(source, plan, again: earlier) }
        return error?.description ?? ""
    }

    @Test("A report's list of clips gives the same clips and numbers again") func written() throws {
        let first = try evaluate(MovingShapes())
        #expect(first.version == ProgramVersion.current && first.machine?.threads == Kernels.threads)
        // Another number of clips asked for, and the report written and read, change nothing.
        let folder = try TemporaryFolder()
        let place = try EvaluationFolder(folder.file("kept/here"))
        try place.write(first)
        var read = try EvaluationFolder.report(at: place.path + "/report.json")
        #expect(read == first)
        for metric in Self.plan.metrics {
            #expect(FileManager.default.fileExists(atPath: "\(place.path)/\(metric).png"))
        }
        #expect(throws: FileError.self) { try EvaluationFolder(place.path) }
        read.clipList = [read.clipList[7], read.clipList[2]]
        var other = Self.plan
        other.clips = 3
        let again = try evaluate(MovingShapes(), other, again: read)
        #expect(again.clipList == read.clipList)
        #expect(again.clips == 2)
    }

    /// A damaged report may hold any numbers.
    @Test(arguments: [Int.max, .min]) func lengthsThatOverflow(frames: Int) throws {
        var earlier = try evaluate(MovingShapes())
        earlier.protocol.contextFrames = frames
        earlier.protocol.predictedFrames = frames
        #expect(try complaint(MovingShapes(), again: earlier).hasPrefix("old/report.json: its clips have"))
    }

    @Test func anotherHorizonIsNamed() throws {
        var other = Self.plan
        other.predictedFrames = 5
        let refusal = try complaint(MovingShapes(), other, again: evaluate(MovingShapes()))
        #expect(refusal.hasPrefix("old/report.json: its clips have 3 → 4 frames"))
        #expect(refusal.contains("now they would have 3 → 5"))
        // The same frames, of which fewer are given, are the same clips and another task.
        (other.contextFrames, other.predictedFrames) = (2, 5)
        let notes = try evaluate(MovingShapes(), other, again: evaluate(MovingShapes())).notes
        #expect(notes.contains { $0.contains("it was 3 → 4 frames, it is 2 → 5") })
    }

    @Test("A file with other pixels under the same name is refused") func replaced() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 3, size: 32, seed: 1)
        try fixtures.write("b", clips: 3, size: 32, seed: 2)
        let earlier = try evaluate(try openSource(fixtures.path("a")))
        #expect(earlier.clipList.allSatisfy { $0.sha256?.count == 64 })
        try FileManager.default.removeItem(atPath: fixtures.path("a/0001.mkv"))
        try fixtures.rename("b/0001.mkv", to: "a/0001.mkv")
        let source = try openSource(fixtures.path("a"))
        let refusal = try complaint(source, again: earlier)
        #expect(refusal.hasPrefix(fixtures.path("a/0001.mkv") + ": frames 0 to 6 have different pixels"))
        // At another size pixels are others anyhow.
        var larger = Self.plan
        larger.size = 64
        let notes = try evaluate(source, larger, again: earlier).notes
        #expect(notes.contains { $0.contains("size, filter or colour") })
    }

    /// An older auspex digested the bytes that floats were rounded to.
    @Test func digestsOfRoundedFloatsSayNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("f.npy")
        let numbers = RandomStream(seed: 1, name: "field").uniform([2, 7, 32, 32, 1])
        try numbers.writeNumPy(to: path)
        let source = try openSource(path, options: SourceOptions(axes: "BTHWC", range: 0...1))
        let report = try evaluate(source)
        #expect(report.clipList.map(\.elementType) == ["float32", "float32"])
        #expect(try evaluate(source, again: report).notes == report.notes)
        var old = report
        for clip in old.clipList.indices {
            old.clipList[clip].sha256 = String(repeating: "0", count: 64)
        }
        #expect(try complaint(source, again: old).contains("have different pixels"))
        for clip in old.clipList.indices { old.clipList[clip].elementType = nil }
        let again = try evaluate(source, again: old)
        #expect(again.models == report.models)
        #expect(again.notes.contains { $0.hasPrefix("old/report.json") && $0.contains("rounded floats to bytes") })
        // Every version digested bytes unchanged.
        var pixels = try evaluate(MovingShapes())
        pixels.clipList[0].elementType = nil
        #expect(try evaluate(MovingShapes(), again: pixels).notes.isEmpty)
        pixels.clipList[0].sha256 = old.clipList[0].sha256
        #expect(try complaint(MovingShapes(), again: pixels).contains("have different pixels"))
    }

    @Test("Added and removed files change the numbers of the others, not the clips") func grown() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 3, size: 32, seed: 1)
        try fixtures.write("b", clips: 1, size: 32, seed: 2)
        let earlier = try evaluate(try openSource(fixtures.path("a")))
        try fixtures.rename("b/0000.mkv", to: "a/-in-front.mkv")
        let grown = try openSource(fixtures.path("a"))
        #expect(try evaluate(grown).clipList[0].name.hasSuffix("-in-front.mkv"))
        let again = try evaluate(grown, again: earlier)
        #expect(again.clipList == earlier.clipList && again.models == earlier.models)
        for name in ["0000", "0001"] { try FileManager.default.removeItem(atPath: fixtures.path("a/\(name).mkv")) }
        let refusal = try complaint(try openSource(fixtures.path("a")), again: earlier)
        #expect(refusal.hasPrefix("old/report.json: has a clip of " + fixtures.path("a/0000.mkv")))
        #expect(refusal.contains("which \(fixtures.path("a")) does not have") && refusal.contains("by the same path"))
        #expect(try complaint(MovingShapes(), again: earlier).contains("synthetic:moving-shapes does not have"))
    }

    @Test("Two parts of one file are distinguished by their frames") func parts() throws {
        let fixtures = try ScoringFixtures()
        try fixtures.write("a", clips: 1, frames: 20, size: 32, seed: 1)
        let list = fixtures.path("list.csv")
        try Data("path,start,end\na/0000.mkv,0,0.95\na/0000.mkv,0.95,2\n".utf8).write(to: URL(fileURLWithPath: list))
        let earlier = try evaluate(try openSource(list))
        #expect(earlier.clipList.map(\.firstFrame) == [0, 10])
        #expect(Set(earlier.clipList.map(\.name)).count == 1)
        #expect(try evaluate(try openSource(list), again: earlier).clipList == earlier.clipList)
    }

    @Test("A report of an earlier version is read, with a note on what it does not record") func old() throws {
        let report = try evaluate(MovingShapes())
        var tree = try #require(
            try JSONSerialization.jsonObject(with: try ReportFile.data(report)) as? [String: Any])
        for key in ["version", "machine"] { #expect(tree.removeValue(forKey: key) != nil) }
        let clips = try #require(tree["clipList"] as? [[String: Any]])
        tree["clipList"] = clips.enumerated().map { number, clip in
            clip.filter { $0.key != "sha256" }.merging(["item": number]) { $1 }
        }
        let old = try ReportFile.decoder.decode(
            EvaluationReport.self, from: try JSONSerialization.data(withJSONObject: tree))
        #expect(old.clipList.allSatisfy { $0.sha256 == nil })
        let again = try evaluate(MovingShapes(), again: old)
        #expect(again.models == report.models)
        #expect(again.notes.contains { $0.hasPrefix("old/report.json has no digests") })
        #expect(try evaluate(MovingShapes(), again: report).notes.isEmpty)
    }
}
