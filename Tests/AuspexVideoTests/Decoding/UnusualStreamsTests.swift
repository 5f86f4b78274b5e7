import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// Streams whose packets are not one frame each, in order: every frame against a full decode by the ffmpeg program.
@Suite(.enabled(if: FFmpegProgram.isExpected && FFmpegProgram.expects(encoder: "libx264"))) struct UnusualStreamsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func h264(_ name: String, rate: Int = 25, _ options: [String], pyramid: Bool = true) throws -> String {
        return try folder.video(
            name, rate: rate,
            [
                "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g", "12", "-bf", "3", "-x264-params",
                "scenecut=0:b-adapt=0:b-pyramid=\(pyramid ? "normal" : "none")",
            ] + options)
    }

    @Test(arguments: ["mp4", "fragments.mp4", "mkv", "ts"]) func reorderDepthIsNotTold(_ container: String) throws {
        let source = try h264("source.mp4", [])
        try WithoutReorderDepth.make(source)
        let file = folder.file("file.\(container)")
        let fragments = container == "fragments.mp4" ? ["-movflags", "frag_keyframe+empty_moov"] : []
        try FFmpegProgram.run(["-i", source, "-c", "copy"] + fragments + [file])
        let all = try FullDecode(of: source)
        #expect(all.bytes.count == 40 * 96 * 64 * 3 / 2)
        let differences = try FullDecode(of: file).differences()
        #expect(differences == [])
    }

    /// Matroska counts milliseconds: several pictures have the same time.
    @Test func timesAreEqual() throws {
        let file = try h264("fast.mkv", rate: 3000, [])
        let differences = try FullDecode(of: file).differences()
        #expect(differences == [])
    }

    /// MPEG-TS counts 33 bits of 1/90000 s.
    @Test func theClockWraps() throws {
        let file = try h264("wrap.ts", ["-output_ts_offset", "95441.8"])
        let differences = try FullDecode(of: file).differences()
        #expect(differences == [])
        let reader = try VideoReader(path: file)
        #expect(!reader.index.isCounted, "the headers tell everything")
        #expect(reader.index.starts.count == 4)
        #expect(abs(reader.seconds(ofFrame: 39) - 39.0 / 25) < 1e-4)
    }

    @Test func fieldsArePictures() throws {
        let raw = folder.file("fields.h264")
        try Data(FieldPictures.stream(frames: 20)).write(to: URL(fileURLWithPath: raw))
        #expect(try VideoReader(path: raw).frameCount == 20)
        let rawDifferences = try FullDecode(of: raw).differences()
        #expect(rawDifferences == [])
        let file = folder.file("fields.ts")
        try FFmpegProgram.run(["-framerate", "50", "-fflags", "+genpts", "-i", raw, "-c", "copy", file])
        #expect(try VideoReader(path: file).frameCount == 20)
        let differences = try FullDecode(of: file).differences()
        #expect(differences == [])
    }

    /// XviD writes a picture of a few bytes, from which no frame comes, where nothing moves.
    @Test func picturesAreNotCoded() throws {
        let source = try folder.video(
            "source.m4v", ["-c:v", "mpeg4", "-g", "12", "-bf", "0", "-q:v", "2", "-pix_fmt", "yuv420p", "-f", "m4v"])
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: source)))
        var units: [[UInt8]] = []
        for place in bytes.indices {
            let isStart = place + 3 < bytes.count && bytes[place..<place + 3].elementsEqual([0, 0, 1])
            if isStart || units.isEmpty { units.append([]) }
            units[units.count - 1].append(bytes[place])
        }
        var changed: [UInt8] = []
        var pictures = 0
        for unit in units {
            changed += unit
            guard unit.count > 3, unit[3] == 0xb6 else { continue }
            pictures += 1
            // Type P, no seconds passed, a time in 5 bits, `vop_coded` 0.
            if [11, 12, 31].contains(pictures) { changed += [0, 0, 1, 0xb6, 0b0101_0000, 0b0101_1111] }
        }
        try #require(pictures == 40)
        let raw = folder.file("changed.m4v")
        try Data(changed).write(to: URL(fileURLWithPath: raw))
        let file = folder.file("file.avi")
        try FFmpegProgram.run(["-f", "m4v", "-i", raw, "-c", "copy", file])
        let all = try FullDecode(of: file)
        #expect(all.bytes.count == 40 * 96 * 64 * 3 / 2)
        let differences = try all.differences()
        #expect(differences == [])
    }

    /// A key frame of a stream that refreshes itself part by part is not a place to start from.
    @Test func anIntraRefreshIsNoStart() throws {
        let file = try h264("refresh.mp4", ["-bf", "0", "-x264-params", "intra-refresh=1"])
        let reader = try VideoReader(path: file)
        #expect(!reader.index.isCounted)
        #expect(reader.index.starts.map(\.packet) == [0])
    }

    @Test func anOpenGroupIsAStart() throws {
        let file = try h264("open.mp4", ["-x264-params", "open-gop=1:scenecut=0:b-adapt=0"])
        let reader = try VideoReader(path: file)
        #expect(!reader.index.isCounted)
        #expect(reader.index.starts.count > 2)
        #expect(reader.index.starts.dropFirst().allSatisfy { !$0.isClean })
    }

    /// MPEG-TS recordings written one after the other: a packet at the joint is marked as corrupt.
    @Test func aJointIsRefusedOnlyNearIt() throws {
        let first = try h264("first.ts", [])
        let second = try h264("second.ts", ["-vf", "negate"])
        let file = folder.file("joined.ts")
        try (Data(contentsOf: URL(fileURLWithPath: first)) + Data(contentsOf: URL(fileURLWithPath: second)))
            .write(to: URL(fileURLWithPath: file))
        let all = try FFmpegProgram.frames(of: file)
        let frameBytes = 96 * 64 * 3 / 2
        let reader = try VideoReader(path: file)
        #expect(reader.damage == nil)
        try #require(reader.frameCount == all.count / frameBytes)
        let suspects = try #require(reader.index.suspectFrames.first)
        #expect(
            reader.index.suspectFrames.count == 1 && suspects.count <= 13 && suspects.contains(where: { 37...41 ~= $0 })
        )
        for number in 0..<reader.frameCount {
            if suspects.contains(number) {
                let error = #expect(throws: VideoError.self) { try reader.storedBytes(at: [number]) }
                #expect("\(try #require(error))".components(separatedBy: file).count == 2, "the path is named once")
                #expect(error?.message.contains("frame") == true)
            } else {
                let expected = all[number * frameBytes..<(number + 1) * frameBytes]
                #expect(try expected.elementsEqual(reader.storedBytes(at: [number])[0]), "frame \(number)")
            }
        }
    }
}
