import Foundation
import Synchronization

/// What a program wrote, and how it ended.
package struct FinishedProcess {
    package let output: Data
    package let errors: Data
    /// Its exit status, or 128 and the signal's number as a shell shows it.
    package let status: Int32

    /// Starts a configured process and waits for its end.
    ///
    /// Both streams are read at the same time: a program that fills one pipe while the other is read would wait forever.
    package init(running process: Process) throws {
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let complaints = Mutex(Data())
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            let bytes = errors.fileHandleForReading.readDataToEndOfFile()
            complaints.withLock { $0 = bytes }
        }
        self.output = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        self.errors = complaints.withLock { $0 }
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}
