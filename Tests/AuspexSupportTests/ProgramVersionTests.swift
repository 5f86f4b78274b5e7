import AuspexSupport
import Foundation
import Testing

@Suite("The program's version") struct ProgramVersionTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func lines(of name: String) throws -> [Substring] {
        try String(contentsOf: root.appending(path: name), encoding: .utf8).split(separator: "\n")
    }

    @Test("is what a citation names") func citation() throws {
        let versions = try Self.lines(of: "CITATION.cff").filter { $0.hasPrefix("version:") }
        #expect(versions == ["version: \(ProgramVersion.current)"])
    }

    @Test("is the newest in the list of changes, released or not") func changes() throws {
        let newest = try #require(try Self.lines(of: "CHANGELOG.md").first { $0.hasPrefix("## ") })
        let words = newest.split(separator: " ", maxSplits: 2)
        #expect(words.count > 1 && words[1] == ProgramVersion.current, "\(newest)")
    }
}
