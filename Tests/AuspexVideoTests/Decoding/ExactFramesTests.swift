import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// Chosen frames against a full decode by the ffmpeg program, bit for bit.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct ExactFramesTests {
    struct Recipe: Sendable, CustomTestStringConvertible {
        var name: String
        var encoder: String
        var options: [String]
        var size = "98x66"
        var testDescription: String { name }
    }

    static let recipes: [Recipe] = [
        .init(
            name: "bframes.mp4", encoder: "libx264",
            options: ["-g", "12", "-bf", "3", "-x264-params", "b-pyramid=normal:scenecut=0"]),
        .init(name: "longgop.mp4", encoder: "libx264", options: ["-g", "300", "-bf", "2"]),
        .init(
            name: "opengop.mp4", encoder: "libx264",
            options: ["-g", "8", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0"]),
        .init(
            name: "opengop.mkv", encoder: "libx264",
            options: ["-g", "8", "-bf", "3", "-x264-params", "open-gop=1:scenecut=0"]),
        .init(
            name: "refresh.mp4", encoder: "libx264",
            options: ["-g", "12", "-bf", "0", "-x264-params", "intra-refresh=1"]),
        .init(name: "allintra.mp4", encoder: "libx264", options: ["-g", "1"]),
        .init(
            name: "variable.mp4", encoder: "libx264",
            options: [
                "-g", "9", "-bf", "2", "-vf", "select='not(eq(mod(n,5),2))*not(eq(mod(n,7),3))'", "-fps_mode", "vfr",
            ]),
        .init(
            name: "variable.mkv", encoder: "libx264",
            options: ["-g", "9", "-bf", "2", "-vf", "select='not(eq(mod(n,5),2))'", "-fps_mode", "vfr"]),
        .init(name: "stream.ts", encoder: "libx264", options: ["-g", "10", "-bf", "2"]),
        .init(name: "raw.h264", encoder: "libx264", options: ["-g", "10", "-bf", "2"]),
        .init(name: "h264.avi", encoder: "libx264", options: ["-g", "10", "-bf", "2"]),
        .init(name: "tenbit.mkv", encoder: "libx264", options: ["-g", "10", "-pix_fmt", "yuv420p10le"]),
        .init(
            name: "interlaced.mp4", encoder: "libx264",
            options: ["-g", "10", "-vf", "tinterlace=interleave_top", "-flags", "+ilme+ildct"], size: "98x68"),
        .init(
            name: "hevc.mp4", encoder: "libx265",
            options: ["-x265-params", "keyint=10:bframes=3:open-gop=1:log-level=none"]),
        .init(name: "mpeg4.avi", encoder: "mpeg4", options: ["-g", "10", "-bf", "2", "-q:v", "3"]),
        .init(name: "mpeg4.mp4", encoder: "mpeg4", options: ["-g", "10", "-bf", "2", "-q:v", "3"]),
        .init(name: "raw.m4v", encoder: "mpeg4", options: ["-g", "10", "-bf", "2", "-q:v", "3"]),
        .init(name: "msmpeg4.avi", encoder: "msmpeg4", options: ["-g", "10", "-q:v", "3"]),
        .init(name: "mpeg2.mpg", encoder: "mpeg2video", options: ["-g", "10", "-bf", "2", "-q:v", "3"]),
        .init(
            name: "vp8.webm", encoder: "libvpx",
            options: [
                "-g", "10", "-auto-alt-ref", "1", "-lag-in-frames", "10", "-b:v", "300k", "-deadline", "realtime",
            ]),
        .init(
            name: "vp9.webm", encoder: "libvpx-vp9",
            options: [
                "-g", "10", "-auto-alt-ref", "1", "-lag-in-frames", "10", "-b:v", "300k", "-deadline", "realtime",
            ]),
        .init(name: "lossless.mkv", encoder: "ffv1", options: ["-pix_fmt", "yuva420p"]),
        .init(name: "grey.mkv", encoder: "ffv1", options: ["-pix_fmt", "gray"]),
        .init(name: "odd.mkv", encoder: "ffv1", options: ["-pix_fmt", "yuv444p"], size: "97x65"),
        .init(name: "odd420.mkv", encoder: "ffv1", options: ["-pix_fmt", "yuv420p"], size: "97x65"),
        .init(name: "transparent.mov", encoder: "qtrle", options: ["-pix_fmt", "argb"]),
        .init(name: "moving.gif", encoder: "gif", options: []),
        .init(name: "motion.avi", encoder: "mjpeg", options: ["-q:v", "3", "-pix_fmt", "yuvj420p"]),
    ]

    private static let missingEncoders = Set(recipes.map(\.encoder)).filter { !FFmpegProgram.has(encoder: $0) }.sorted()

    /// Skipped by name where an encoder is missing, and fails in CI: the recipes below that need it are left out.
    @Test(
        .enabled(
            if: missingEncoders.allSatisfy(FFmpegProgram.expects(encoder:)),
            "the ffmpeg program lacks encoders: \(missingEncoders.joined(separator: ", "))"))
    func everyRecipeHasItsEncoder() { #expect(Self.missingEncoders == []) }

    @Test(arguments: recipes.filter { FFmpegProgram.expects(encoder: $0.encoder) })
    func framesAreThoseOfAFullDecode(_ recipe: Recipe) throws {
        let folder = try TemporaryFolder()
        let file = try folder.video(recipe.name, size: recipe.size, ["-c:v", recipe.encoder] + recipe.options)
        let expected = try FFmpegProgram.frames(of: file)
        let reader = try VideoReader(path: file, threads: 2)
        let frameBytes = try reader.storedBytes(at: [0])[0].count
        try #require(
            expected.count == frameBytes * reader.frameCount,
            "\(expected.count / frameBytes) frames, the index says \(reader.frameCount)")
        func check(_ numbers: [Int], continuing: Bool) throws {
            let got = try reader.storedBytes(at: numbers, continuing: continuing)
            #expect(got.count == numbers.count)
            for (number, bytes) in zip(numbers, got) {
                let same = expected[number * frameBytes..<(number + 1) * frameBytes].elementsEqual(bytes)
                #expect(same, "frame \(number) of \(numbers), continuing \(continuing)")
            }
        }
        let stream = RandomStream(seed: 3, name: "starts")
        let count = reader.frameCount
        for draw in 0..<24 {
            let first = stream.integer(below: count, at: 3 * draw)
            let step = 1 + stream.integer(below: 3, at: 3 * draw + 1)
            let numbers = Array(Swift.stride(from: first, to: min(count, first + 6 * step), by: step))
            try check(numbers, continuing: stream.integer(below: 2, at: 3 * draw + 2) == 1)
        }
        for first in Swift.stride(from: 0, to: count, by: 5) {
            try check(Array(first..<min(count, first + 5)), continuing: true)
        }
        try check([count - 1], continuing: false)
    }

    private static let oldFiles = ["vtest.avi", "Megamind.avi", "tree.avi"].map {
        "/usr/share/doc/opencv-doc/examples/data/\($0)"
    }

    /// Files as cameras of the past left them: no timestamps at all (MS-MPEG-4), reordered frames without them, skipped frames.
    ///
    /// The recipes above make files of the same kinds; these are real ones, too large to require on every machine.
    @Test(
        .enabled(
            if: oldFiles.allSatisfy(FileManager.default.fileExists(atPath:)),
            "needs the videos of Debian's package opencv-doc"),
        arguments: oldFiles)
    func oldFilesWithoutTimestampsAreReadExactly(_ file: String) throws {
        let reader = try VideoReader(path: file)
        let frameBytes = try reader.storedBytes(at: [0])[0].count
        for first in [reader.frameCount - 3, 3, 41, reader.frameCount / 2] {
            let end = min(reader.frameCount, first + 3)
            let expected = try FFmpegProgram.run([
                "-i", file, "-vf", "select='between(n,\(first),\(end - 1))'", "-fps_mode", "passthrough", "-f",
                "rawvideo", "-",
            ])
            try #require(expected.count == (end - first) * frameBytes)
            #expect(try reader.storedBytes(at: Array(first..<end)).flatMap { $0 } == expected, "frames from \(first)")
        }
    }
}
