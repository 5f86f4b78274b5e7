import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite struct RunFolderTests {
    private func error(_ body: () throws -> Void) throws -> FileError {
        try #require(throws: FileError.self, performing: body)
    }

    @Test func aFreshRun() throws {
        let folder = try TemporaryFolder()
        let run = try RunFolder(writing: folder.file("runs/deep/tiny-1"), resume: false)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: run.path).sorted() == [
                ".lock", "checkpoints", "samples",
            ])
        #expect(RunFolder.nextPath(in: folder.file("runs/deep"), named: "tiny") == folder.file("runs/deep/tiny-2"))
        #expect(try RunFolder(reading: run.path).metricsPath == run.path + "/metrics.jsonl")
    }

    @Test func anExistingRun() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        do { _ = try RunFolder(writing: path, resume: true) }
        let refused = try error { _ = try RunFolder(writing: path, resume: false) }
        #expect(
            refused.description
                == "\(path): found a run that exists already, expected a new folder; "
                + "resume it, or name another folder")
        _ = try RunFolder(writing: path, resume: true)
    }

    @Test func otherThingsInTheWay() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write([1], as: "file")
        #expect(try error { _ = try RunFolder(writing: file, resume: true) }.kind == .exists)
        let photographs = folder.file("photographs")
        try FileManager.default.createDirectory(atPath: photographs, withIntermediateDirectories: true)
        _ = try folder.write([1], as: "photographs/cat.png")
        for resume in [false, true] {
            let refused = try error { _ = try RunFolder(writing: photographs, resume: resume) }
            #expect(refused.found == "a folder with other files in it")
        }
        #expect(try error { _ = try RunFolder(writing: "/proc/auspex/run", resume: false) }.kind == .unwritable)
        #expect(try error { _ = try RunFolder(reading: folder.file("nothing")) }.kind == .missing)
        #expect(try error { _ = try RunFolder(reading: photographs) }.found == "a folder without checkpoints")
    }

    @Test func twoProgramsInOneRun() throws {
        let folder = try TemporaryFolder()
        var run: RunFolder? = try RunFolder(writing: folder.file("run"), resume: false)
        let refused = try error { _ = try RunFolder(writing: folder.file("run"), resume: true) }
        #expect(refused.found == "a program that is training in it")
        _ = try RunFolder(reading: folder.file("run"))
        #expect(run?.path == folder.file("run"))
        run = nil
        _ = try RunFolder(writing: folder.file("run"), resume: true)
    }

    /// Each program gets its own folder, however close together they begin.
    @Test func manyBeginAtOnce() async throws {
        let folder = try TemporaryFolder()
        let parent = folder.file("runs")
        let runs = try await withThrowingTaskGroup(of: RunFolder.self) { group in
            for _ in 0..<8 { group.addTask { try RunFolder.makingNext(in: parent, named: "tiny") } }
            return try await group.reduce(into: [RunFolder]()) { $0.append($1) }
        }
        #expect(Set(runs.map(\.path)) == Set((1...8).map { "\(parent)/tiny-\($0)" }))
    }

    /// A run that began and ended while another program was on its way to the same folder.
    @Test func aRunThatWasFaster() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        let error = try #require(throws: FileError.self) {
            try FileCall.withFault({ name, made in
                // The first look is past, the lock is not taken yet.
                if name == .makeFolder, made == path, access(path, F_OK) != 0 {
                    mkdir(path, 0o755)
                    mkdir(path + "/checkpoints", 0o755)
                }
                return nil
            }) { _ = try RunFolder(writing: path, resume: false) }
        }
        #expect(error.kind == .exists && error.found == "a run that exists already")
    }

    @Test func placesThatMayNotBeLookedInto() throws {
        let folder = try TemporaryFolder()
        #expect(symlink("loop", folder.file("loop")) == 0)
        for path in [folder.file("loop"), folder.file("loop/run")] {
            let reading = try error { _ = try RunFolder(reading: path) }
            #expect(reading.found == "\"Too many levels of symbolic links\"")
            let writing = try error { _ = try RunFolder(writing: path, resume: false) }
            #expect(writing.found == "\"Too many levels of symbolic links\"")
        }
    }

    @Test func whatAKilledProgramLeft() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        do { _ = try RunFolder(writing: path, resume: false) }
        for name in ["", "checkpoints/", "samples/"] {
            _ = try folder.write([1, 2], as: "run/\(name).half.partial-12-abc")
        }
        _ = try folder.write([1], as: "run/samples/strip.png")
        _ = try RunFolder(writing: path, resume: true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [".lock", "checkpoints", "samples"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints") == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/samples") == ["strip.png"])
    }

    @Test func references() {
        func parsed(_ text: String) -> String {
            let (run, reference) = CheckpointReference.parse(text)
            return "\(run)|\(reference)"
        }
        #expect(parsed("runs/tiny-1") == "runs/tiny-1|best or last")
        #expect(parsed("runs/tiny-1@last") == "runs/tiny-1|last")
        #expect(parsed("runs/tiny-1@best") == "runs/tiny-1|best")
        #expect(parsed("runs/tiny-1@12000") == "runs/tiny-1|12000")
        #expect(parsed("runs/me@home/tiny") == "runs/me@home/tiny|best or last")
        #expect(parsed("@last") == "@last|best or last")
    }
}
