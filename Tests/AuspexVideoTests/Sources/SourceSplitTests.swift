import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// What a run holds out, on lossless films that this package writes itself.
@Suite("A run's split of its source")
struct SourceSplitTests {
    private static let request = ClipRequest(frames: 4, size: FrameSize(16))
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A film of 16×16 whose frames are identified by their level.
    @discardableResult
    private func film(_ name: String, frames: Int, seed: Int = 0, rate: Double = 10) throws -> String {
        let path = folder.file("films/" + name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let pixels = (0..<frames).flatMap { frame in [UInt8](repeating: UInt8((frame * 3 + seed) % 256), count: 768) }
        try VideoWriter(path, frameIntervalSeconds: 1 / rate, overwriting: true).write(
            Tensor(pixels, shape: [frames, 16, 16, 3]))
        return path
    }

    private var source: any ClipSource { get throws { try openSource(folder.file("films")) } }

    /// First frames of all clips by the file's name.
    private func clips(of source: any ClipSource) throws -> [String: [Int]] {
        let places = try source.places(for: Self.request, atMost: nil)
        return Dictionary(grouping: places) { (source.name(at: $0) as NSString).lastPathComponent }
            .mapValues { $0.map(\.firstFrame) }
    }

    private func error(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    /// Of two films no whole one is held out, however much longer it is.
    @Test func ofFewFilesTimeIsHeldOut() throws {
        try film("long.mkv", frames: 100)
        try film("short.mkv", frames: 40)
        let parts = try source.split(heldOut: 0.1, for: Self.request)
        #expect(try clips(of: parts.heldOut) == ["long.mkv": [90, 94], "short.mkv": [36]])
        let trained = try clips(of: parts.training)
        #expect(trained["long.mkv"]?.max() == 84 && trained["short.mkv"]?.max() == 32)
        #expect(parts.record?.isOfTime == true)
    }

    /// The share is enlarged to one clip where it is shorter; films without room for two clips are trained on; if all are so, whole ones are held out.
    @Test func everyPartHasRoomForAClip() throws {
        try film("a.mkv", frames: 12)
        try film("b.mkv", frames: 6)
        let parts = try source.split(heldOut: 0.1, for: Self.request)
        #expect(try clips(of: parts.heldOut) == ["a.mkv": [8]])
        #expect(try clips(of: parts.training) == ["a.mkv": [0, 4], "b.mkv": [0]])
        try film("a.mkv", frames: 7)
        let whole = try source.split(heldOut: 0.1, for: Self.request)
        #expect(try clips(of: whole.heldOut).count == 1 && clips(of: whole.training).count == 1)
        #expect(whole.record?.isOfTime == false)
        let alone = error { _ = try openSource(folder.file("films/a.mkv")).split(heldOut: 0.1, for: Self.request) }
        #expect(alone.contains("has 7 frames, too few to train on one clip of 4 and to hold out another"), "\(alone)")
        let tiny = try film("../tiny.mkv", frames: 3)
        #expect(
            error { _ = try openSource(tiny).split(heldOut: 0.1, for: Self.request) }.contains(
                "has 3 frames; a clip of 4"))
    }

    @Test func moreThanHalfMayBeHeldOut() throws {
        try film("a.mkv", frames: 20)
        let parts = try source.split(heldOut: 0.8, for: Self.request)
        #expect(
            try clips(of: parts.training) == ["a.mkv": [0]] && clips(of: parts.heldOut) == ["a.mkv": [4, 8, 12, 16]])
    }

    private func manyFilms() throws -> SourceSplit {
        for number in 0..<10 { try film("\(number).mkv", frames: 8 + number, seed: number) }
        let parts = try source.split(heldOut: 0.2, for: Self.request)
        let record = try #require(parts.record)
        #expect(record.training.count == 8 && record.heldOut.count == 2 && !record.isOfTime)
        // As it comes back from a file.
        return try JSONDecoder().decode(SourceSplit.self, from: JSONEncoder().encode(record))
    }

    /// New files change no draw of the run; missing files change only the draws of their own clips.
    @Test func theSavedSplitOutlastsWhatComesAndGoes() throws {
        let record = try manyFilms()
        let stream = RandomStream(seed: 1, name: "clips")
        func draws(_ source: any ClipSource) throws -> [String] {
            try (0..<40).map { number in
                let clip = try source.clip(at: number, from: stream, request: Self.request)
                return "\((clip.name as NSString).lastPathComponent) \(clip.frameIndices[0])"
            }
        }
        let before = try record.restored(from: source, validation: nil)
        #expect(before.changes == SourceChanges())
        let drawn = try draws(before.parts.training)
        let heldOut = try clips(of: before.parts.heldOut)
        try film("00.mkv", frames: 30)
        try film("5b.mkv", frames: 30)
        let more = try record.restored(from: source, validation: nil)
        #expect(more.changes.come.map { ($0 as NSString).lastPathComponent } == ["00.mkv", "5b.mkv"])
        #expect(
            more.changes.notes.count == 1
                && more.changes.notes[0].contains("5b.mkv have been added since the run began"))
        #expect(try draws(more.parts.training) == drawn)
        #expect(try clips(of: more.parts.heldOut) == heldOut)
        let gone = try #require(record.training.first).name
        try FileManager.default.removeItem(atPath: gone)
        let fewer = try record.restored(from: source, validation: nil)
        #expect(fewer.changes.gone == [gone] && fewer.changes.notes[0] == "\(gone) is gone since the run began")
        let name = (gone as NSString).lastPathComponent
        for (old, new) in zip(drawn, try draws(fewer.parts.training)) where !old.hasPrefix(name) { #expect(old == new) }
        for item in record.heldOut { try FileManager.default.removeItem(atPath: item.name) }
        let message = error { _ = try record.restored(from: source, validation: nil) }
        #expect(message.contains("every item that the run has held out is gone"), "\(message)")
    }

