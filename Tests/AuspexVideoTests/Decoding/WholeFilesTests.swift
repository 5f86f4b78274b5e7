import AuspexSupport
import AuspexVideo
import Foundation
import Testing

/// Files that end too early, or are damaged without FFmpeg saying so.
@Suite(.enabled(if: FFmpegProgram.isExpected)) struct WholeFilesTests {
    private func cut(_ file: String, to bytes: Int) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        try data.prefix(bytes < 0 ? data.count + bytes : bytes).write(to: URL(fileURLWithPath: file))
    }

    @Test(arguments: ["y4m", "gif", "avi"], [1, 700]) func aCutIsNoticed(_ kind: String, _ missing: Int) throws {
        let folder = try TemporaryFolder()
        // A byte at an AVI file's end may only fill it up to an even length.
        let missing = kind == "avi" ? missing + 1 : missing
        let options = kind == "gif" ? [] : ["-pix_fmt", "yuv420p"]
        let file = try folder.video("whole.\(kind)", frames: 6, options)
        #expect(try VideoReader(path: file).damage == nil)
        #expect(try VideoReader(path: file).frameCount == 6)
        try cut(file, to: -missing)
        let damage = try #require(try VideoReader(path: file).damage)
        #expect(damage.contains("the file is truncated"))
    }

    @Test(.enabled(if: FFmpegProgram.expects(encoder: "libwebp_anim"))) func anAnimationThatIsNotDecodedIsRefused()
        throws
    {
        let folder = try TemporaryFolder()
        let file = try folder.video("moving.webp", frames: 6, ["-c:v", "libwebp_anim"])
        // An FFmpeg that decodes animations gives their frames; others must not call them one frame of no size.
        if let reader = try? VideoReader(path: file) {
            #expect(reader.frameCount == 6 && reader.storedSize == FrameSize(height: 64, width: 96))
        } else {
            let error = #expect(throws: VideoError.self) { try VideoInfo(probing: file) }
            #expect(error?.message.contains("no frame") == true)
        }
    }

    /// FFV1 keeps a checksum of each slice; a decoder that conceals errors would show parts of another frame.
    @Test func aDamagedLosslessFrameIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = try folder.video(
            "file.mkv", frames: 9,
            ["-pix_fmt", "yuv420p", "-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-slices", "4"])
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        bytes[bytes.count / 2] ^= 0x10
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let reader = try VideoReader(path: file)
        let refused = (0..<9).filter { (try? reader.storedBytes(at: [$0])) == nil }
        #expect(refused.count == 1 && (3...5).contains(refused[0]))
    }
}
