import Foundation
import Testing

/// Texts of the library speak of settings and configuration keys: only the command line knows what its options are called.
@Suite("Texts of the library are neutral") struct NeutralTextTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    @Test func noTextOfTheLibraryNamesAnOptionOrACommand() throws {
        let files = FileManager.default.enumerator(atPath: Self.sources.path)?.compactMap { $0 as? String } ?? []
        let library = files.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("AuspexCommand/") }
            // Runs pip, with options that are pip's.
            .filter { !$0.hasSuffix("Weights/PackageDownload.swift") }
        try #require(library.count > 300)
        var found: [String] = []
        for file in library {
            let text = try String(contentsOf: Self.sources.appending(path: file), encoding: .utf8)
            found += Self.namesOfOptions(in: text).map { "\(file): \($0)" }
        }
        #expect(found == [])
    }

    @Test func anOptionIsFound() {
        #expect(Self.namesOfOptions(in: #"    throw Trouble("give it with --range 0,1")"#).count == 1)
        #expect(Self.namesOfOptions(in: #"    throw Trouble("see 'auspex score'")"#).count == 1)
        #expect(Self.namesOfOptions(in: "    /// As `--range` of `auspex score`.\n    count -= 1").isEmpty)
    }

    @Test func numbersBecomeTextInOnePlace() throws {
        let files = FileManager.default.enumerator(atPath: Self.sources.path)?.compactMap { $0 as? String } ?? []
        let makers = try files.filter { $0.hasSuffix(".swift") }.filter { file in
            try String(contentsOf: Self.sources.appending(path: file), encoding: .utf8)
                .contains(/\.formatted\(|String\(format:|FormatStyle/)
        }
        #expect(Set(makers) == ["AuspexSupport/Text/NumberText.swift", "AuspexSupport/Text/HumanUnits.swift"])
    }

    /// Lines of code with text in which an option or a command of the program is named.
    private static func namesOfOptions(in text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { line in
            !line.hasPrefix("//") && !line.contains("pip download")
                && (line.contains(/"([^"]*[^"\w-])?--[a-z][^"]*"/) || line.contains("'auspex "))
        }
    }
}
