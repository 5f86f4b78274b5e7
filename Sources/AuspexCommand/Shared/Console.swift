import AuspexExperiments
import AuspexTensors
import Foundation

/// Where words go: results to standard output, everything else to standard error.
enum Console {
    static let errorIsTerminal = isatty(STDERR_FILENO) == 1

    /// A message for whoever watches.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// The one line of a failure.
    static func complain(_ text: String) {
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        say("auspex: " + ShortenedEcho.shortened(line.joined(separator: " ")))
    }

    /// A result.
    static func print(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A result as one JSON object on one line, keys in alphabetical order.
    static func print(json value: some Encodable) throws {
        print(String(decoding: try ReportFile.data(value, onOneLine: true), as: UTF8.self))
    }
    /// The same of a result that lists its clips, which may be many.
    static func print(json report: some ClipListingReport) throws {
        try report.writeOnOneLine { FileHandle.standardOutput.write($0) }
        print("")
    }
}
