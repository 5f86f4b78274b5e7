import AuspexTensors
import Foundation

/// The ffmpeg program as an independent witness of what our files hold.
enum FFmpegProgram {
    static let isThere = path(of: "ffmpeg") != nil && path(of: "ffprobe") != nil

    private static func path(of program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").map { $0 + "/" + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    struct Failure: Error { let message: String }

    /// Runs a program and returns what it printed.
    static func run(_ program: String, _ arguments: [String]) throws -> Data {
        guard let executable = path(of: program) else { throw Failure(message: "no \(program)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(message: String(decoding: complaint, as: UTF8.self))
        }
        return data
    }

    /// All frames of a file, `[T, H, W, C]`.
    static func decoded(_ path: String, height: Int, width: Int, channels: Int) throws -> Tensor {
        let bytes = try run(
            "ffmpeg",
            [
                "-v", "error", "-i", path, "-fps_mode", "passthrough", "-sws_flags", "accurate_rnd+full_chroma_int",
                "-f", "rawvideo", "-pix_fmt", channels == 1 ? "gray" : "rgb24", "-",
            ])
        let frame = height * width * channels
        guard bytes.count % frame == 0 else { throw Failure(message: "\(bytes.count) bytes for frames of \(frame)") }
        return Tensor(Array(bytes), shape: [bytes.count / frame, height, width, channels])
    }

    /// A property of the video stream or its frames, as ffprobe prints it.
    static func property(_ entries: String, of path: String) throws -> [String] {
        let text = try run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0",
                path,
            ])
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}

/// A clip of noise: every byte is its own, so that nothing lost goes unseen.
func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    let stream = RandomStream(seed: seed, name: "noise")
    let bytes = stream.uniform(shape).scalars.map { UInt8($0 * 256) }
    return Tensor(bytes, shape: shape)
}

/// Peak signal to noise ratio of two clips of bytes, in decibels.
func peakSignalToNoise(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return -.infinity }
    let squares = zip(a.scalars(as: UInt8.self), b.scalars(as: UInt8.self)).reduce(0) { sum, pair in
        let difference = Int(pair.0) - Int(pair.1)
        return sum + difference * difference
    }
    return squares == 0 ? .infinity : 10 * log10(255 * 255 * Double(a.count) / Double(squares))
}

func same(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && a.scalars(as: UInt8.self) == b.scalars(as: UInt8.self)
}
