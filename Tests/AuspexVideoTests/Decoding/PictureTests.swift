import AuspexSupport
import AuspexTensors
import AuspexVideo
import Testing

/// Colours, sizes and orientation of pictures against the ffmpeg program's.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct PictureTests {
    static let exact = "flags=area+accurate_rnd+bitexact+full_chroma_int+full_chroma_inp"

    struct Colours: Sendable, CustomTestStringConvertible {
        var matrix: String
        var range: String
        var format: String
        var testDescription: String { "\(matrix) \(range) \(format)" }
    }

    static let colours = ["bt709", "smpte170m", "bt2020nc"].flatMap { matrix in
        ["tv", "pc"].flatMap { range in
            ["yuv420p", "yuv444p10le"].map { Colours(matrix: matrix, range: range, format: $0) }
        }
    }

    @Test(arguments: colours) func coloursFollowTheFilesMatrixAndRange(_ colours: Colours) throws {
        let folder = try TemporaryFolder()
        let file = try folder.video(
            "tagged.mkv", frames: 2,
            [
                "-vf", "scale=out_color_matrix=\(colours.matrix):out_range=\(colours.range),format=\(colours.format)",
                "-colorspace",
                colours.matrix, "-color_range", colours.range, "-c:v", "ffv1",
            ])
        let expected = try FFmpegProgram.run([
            "-i", file, "-vf", "scale=48:32:in_color_matrix=\(colours.matrix):in_range=\(colours.range):\(Self.exact)",
            "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ])
        let got = try VideoReader(path: file).frames(
            at: [0, 1], form: PictureForm(size: FrameSize(height: 32, width: 48)))
        #expect(got.shape == [2, 32, 48, 3])
        #expect(meanDifference(expected, got) == 0)
        // The same picture in any storage format: only rounding and chroma differ.
        let original = try FFmpegProgram.run([
            "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25", "-frames:v", "2", "-vf", "scale=48:32:\(Self.exact)",
            "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ])
        let error = meanDifference(original, got)
        #expect(error < 6)
    }

    @Test func untaggedHighDefinitionIsTakenForBT709AndSmallForBT601() throws {
        let folder = try TemporaryFolder()
        for (size, matrix) in [("1280x720", "bt709"), ("320x240", "bt601")] {
            let file = try folder.video("\(size).mkv", frames: 1, size: size, ["-c:v", "ffv1", "-pix_fmt", "yuv420p"])
            let expected = try FFmpegProgram.run([
                "-i", file, "-vf", "scale=40:30:in_color_matrix=\(matrix):\(Self.exact)", "-pix_fmt", "rgb24", "-f",
                "rawvideo", "-",
            ])
            let reader = try VideoReader(path: file)
            guard size == "320x240" else {
                // 1280×720 covers 40×30 as 53×30, cut in the middle.
                let wide = try FFmpegProgram.run([
                    "-i", file, "-vf", "scale=53:30:in_color_matrix=\(matrix):\(Self.exact),crop=40:30:6:0:exact=1",
                    "-sws_flags", "bitexact", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
                ])
                let got = try reader.frames(at: [0], form: PictureForm(size: FrameSize(height: 30, width: 40)))
                #expect(wide.count == got.count)
                let error = meanDifference(wide, got)
                #expect(error < 3)
                continue
            }
            let got = try reader.frames(at: [0], form: PictureForm(size: FrameSize(height: 30, width: 40)))
            #expect(meanDifference(expected, got) == 0)
        }
    }

    @Test func greyIsLumaStretchedToAllValues() throws {
        let folder = try TemporaryFolder()
        // Limited-range black and white.
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "color=black:size=32x16,format=yuv420p,drawbox=x=16:w=16:h=16:t=fill:color=white",
            "-frames:v", "1",
            "-c:v", "ffv1", folder.file("grey.mkv"),
        ])
        let picture = try VideoReader(path: folder.file("grey.mkv")).frames(
            at: [0], form: PictureForm(size: FrameSize(height: 16, width: 32), colour: .grey))
        #expect(picture.shape == [1, 16, 32, 1])
        let row = picture.scalars(as: UInt8.self).prefix(32)
        #expect(row.first == 0)
        #expect(row.last == 255)
    }

    @Test(arguments: [90, 180, 270]) func filesThatAskToBeTurnedAreTurned(_ degrees: Int) throws {
        let folder = try TemporaryFolder()
        let plain = try folder.video("plain.mp4", frames: 3, size: "96x64", ["-c:v", "mpeg4", "-q:v", "2"])
        let turned = folder.file("turned.mp4")
        try FFmpegProgram.run(
            FFmpegProgram.hasDisplayRotation
                ? ["-display_rotation", "\(-degrees)", "-i", plain, "-c", "copy", turned]
                : ["-i", plain, "-c", "copy", "-metadata:s:v:0", "rotate=\(degrees)", turned])
        let info = try VideoInfo(probing: turned)
        let isOnItsSide = degrees != 180
        #expect(info.shownSize == (isOnItsSide ? FrameSize(height: 96, width: 64) : FrameSize(height: 64, width: 96)))
        // Which way the tag means differs between versions of the program; how it reads its own file does not.
        let turns = [90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"]
        let turn = try #require(turns[info.rotationDegrees])
        let raw = ["-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
        let colours = "scale=in_color_matrix=bt601:\(Self.exact),format=rgb24"
        let expected = try FFmpegProgram.run(["-i", plain, "-vf", "\(colours),\(turn)"] + raw)
        let got = try VideoReader(path: turned).frames(at: [0, 1, 2], form: PictureForm(size: nil))
        #expect(got.shape == [3, info.shownSize.height, info.shownSize.width, 3])
        #expect(meanDifference(expected, got) == 0)
        // The program itself turns before it computes colours, so chroma is interpolated otherwise; the direction must agree.
        #expect(meanDifference(try FFmpegProgram.run(["-i", turned, "-vf", colours] + raw), got) < 12)
    }

    @Test func pixelsThatAreNotSquareAreStretched() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video("wide.mkv", frames: 1, size: "48x64", ["-vf", "setsar=2/1", "-c:v", "ffv1"])
        let info = try VideoInfo(probing: file)
        #expect(info.shownSize == FrameSize(height: 64, width: 96))
        #expect(info.pixelAspect == 2)
        let whole = try VideoReader(path: file).frames(
            at: [0], form: PictureForm(size: FrameSize(height: 32, width: 48)))
        let plain = try FFmpegProgram.run([
            "-i", file, "-vf", "scale=48:32:\(Self.exact)", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        ])
        #expect(meanDifference(plain, whole) == 0)
    }

    @Test func cropsAreTakenFromTheCoveringPicture() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video("crop.mkv", frames: 1, size: "96x64", ["-c:v", "ffv1"])
        let reader = try VideoReader(path: file)
        let whole = try reader.frames(at: [0], form: PictureForm(size: FrameSize(height: 32, width: 48))).scalars(
            as: UInt8.self)
        for (share, left) in [(Float(0), 0), (0.5, 8), (0.999, 16)] {
            let crop = CropPlace(vertical: 0.5, horizontal: share)
            let part = try reader.frames(at: [0], form: PictureForm(size: FrameSize(32), crop: crop))
            var expected: [UInt8] = []
            for y in 0..<32 {
                let first = (y * 48 + left) * 3
                expected += whole[first..<first + 96]
            }
            #expect(meanDifference(expected, part) == 0, "share \(share)")
        }
    }

    @Test func probingTellsWhatIsThere() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("probe.mkv")
        try FFmpegProgram.run([
            "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10", "-f", "lavfi", "-i", "sine", "-t", "2", "-c:v", "ffv1",
            "-pix_fmt",
            "yuv420p10le", "-c:a", "pcm_s16le", file,
        ])
        let info = try VideoInfo(probing: file)
        #expect(info.codec == "ffv1")
        #expect(info.streams.map(\.kind) == ["video", "audio"])
        #expect(info.storedSize == FrameSize(height: 64, width: 96))
        #expect(info.frameCount == 20)
        #expect(abs((info.framesPerSecond ?? 0) - 10) < 0.01)
        #expect(abs(info.durationSeconds - 2) < 0.01)
        #expect(info.bitDepth == 10)
        #expect(!info.hasAlpha && !info.hasVariableFrameRate && info.damage == nil)
        let uneven = try folder.video(
            "uneven.mkv", ["-vf", "select='lt(mod(n,10),4)'", "-fps_mode", "vfr", "-c:v", "ffv1"])
        #expect(try VideoInfo(probing: uneven).hasVariableFrameRate)
    }
}

/// Mean absolute difference of two pictures, in steps of 1/255; infinite where their sizes differ.
private func meanDifference(_ expected: [UInt8], _ picture: Tensor) -> Double {
    let got = picture.scalars(as: UInt8.self)
    guard got.count == expected.count else { return .infinity }
    var sum = 0
    for (a, b) in zip(expected, got) { sum += abs(Int(a) - Int(b)) }
    return Double(sum) / Double(got.count)
}