    /// Copied over a file that is trained on, or replaced by one: either way the model would be measured on what it was trained on.
    @Test(arguments: [true, false]) func aHeldOutFileThatIsTrainedOnIsRefused(intoTraining: Bool) throws {
        let record = try manyFilms()
        let (trained, heldOut) = (record.training[3].name, record.heldOut[1].name)
        let (from, to) = intoTraining ? (heldOut, trained) : (trained, heldOut)
        try FileManager.default.removeItem(atPath: to)
        try FileManager.default.copyItem(atPath: from, toPath: to)
        let message = error { _ = try record.restored(from: source, validation: nil) }
        #expect(message.hasPrefix(to) && message.contains("holds the same clips as \(from) now"), "\(message)")
    }

    @Test func copiesFromTheBeginningAreNamedAndNotRefused() throws {
        let first = try film("0.mkv", frames: 8)
        for number in 1..<10 {
            try FileManager.default.copyItem(atPath: first, toPath: folder.file("films/\(number).mkv"))
        }
        let record = try #require(try source.split(heldOut: 0.1, for: Self.request).record)
        #expect(record.copies.count == 1)
        #expect(try record.restored(from: source, validation: nil).changes == SourceChanges())
    }

    @Test func aChangedFileIsNamedAndWhereItsTimeIsHeldOutRefused() throws {
        let record = try manyFilms()
        try film((record.training[2].name as NSString).lastPathComponent, frames: 25)
        #expect(try record.restored(from: source, validation: nil).changes.changed == [record.training[2].name])
        let alone = try film("../alone.mkv", frames: 50)
        let single = try #require(try openSource(alone).split(heldOut: 0.1, for: Self.request).record)
        let same = try single.restored(from: openSource(alone), validation: nil)
        #expect(same.changes == SourceChanges())
        #expect(try clips(of: same.parts.heldOut) == ["alone.mkv": [45]])
        try film("../alone.mkv", frames: 60)
        let message = error { _ = try single.restored(from: openSource(alone), validation: nil) }
        #expect(message.contains("has changed since the run began"), "\(message)")
    }

    @Test func validationClipsThatAreTrainedOnAreRefused() throws {
        try film("a.mkv", frames: 20)
        try film("test/b.mkv", frames: 20)
        let test = try openSource(folder.file("films/test"))
        let message = error { _ = try SourceSplit(training: source, heldOut: test) }
        #expect(message.contains("b.mkv is held out, and") && message.contains("has it too"), "\(message)")
    }

    // MARK: Frame rates

    @Test func theCommonIntervalIsWhatMostFilmsHave() throws {
        try film("a.mkv", frames: 20, rate: 12)
        try film("b.mkv", frames: 20, rate: 5)
        // As many of either: the longer one, for which no frame is repeated.
        #expect(abs(try #require(try source.commonFrameIntervalSeconds) - 0.2) < 2e-3)
        try film("c.mkv", frames: 20, rate: 12)
        #expect(abs(try #require(try source.commonFrameIntervalSeconds) - 1.0 / 12) < 2e-3)
    }

    @Test func matchingTakesFramesAsTheyAreWhereTheRateIsTheSame() throws {
        let path = try film("a.mkv", frames: 40, rate: 10)
        func frames(_ step: ClipRequest.FrameStep) throws -> [Int] {
            var request = Self.request
            request.step = step
            return try openSource(path).clip(at: ClipPlace(item: 0), request: request).frameIndices
        }
        #expect(try frames(.matching(seconds: 0.1005, stride: 1)) == [0, 1, 2, 3])
        #expect(try frames(.matching(seconds: 0.2, stride: 2)) == [0, 2, 4, 6])
        #expect(try frames(.matching(seconds: 0.26, stride: 1)) == [0, 3, 5, 8])
        #expect(try frames(.matching(seconds: 0.06, stride: 1)) == [0, 1, 1, 2])
    }

    @Test func framesThatAreRepeatedOrApproximatedAreNoted() throws {
        try film("a.mkv", frames: 40, rate: 10)
        func notes(_ step: ClipRequest.FrameStep) throws -> [String] {
            var request = Self.request
            request.step = step
            return try source.frameRateNotes(for: request).map { $0.replacing(folder.file("films/"), with: "") }
        }
        #expect(
            try notes(.seconds(0.01)) == [
                "a.mkv has a frame every 0.1 s, clips take one every 0.01 s: frames are repeated"
            ])
        #expect(
            try notes(.matching(seconds: 0.25, stride: 1)) == [
                "a.mkv has a frame every 0.1 s, clips take one every 0.25 s: the nearest frames are taken, up to 0.05 s off"
            ])
        for exact in [
            ClipRequest.FrameStep.seconds(0.1), .seconds(0.3), .stride(3), .matching(seconds: 0.1, stride: 1),
        ] {
            #expect(try notes(exact).isEmpty)
        }
        try film("b.mkv", frames: 40, rate: 5)
        #expect(try notes(.seconds(0.01))[0].hasPrefix("b.mkv (and 1 more of 2 looked at) has a frame every 0.2 s"))
    }
}
