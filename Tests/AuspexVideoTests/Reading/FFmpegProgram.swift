import Foundation
import Testing

/// The ffmpeg program, against which decoding is compared and which makes the files to decode.
enum FFmpegProgram {
    static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        .map { "\($0)/ffmpeg" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// A laptop may lack the program and skips; a machine of the continuous integration must have it.
    static var isExpected: Bool { path != nil || ProcessInfo.processInfo.environment["CI"] != nil }

    private static let encoders: String = (try? String(decoding: run(["-encoders"]), as: UTF8.self)) ?? ""

    static func has(encoder: String) -> Bool { encoders.contains(" \(encoder) ") }

    /// Runs the program and returns what it wrote to standard output.
    @discardableResult static func run(_ arguments: [String]) throws -> [UInt8] {
        let path = try #require(path, "the ffmpeg program is missing")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["-v", "error", "-nostdin", "-y"] + arguments
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            Issue.record("ffmpeg \(arguments.joined(separator: " ")): \(complaint)")
        }
        return [UInt8](bytes)
    }

    /// Every frame of a file as stored, one behind the other.
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
