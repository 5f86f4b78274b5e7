import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite struct MetricsLogTests {
    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func oneObjectALine() throws {
        let folder = try TemporaryFolder()
        let log = try MetricsLog(path: folder.file("metrics.jsonl"))
        try log.append(
            step: 1, ["loss": .number(0.1), "kind": .text("a \"b\"\n\u{1}"), "steps": .list([1, 2.5, .nan])])
        try log.append(step: 20, ["loss": .number(.infinity), "tiny": .number(1e-300)])
        let expected =
            #"{"step":1,"loss":0.1,"kind":"a \"b\"\n\u0001","steps":[1.0,2.5,null]}"# + "\n"
            + #"{"step":20,"loss":null,"tiny":1e-300}"# + "\n"
        #expect(try text(log.path) == expected)
        for line in expected.split(separator: "\n") {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
        let lines = try MetricsLog.lines(of: log.path)
        #expect(lines.map(\.step) == [1, 20])
        #expect(lines[0].values["loss"] == .number(0.1))
        #expect(lines[0].values["kind"] == .text("a \"b\"\n\u{1}"))
        #expect(lines[1].values["tiny"] == .number(1e-300))
    }

    /// Killed at any byte of the last line, the log is read up to it, and resuming cuts it off.
    @Test func halfWrittenLine() throws {
        let folder = try TemporaryFolder()
        let whole = "{\"step\":10,\"loss\":0.5}\n{\"step\":20,\"loss\":0.25}\n"
        let first = "{\"step\":10,\"loss\":0.5}\n".utf8.count
        for length in first..<whole.utf8.count - 1 {
            let path = try folder.write(Array(whole.utf8.prefix(length)), as: "metrics.jsonl")
            let isWholeObject = length == whole.utf8.count - 1
            #expect(try MetricsLog.lines(of: path).map(\.step) == (isWholeObject ? [10, 20] : [10]))
            let log = try MetricsLog(path: path, resumingFrom: 20)
            try log.append(step: 30, ["loss": .number(0.125)])
            #expect(try text(path) == "{\"step\":10,\"loss\":0.5}\n{\"step\":30,\"loss\":0.125}\n")
        }
    }

    @Test func resumingCutsBackToTheCheckpoint() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("metrics.jsonl")
        do {
            let log = try MetricsLog(path: path)
            for step in stride(from: 10, through: 50, by: 10) { try log.append(step: step, ["loss": .number(1)]) }
        }
        let log = try MetricsLog(path: path, resumingFrom: 30)
        #expect(try MetricsLog.lines(of: path).map(\.step) == [10, 20, 30])
        try log.append(step: 40, ["loss": .number(2)])
        #expect(try MetricsLog.lines(of: path).map(\.step) == [10, 20, 30, 40])
        #expect(try folder.names == ["metrics.jsonl"])
    }

    @Test func placesThatCannotBeWritten() throws {
        let error = try #require(throws: FileError.self) { _ = try MetricsLog(path: "/no/such/folder/metrics.jsonl") }
        #expect(error.kind == .unwritable)
        let missing = try #require(throws: FileError.self) { _ = try MetricsLog.lines(of: "/no/such/metrics.jsonl") }
        #expect(missing.kind == .missing)
    }
}
