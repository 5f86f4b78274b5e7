import AuspexEvaluation
import AuspexSupport
import AuspexTensors
import Foundation
import Synchronization

/// Prints results to standard output and everything else to standard error.
enum Console {
    private static let firstFailure = Mutex<FileError?>(nil)

    /// Why a result could not be printed: the program's status is then 1.
    static var failure: FileError? { firstFailure.withLock { $0 } }

    /// Prints a message to standard error. A failure to print it is ignored.
    static func say(_ text: String) { try? StandardStream.error.write(text + "\n") }

    /// The one line of a failure.
    static func complain(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        say("auspex: " + ShortenedEcho.shortened(line.joined(separator: " ")))
    }

    /// A result.
    static func print(_ text: String) { print(bytes: Data((text + "\n").utf8)) }

    /// After the first failure nothing more is printed: a result with a hole in it would be worse than one cut short.
    private static func print(bytes: Data) {
        firstFailure.withLock { failure in
            guard failure == nil else { return }
            do { try StandardStream.output.write(bytes) } catch { failure = error as? FileError }
        }
    }

    /// A result as one JSON object on one line, keys in alphabetical order.
    static func print(json value: some Encodable) throws {
        print(String(decoding: try ReportFile.data(value, onOneLine: true), as: UTF8.self))
    }
    /// The same for a result that lists its clips, which may be many.
    static func print(json report: some ClipListingReport) throws {
        try report.writeOnOneLine { print(bytes: $0) }
        print("")
    }
}
