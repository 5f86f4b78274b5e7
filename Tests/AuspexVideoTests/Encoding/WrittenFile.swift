import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

/// What the ffmpeg program, as an independent witness, finds in a file that we wrote.
enum WrittenFile {
    /// All frames of a file, `[T, H, W, C]`.
    static func decoded(_ path: String, height: Int, width: Int, channels: Int) throws -> Tensor {
        let bytes = try FFmpegProgram.run(
            [
                "-i", path, "-fps_mode", "passthrough", "-sws_flags", "accurate_rnd+full_chroma_int", "-f", "rawvideo",
                "-pix_fmt", channels == 1 ? "gray" : "rgb24", "-",
            ])
        let frame = height * width * channels
        try #require(bytes.count % frame == 0, "\(bytes.count) bytes for frames of \(frame)")
        return Tensor(bytes, shape: [bytes.count / frame, height, width, channels])
    }

    /// A property of the video stream or its frames, as ffprobe, which comes with ffmpeg, prints it.
    static func property(_ entries: String, of path: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: (try #require(FFmpegProgram.path) as NSString).deletingLastPathComponent + "/ffprobe")
        process.arguments = ["-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0", path]
        let text = try FinishedProcess(running: process).output
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}
