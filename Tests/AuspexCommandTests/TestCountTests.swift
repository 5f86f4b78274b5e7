import Foundation
import TestSupport
import Testing

@Suite("tools/test checks the number of tests")
struct TestCountTests {
    private func counted(_ log: String, expecting number: String?) throws -> (status: Int32, errors: String) {
        let folder = try TemporaryFolder()
        let tools = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../tools/lib/count-tests").standardizedFileURL
        var arguments = [tools.path, try folder.write(Array(log.utf8), as: "log")]
        if let number { arguments.append(try folder.write(Array(number.utf8), as: "count")) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = arguments
        let finished = try FinishedProcess(running: process)
        #expect(finished.output.isEmpty)
        return (finished.status, String(decoding: finished.errors, as: UTF8.self))
    }

    private func log(_ count: Int, _ end: String = "passed") -> String {
        "◇ Test run started.\n✔ Test run with \(count) tests in 9 suites \(end) after 1.5 seconds.\n"
    }

    @Test func asManyAsBeforePass() throws {
        let run = try counted(log(482), expecting: "482\n")
        #expect(run.status == 0 && run.errors.isEmpty)
    }

    @Test func fewerFailWithBothNumbers() throws {
        let run = try counted(log(481), expecting: "482\n")
        #expect(run.status == 1)
        #expect(run.errors.contains("481 tests ran") && run.errors.contains("says 482"))
    }

    @Test func morePassWithALineThatSaysSo() throws {
        let run = try counted(log(490), expecting: "482\n")
        #expect(run.status == 0)
        #expect(run.errors.contains("490 tests ran") && run.errors.contains("raise it"))
    }

    /// A filter that matches no test must not look like success.
    @Test func aPartIsNotCountedButMustNotBeEmpty() throws {
        #expect(try counted(log(3), expecting: nil).status == 0)
        for log in [log(0), "", "error: no tests found\n", log(5, "failed")] {
            let run = try counted(log, expecting: nil)
            #expect(run.status == 1 && run.errors.contains("no test ran"), "\(log)")
        }
    }

    @Test(arguments: ["", "many\n", "0\n"]) func aNumberThatIsNoneIsNamed(_ number: String) throws {
        let run = try counted(log(3), expecting: number)
        #expect(run.status == 1 && run.errors.contains("expected the number of tests"))
    }
}
