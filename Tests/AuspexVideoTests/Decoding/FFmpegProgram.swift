import AuspexSupport
import Foundation
import TestSupport
import Testing

/// The ffmpeg program, against which decoding is compared and which makes the files to decode.
enum FFmpegProgram {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        .map { "\($0)/ffmpeg" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// A laptop may lack the program and skips; a machine of the continuous integration must have it.
    static var isExpected: Bool { path != nil || ProcessInfo.processInfo.environment["CI"] != nil }

    private static let encoders: String = (try? String(decoding: run(["-encoders"]), as: UTF8.self)) ?? ""

    /// FFmpeg 6 sets a turn by an option, before that a tag did.
    static let hasDisplayRotation =
        (try? String(decoding: run(["-h", "full"]), as: UTF8.self))?.contains("-display_rotation") ?? false

    static func has(encoder: String) -> Bool { encoders.contains(" \(encoder) ") }

    /// Whether a test that needs an encoder should run: like the program, it may be missing on a laptop and must be there in CI.
    static func expects(encoder: String) -> Bool {
        has(encoder: encoder) || ProcessInfo.processInfo.environment["CI"] != nil
    }

    /// Runs the program and returns what it wrote to standard output.
    @discardableResult static func run(_ arguments: [String]) throws -> [UInt8] {
        let path = try #require(path, "the ffmpeg program is missing")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-v", "error", "-nostdin", "-y"] + repeatable(arguments)
        let finished = try FinishedProcess(running: process)
        if finished.status != 0 {
            let complaint = String(decoding: finished.errors, as: UTF8.self)
            Issue.record("ffmpeg \(arguments.joined(separator: " ")): \(complaint)")
        }
        return [UInt8](finished.output)
    }

    /// Has x264 use its AVX2 code: its AVX-512 code reads uninitialised memory, so the same frames give different files from run to run.
    private static func repeatable(_ arguments: [String]) -> [String] {
        guard arguments.contains("libx264"), hasAVX512 else { return arguments }
        var arguments = arguments
        if let options = arguments.firstIndex(of: "-x264-params") {
            arguments[options + 1] += ":asm=avx2"
        } else {
            arguments.insert(contentsOf: ["-x264-params", "asm=avx2"], at: arguments.count - 1)
        }
        return arguments
    }

    private static let hasAVX512 =
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
        .contains("avx512") ?? false

    /// Every frame of a file as stored, one after the other.
    static func frames(of file: String, _ options: [String] = []) throws -> [UInt8] {
        try run(
            ["-noautorotate", "-i", file, "-map", "0:v:0", "-fps_mode", "passthrough"] + options + [
                "-f", "rawvideo", "-",
            ])
    }
}

/// A folder that is gone when the test ends.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("auspex-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Makes a video of the moving test picture with the ffmpeg program.
    func video(_ name: String, frames: Int = 40, size: String = "96x64", rate: Int = 25, _ options: [String]) throws
        -> String
    {
        let file = file(name)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FFmpegProgram.run(
            ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=\(rate)", "-frames:v", "\(frames)"] + options + [file])
        return file
    }
}
