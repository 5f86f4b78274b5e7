import AuspexSupport
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite struct EventFileTests {
    /// The same bytes as TensorBoard's own messages and record writer.
    @Test func asTensorBoardWritesIt() throws {
        let folder = try TemporaryFolder()
        var time = 1_700_000_000.25 - 1
        let file = try EventFile(path: folder.file("events"), resumingFrom: 300) {
            time += 1
            return time
        }
        try file.add(step: 0, scalars: [("loss/generator", 0)])
        try file.add(step: 1_234_567_890_123, scalars: [("loss/generator", -1.5), ("speed", 0.1)])
        try file.add(step: 5, scalars: [])
        try file.add(
            step: 300, tag: "samples", picture: .init(png: Array(0..<200), height: 16, width: 48, channels: 3))
        let url = try #require(Bundle.module.url(forResource: "Golden/golden", withExtension: "tfevents"))
        let ours = try Data(contentsOf: URL(fileURLWithPath: file.path))
        let theirs = try Data(contentsOf: url)
        #expect(ours.count == theirs.count)
        #expect(
            ours == theirs,
            "first difference at byte \(zip(ours, theirs).enumerated().first { $1.0 != $1.1 }?.offset ?? -1)")
    }

    /// Later steps go, with files that hold nothing else and the record that a kill cut short; what stays has the same bytes.
    @Test func cuttingRemovesLaterSteps() throws {
        let folder = try TemporaryFolder()
        var (lengths, paths): ([Int], [String]) = ([], [])
        for steps in [1...4, 5...6] {
            let file = try EventFile(
                inFolder: folder.path, resumingFrom: steps.lowerBound == 1 ? nil : steps.lowerBound - 1
            ) { 1_700_000_000 }
            for step in steps {
                try file.add(step: step, scalars: [("loss", 0.5)])
                if step == 3 { lengths.append(try Data(contentsOf: URL(fileURLWithPath: file.path)).count) }
            }
            paths.append(file.path)
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: paths[0]))
        try EventFile.cut(inFolder: folder.path, after: 6)
        #expect(try EventSteps(inFolder: folder.path).summaries == [1, 2, 3, 4, 5, 6])
        // Killed in the middle of a record.
        try whole.dropLast(5).write(to: URL(fileURLWithPath: paths[0]))
        try EventFile.cut(inFolder: folder.path, after: 4)
        #expect(try Data(contentsOf: URL(fileURLWithPath: paths[0])) == whole.prefix(lengths[0]))
        #expect(!FileManager.default.fileExists(atPath: paths[1]))
        try EventFile.cut(inFolder: folder.path, after: 2)
        #expect(try EventSteps(inFolder: folder.path).summaries == [1, 2])
        try EventFile.cut(inFolder: folder.path, after: -1)
        #expect(try folder.names.isEmpty)
    }

    @Test func eachFileHasItsOwnName() throws {
        let folder = try TemporaryFolder()
        let files = try (0..<3).map { _ in try EventFile(inFolder: folder.path) { 1_700_000_000 } }
        #expect(Set(files.map(\.path)).count == 3)
        for name in try folder.names { #expect(name.hasPrefix("events.out.tfevents.1700000000.")) }
    }
}
