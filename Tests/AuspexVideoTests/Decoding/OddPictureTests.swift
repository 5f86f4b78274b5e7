import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// Pictures that must be changed before they can be used, or that need a note.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct OddPictureTests {
    private static let size = FrameSize(height: 64, width: 96)

    @Test(arguments: ["libx264", "mpeg2video"])
    func interlacedVideoIsRefusedWithTheLineThatMendsIt(_ encoder: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "it's interlaced.mkv",
            ["-vf", "tinterlace=interleave_top", "-c:v", encoder, "-flags", "+ilme+ildct", "-q:v", "3"])
        let reader = try VideoReader(path: path)
        var found: VideoError?
        do { _ = try reader.frames(at: [3], form: PictureForm(size: Self.size)) } catch { found = error as? VideoError }
        let error = try #require(found, "interlaced frames were read")
        #expect(error.kind == .interlaced)
        // Users paste this line into a shell.
        let command = try #require(error.message.range(of: "ffmpeg -i")).lowerBound
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", String(error.message[command...]) + " </dev/null >/dev/null 2>&1"]
        shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        let mended = try VideoReader(path: folder.file("it's interlaced-progressive.mkv"))
        let expected = try FFmpegProgram.frames(of: path, ["-vf", "yadif=deint=interlaced"])
        #expect(try mended.storedBytes(at: Array(0..<mended.frameCount)).flatMap { $0 } == expected)
        _ = try mended.frames(at: [3], form: PictureForm(size: Self.size))

        let report = try openSource(path).inspect(for: ClipRequest(frames: 4, size: Self.size))
        #expect(report.usableItems == 0)
        #expect(report.items[0].problem?.contains("yadif") ?? false)
    }

    @Test func aPNGThatIsStoredInterlacedIsNotAnInterlacedFrame() throws {
        let folder = try TemporaryFolder()
        let path = try folder.video("adam7.mkv", frames: 3, ["-c:v", "png", "-flags", "+ildct"])
        _ = try VideoReader(path: path).frames(at: [1], form: PictureForm(size: Self.size))
    }

    @Test(arguments: [("smpte2084", "PQ"), ("arib-std-b67", "HLG")])
    func highDynamicRangeIsNamedOnceAFile(_ transfer: String, _ name: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "hdr.mkv", ["-c:v", "ffv1", "-pix_fmt", "yuv420p10le", "-color_trc", transfer, "-colorspace", "bt2020nc"])
        let log = WarningLog()
        var options = SourceOptions()
        options.logger = log.logger
        let source = try openSource(path, options: options)
        let request = ClipRequest(frames: 4, size: Self.size)
        for place in try source.places(for: request, atMost: nil) { _ = try source.clip(at: place, request: request) }
        #expect(log.warnings.count { $0.contains("(\(name))") && $0.contains("tonemap") } == 1, "\(log.warnings)")
        #expect(try VideoInfo(probing: path).note?.contains(name) ?? false)
        let plain = try folder.video("plain.mkv", ["-c:v", "ffv1"])
        #expect(try VideoInfo(probing: plain).note == nil)
    }

    /// H.264 may say in the stream how pictures are turned, where the container says nothing.
    @Test(arguments: ["rotate=90", "rotate=180", "rotate=270", "flip=horizontal"])
    func turnsInTheStreamAreApplied(_ turn: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "turned.ts", frames: 12,
            ["-c:v", "libx264", "-bsf:v", "h264_metadata=display_orientation=insert:\(turn)"])
        let upright = turn == "rotate=180" || turn == "flip=horizontal"
        let size = upright ? Self.size : FrameSize(height: 96, width: 64)
        let shown = try FFmpegProgram.run([
            "-i", path, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-sws_flags", "accurate_rnd", "-",
        ])
        let read = try VideoReader(path: path).frames(at: [0], form: PictureForm(size: size, colour: .grey))
            .scalars(as: UInt8.self)
        try #require(shown.count == read.count)
        let difference = zip(shown, read).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        // Limited and full range round differently; another turn would be some 80 levels away.
        #expect(Double(difference) / Double(read.count) < 2, "\(Double(difference) / Double(read.count)) levels")
    }

    @Test(arguments: [("libvpx-vp9", "yuva420p", true), ("libvpx-vp9", "yuv420p", false), ("libvpx", "yuva420p", true)])
    func webMTellsOfItsAlpha(_ encoder: String, _ format: String, _ hasAlpha: Bool) throws {
        let folder = try TemporaryFolder()
        let path = try folder.video(
            "alpha.webm", frames: 5,
            ["-c:v", encoder, "-pix_fmt", format, "-auto-alt-ref", "0", "-deadline", "realtime"])
        #expect(try VideoInfo(probing: path).hasAlpha == hasAlpha)
    }
}
