import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite(.enabled(if: FFmpegProgram.isExpected)) struct SourceTests {
    private static let request = ClipRequest(frames: 8, size: FrameSize(16))
    private static let codec = ["-c:v", "mpeg4", "-g", "10", "-q:v", "3"]

    private func bytes(_ clip: Clip) -> [UInt8] { clip.frames.scalars(as: UInt8.self) }

    private func error(_ body: () throws -> Void) -> VideoError? {
        do { try body() } catch { return error as? VideoError }
        return nil
    }

    @Test func aClipIsAPureFunctionOfSeedAndNumber() throws {
        let folder = try TemporaryFolder()
        for name in ["a.mp4", "b.mp4", "deeper/c.mp4"] { _ = try folder.video(name, Self.codec) }
        var request = Self.request
        request.crop = .random
        let stream = RandomStream(seed: 5, name: "clips")
        let first = try openSource(folder.path)
        let clips = try (0..<12).map { try first.clip(at: $0, from: stream, request: request) }
        let second = try openSource(folder.path)
        for number in (0..<12).reversed() {
            let again = try second.clip(at: number, from: stream, request: request)
            #expect(again.name == clips[number].name && again.frameIndices == clips[number].frameIndices)
            #expect(bytes(again) == bytes(clips[number]), "clip \(number)")
            #expect(again.frames.shape == [8, 16, 16, 3])
        }
        #expect(Set(clips.map(\.name)).count == 3)
        #expect(Set(clips.map(\.startSeconds)).count > 3)
        let other = try first.clip(at: 0, from: RandomStream(seed: 6, name: "clips"), request: request)
        #expect(other.name != clips[0].name || other.frameIndices != clips[0].frameIndices)
    }

    @Test func folderNamesAreClasses() throws {
        let folder = try TemporaryFolder()
        for name in ["run/1.mp4", "walk/2.mp4", "walk/3.mp4"] { _ = try folder.video(name, frames: 10, Self.codec) }
        let source = try openSource(folder.path, options: SourceOptions(classes: true))
        #expect(source.classNames == ["run", "walk"])
        for number in 0..<6 {
            let clip = try source.clip(at: number, from: RandomStream(seed: 1, name: "clips"), request: Self.request)
            #expect(clip.classIndex == (clip.name.contains("/run/") ? 0 : 1))
        }
        let plain = try openSource(folder.path)
        #expect(plain.classCount == 0)
        #expect(
            try plain.clip(at: 0, from: RandomStream(seed: 1, name: "clips"), request: Self.request).classIndex == nil)
    }

    @Test func listsNameFilesClassesAndTimes() throws {
        let folder = try TemporaryFolder()
        _ = try folder.video("a.mp4", frames: 50, Self.codec)
        _ = try folder.video("b, c.mp4", frames: 50, Self.codec)
        let list = folder.file("list.csv")
        try "path,start,end,class\na.mp4,0,0.8,10\n# nothing\n\"b, c.mp4\",1.2,,9\n".write(
            toFile: list, atomically: true, encoding: .utf8)
        let source = try openSource(list, options: SourceOptions(classes: true))
        #expect(source.classNames == ["9", "10"])
        let places = try source.places(for: Self.request, atMost: nil)
        #expect(places.map(\.firstFrame) == [0, 8, 30, 38])
        let clips = try places.map { try source.clip(at: $0, request: Self.request) }
        #expect(clips.map(\.classIndex) == [1, 1, 0, 0])
        #expect(clips.allSatisfy { abs(($0.frameIntervalSeconds ?? 0) - 0.04) < 1e-6 })
        #expect(abs(clips[2].startSeconds - 1.2) < 1e-6)
        for number in 0..<20 {
            let clip = try source.clip(at: number, from: RandomStream(seed: 1, name: "clips"), request: Self.request)
            let isFirst = clip.name.hasSuffix("a.mp4")
            #expect(clip.frameIndices.allSatisfy { isFirst ? $0 < 20 : $0 >= 30 })
        }
        try "a.mp4,x,zero\n".write(toFile: list, atomically: true, encoding: .utf8)
        #expect(error { _ = try openSource(list) }?.message.contains("line 1: start is 'zero'") == true)
        try "path,colour\n".write(toFile: list, atomically: true, encoding: .utf8)
        #expect(error { _ = try openSource(list) }?.message.contains("unknown column 'colour'") == true)
    }

    @Test func brokenFilesAreSkippedWithOneWarningEach() throws {
        let folder = try TemporaryFolder()
        let whole = try folder.video("whole.mp4", Self.codec)
        try "this is no video".write(toFile: folder.file("text.mp4"), atomically: true, encoding: .utf8)
        let data = try #require(FileManager.default.contents(atPath: whole))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: folder.file("cut.mp4")))
        let stream = try folder.video("stream.mkv", ["-c:v", "ffv1"])
        let matroska = try #require(FileManager.default.contents(atPath: stream))
        try matroska.prefix(matroska.count * 2 / 3).write(to: URL(fileURLWithPath: stream))
        _ = try folder.video("short.mp4", frames: 3, Self.codec)
        let log = WarningLog()
        var options = SourceOptions()
        options.logger = log.logger
        let source = try openSource(folder.path, options: options)
        for number in 0..<30 {
            let clip = try source.clip(at: number, from: RandomStream(seed: 2, name: "clips"), request: Self.request)
            #expect(clip.name.hasSuffix("whole.mp4"))
        }
        for name in ["text.mp4", "cut.mp4", "stream.mkv", "short.mp4"] {
            #expect(log.warnings.count { $0.contains(name) } == 1, "\(name): \(log.warnings)")
        }
        let report = source.inspect(for: Self.request)
        #expect(report.items.count == 5 && report.usableItems == 1)
        #expect(report.items.first { $0.name.hasSuffix("whole.mp4") }?.clipCount == 5)

        try FileManager.default.removeItem(atPath: whole)
        let hopeless = try openSource(folder.path, options: options)
        let found = error {
            _ = try hopeless.clip(at: 0, from: RandomStream(seed: 2, name: "clips"), request: Self.request)
        }
        #expect(found?.kind == .nothingUsable)
        #expect(error { _ = try hopeless.places(for: Self.request, atMost: 4) }?.kind == .nothingUsable)
    }

    @Test func aDamagedStretchIsReplacedByAnother() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video(
            "damaged.mp4", frames: 100, size: "160x120", ["-c:v", "libx264", "-g", "10", "-movflags", "+faststart"])
        var data = try #require(FileManager.default.contents(atPath: file))
        let start = data.count / 2
        data.replaceSubrange(start..<start + 3000, with: [UInt8](repeating: 0x5A, count: 3000))
        try data.write(to: URL(fileURLWithPath: file))
        let source = try openSource(file)
        let clips = try (0..<20).map {
            try source.clip(at: $0, from: RandomStream(seed: 2, name: "clips"), request: Self.request)
        }
        #expect(clips.contains { ($0.frameIndices.last ?? 0) < 50 })
        let again = try openSource(file).clip(at: 17, from: RandomStream(seed: 2, name: "clips"), request: Self.request)
        #expect(again.frameIndices == clips[17].frameIndices)
    }

    @Test func badInputIsNamedInOneLine() throws {
        let folder = try TemporaryFolder()
        let missing = error { _ = try openSource(folder.file("none.mp4")) }
        #expect(missing?.kind == .noSuchFile)
        try "just words\n".write(toFile: folder.file("text.mp4"), atomically: true, encoding: .utf8)
        let text = error { _ = try openSource(folder.file("text.mp4")) }
        #expect(text?.kind == .notAVideo)
        #expect(text?.description.contains("\n") == false)
        let short = try folder.video("short.mp4", frames: 3, Self.codec)
        let tooShort = error {
            _ = try openSource(short).clip(at: 0, from: RandomStream(seed: 1, name: "clips"), request: Self.request)
        }
        #expect(tooShort?.kind == .tooShort)
        #expect(tooShort?.message == "has 3 frames; a clip of 8 needs 8: ask for a shorter one")
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        #expect(error { _ = try openSource(folder.file("empty")) }?.kind == .badSource)
        #expect(error { _ = try openSource("synthetic:nothing") }?.kind == .badSource)
        try Data().write(to: URL(fileURLWithPath: folder.file("zero.mp4")))
        #expect(error { _ = try openSource(folder.file("zero.mp4")) }?.message.contains("empty") == true)
        let sound = folder.file("sound.mp4")
        try FFmpegProgram.run(["-f", "lavfi", "-i", "sine", "-t", "1", "-c:a", "aac", sound])
        #expect(error { _ = try openSource(sound) }?.message.contains("no video stream in it (found: audio)") == true)
    }

    @Test func anotherRateIsSampledInTime() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video("thirty.mp4", frames: 60, rate: 30, Self.codec)
        var request = ClipRequest(frames: 5, size: FrameSize(16), step: .seconds(0.1))
        let source = try openSource(file)
        #expect(
            try source.clip(at: ClipPlace(item: 0, firstFrame: 4), request: request).frameIndices == [4, 7, 10, 13, 16])
        request.step = .stride(4)
        let clip = try source.clip(at: ClipPlace(item: 0, firstFrame: 1), request: request)
        #expect(clip.frameIndices == [1, 5, 9, 13, 17])
        #expect(abs((clip.frameIntervalSeconds ?? 0) - 4 / 30.0) < 1e-3)
    }

    @Test func heldOutPartsShareNothing() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video("one.mp4", frames: 100, Self.codec)
        let single = try openSource(file).split(heldOut: 0.2, for: Self.request)
        let (training, heldOut) = (single.training, single.heldOut)
        let held = try heldOut.places(for: Self.request, atMost: nil).map(\.firstFrame)
        #expect(held == [80, 88])
        for number in 0..<20 {
            let clip = try training.clip(at: number, from: RandomStream(seed: 1, name: "clips"), request: Self.request)
            #expect((clip.frameIndices.last ?? 100) < 80)
        }
        for name in 0..<9 { _ = try folder.video("\(name).mp4", frames: 10, Self.codec) }
        let parts = try openSource(folder.path).split(heldOut: 0.2, for: Self.request)
        let a = Set(
            try parts.training.places(for: Self.request, atMost: nil).map {
                try parts.training.clip(at: $0, request: Self.request).name
            })
        let b = Set(
            try parts.heldOut.places(for: Self.request, atMost: nil).map {
                try parts.heldOut.clip(at: $0, request: Self.request).name
            })
        #expect(a.count == 8 && b.count == 2 && a.isDisjoint(with: b))
    }

    @Test func foldersOfImagesAreSequencesInTheOrderOfTheirNumbers() throws {
        let folder = try TemporaryFolder()
        let video = try folder.video("frames.mkv", frames: 12, ["-c:v", "ffv1", "-pix_fmt", "gbrp"])
        try FileManager.default.createDirectory(atPath: folder.file("set/scene"), withIntermediateDirectories: true)
        try FFmpegProgram.run(["-i", video, "-start_number", "0", folder.file("set/scene/f%d.png")])
        let source = try openSource(folder.file("set"), options: SourceOptions(classes: true, framesPerSecond: 10))
        #expect(source.classNames == ["set"])
        let clip = try source.clip(at: ClipPlace(item: 0, firstFrame: 3), request: Self.request)
        let expected = try openSource(video).clip(at: ClipPlace(item: 0, firstFrame: 3), request: Self.request)
        #expect(bytes(clip) == bytes(expected))
        #expect(clip.frameIntervalSeconds == 0.1)
    }

    @Test func arraysAreReadInEveryOrder() throws {
        let folder = try TemporaryFolder()
        let shape = [3, 9, 16, 16, 2]
        let stream = RandomStream(seed: 4, name: "array")
        let values = stream.uniform(shape)
        try values.writeNumPy(to: folder.file("a.npy"))
        #expect(error { _ = try openSource(folder.file("a.npy")) }?.remedies == [.valueRange([0...1, -1...1])])
        let options = SourceOptions(range: 0...1)
        let source = try openSource(folder.file("a.npy"), options: options)
        let clip = try source.clip(at: ClipPlace(item: 2, firstFrame: 1), request: Self.request)
        #expect(clip.frames.shape == [8, 16, 16, 2])
        let row = Array(values.scalars[(2 * 9 + 1) * 512..<3 * 9 * 512])
        #expect(clip.frames.scalars == row)
        #expect(try ClipBatch(joining: [clip]).values.scalars == row.map { $0 * 2 - 1 })
        // [T, B, C, H, W]
        var moved = [Float](repeating: 0, count: values.count)
        let from = values.scalars
        for b in 0..<3 {
            for t in 0..<9 {
                for p in 0..<256 {
                    for c in 0..<2 { moved[((t * 3 + b) * 2 + c) * 256 + p] = from[((b * 9 + t) * 256 + p) * 2 + c] }
                }
            }
        }
        try Tensor(moved, shape: [9, 3, 2, 16, 16]).writeNumPy(to: folder.file("b.npy"))
        var reordered = options
        reordered.axes = "TBCHW"
        let same = try openSource(folder.file("b.npy"), options: reordered)
            .clip(at: ClipPlace(item: 2, firstFrame: 1), request: Self.request)
        #expect(same.frames.scalars == row)
        try Tensor(moved, shape: [9, 3, 2, 256]).writeNumPy(to: folder.file("c.npy"))
        #expect(
            error { _ = try openSource(folder.file("c.npy"), options: options) }?.remedies.isEmpty == false)
        var half = Self.request
        half.size = FrameSize(8)
        let small = try source.clip(at: ClipPlace(item: 0), request: half)
        #expect(small.frames.shape == [8, 8, 8, 2])
        let mean = (from[0] + from[2] + from[32] + from[34]) / 4
        #expect(abs(small.frames.scalars[0] - mean) < 1e-5)
    }
}
