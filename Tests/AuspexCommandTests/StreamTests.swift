import AuspexSupport
import Foundation
import Testing

@Suite("Streams that are closed, full or abandoned by their reader")
struct StreamTests {
    private static let train = "train trivd-tiny --steps 2 --out run " + SmallRun.settings.joined(separator: " ")

    /// What trains must not end, and must be saved, wherever its words go.
    @Test(arguments: [
        // A terminal or a log that is gone; nothing is lost with it.
        ("2>&-", 0), ("2>/dev/full", 0), ("<&-", 0), ("0<&- 2>&-", 0),
        // The run's name is the result, which cannot be printed.
        (">&-", 1), (">/dev/full", 1), (">&- 2>&- <&-", 1),
    ])
    func trainingGoesOn(redirection: String, status: Int32) throws {
        try withTemporaryFolder { folder in
            // Not quiet: the bar and the messages are what meets the closed stream.
            let command = Self.train.replacing(" --quiet", with: "")
            let run = try ProgramRun(shell: "\"$auspex\" \(command) \(redirection)", in: folder)
            #expect(run.status == status, "\(run.errors)")
            let last = folder.appendingPathComponent("run/checkpoints/step-00000002/checkpoint.json")
            #expect(FileManager.default.fileExists(atPath: last.path))
            // A closed stream's number must not be given to a file of the run.
            #expect(try Data(contentsOf: folder.appendingPathComponent("run/.lock")).isEmpty)
            for line in try String(contentsOf: folder.appendingPathComponent("run/metrics.jsonl"), encoding: .utf8)
                .split(separator: "\n")
            {
                #expect(line.hasPrefix("{\"step\":"))
            }
        }
    }

    @Test func aTrainingWhoseReaderHasEnough() throws {
        try withTemporaryFolder { folder in
            let command = Self.train.replacing(" --quiet", with: "").replacing("--steps 2", with: "--steps 200")
            let run = try ProgramRun(shell: "\"$auspex\" \(command) 2>&1 | head -n 1", in: folder)
            #expect(run.output.hasPrefix("Training trivd-tiny"))
            let last = folder.appendingPathComponent("run/checkpoints/step-00000200/checkpoint.json")
            #expect(FileManager.default.fileExists(atPath: last.path))
        }
    }

    @Test(arguments: [
        "--help", "--version", "data inspect synthetic:moving-shapes", "data inspect synthetic:moving-shapes --json",
        "score a.npy a.npy --metrics psnr --quiet", "score a.npy a.npy --metrics psnr --quiet --json",
        "weights list", "inspect a.npy",
    ])
    func aResultThatCannotBePrinted(command: String) throws {
        try withTemporaryFolder { folder in
            let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 8, 8, 1), }"
            let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
            try (Data([0x93]) + Data("NUMPY\u{1}\u{0}\u{76}\u{0}".utf8) + Data(padded.utf8) + Data(count: 128))
                .write(to: folder.appendingPathComponent("a.npy"))
            let whole = try ProgramRun(shell: "\"$auspex\" \(command)", in: folder)
            try #require(whole.status == 0 && !whole.output.isEmpty, "\(whole.errors)")
            for (redirection, reason) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
                let run = try ProgramRun(shell: "\"$auspex\" \(command) \(redirection)", in: folder)
                #expect(run.status == 1)
                #expect(
                    run.errorLines.count == 1 && run.errors.contains("auspex: standard output: found \"\(reason)\""))
            }
            // A reader that takes a part and goes has what it wanted: no complaint.
            let left = try ProgramRun(
                shell: "{ \"$auspex\" \(command); echo \"status $?\" >&2; } | true", in: folder)
            #expect(["status 0\n", "status 1\n"].contains(left.errors), "\(left.errors)")
        }
    }
}
