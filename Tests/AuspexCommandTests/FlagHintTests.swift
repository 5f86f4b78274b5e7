import AuspexCommand
import Foundation
import Testing

/// What the library's remedies are called on the command line.
@Suite struct FlagHintTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test("Every option and command that a hint names is in the program's help")
    func hintsNameWhatThereIs() throws {
        let root = Self.tests.deletingLastPathComponent().deletingLastPathComponent()
        let hints = try String(
            contentsOf: root.appending(path: "Sources/AuspexCommand/Shared/FlagHints.swift"), encoding: .utf8)
        let folder = Self.tests.appending(path: "Snapshots")
        let help = try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }.joined(separator: "\n")
        let options = Set(hints.matches(of: /--[a-z][a-z-]+/).map { String($0.0) })
        #expect(options.count > 15)
        for option in options.sorted() { #expect(help.contains("  \(option)"), "\(option)") }
        for match in hints.matches(of: /'auspex ([a-z ]*[a-z])/) {
            #expect(AuspexProgram.verbs.contains(String(match.1)), "\(match.1)")
        }
    }
}
