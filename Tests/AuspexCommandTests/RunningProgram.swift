import Foundation

/// The built program while it works, for tests that stop it.
final class RunningProgram {
    private let process: Process

    convenience init(_ arguments: [String], in folder: URL) throws {
        try self.init(ProgramRun.program, arguments, in: folder)
    }

    /// Runs a line of the shell; `exec` in it makes the program the process that gets the signals.
    convenience init(shell line: String, in folder: URL) throws {
        try self.init(URL(fileURLWithPath: "/bin/sh"), ["-c", line], in: folder)
    }

    private init(_ program: URL, _ arguments: [String], in folder: URL) throws {
        process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Sends a signal; a process that has ended gets none.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until the program has ended, or a condition holds.
    ///
    /// - Returns: whether the program still runs.
    func runs(until condition: () -> Bool) -> Bool {
        while process.isRunning, !condition() { usleep(2000) }
        return process.isRunning
    }

    /// How it ended: its status, or 128 and the signal's number, as a shell shows it.
    ///
    /// A program that does not end within minutes is killed: it would run on after the tests.
    func status() -> Int32 {
        let limit = Date(timeIntervalSinceNow: 180)
        while process.isRunning, Date() < limit { usleep(2000) }
        if process.isRunning { send(SIGKILL) }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}
