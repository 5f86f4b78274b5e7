import Foundation
import TestSupport

/// What the built program did with some arguments.
struct ProgramRun {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    /// Runs the program that was built beside the tests.
    ///
    /// - Parameter environment: changes to the tests' own environment.
    init(_ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws {
        try self.init(Self.program, arguments, in: folder, environment: environment)
    }

    /// Runs a line of the shell in which `$auspex` is the program that was built beside the tests.
    ///
    /// Its limits (`ulimit`) and redirections are those of the program.
    init(shell line: String, in folder: URL? = nil) throws {
        try self.init(
            URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: folder, environment: ["auspex": Self.program.path])
    }

    private init(
        _ program: URL, _ arguments: [String], in folder: URL?, environment: [String: String]
    ) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // What the program prints must not depend on the terminal it is tested in.
        process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80"]) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let finished = try FinishedProcess(running: process)
        output = String(decoding: finished.output, as: UTF8.self)
        errors = String(decoding: finished.errors, as: UTF8.self)
        status = finished.status
    }

    /// The products that were built together with the tests.
    static var program: URL {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("auspex")
    }
}

/// A fresh folder that goes away again.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("auspex test \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
