import Foundation
import Testing

@Suite("Errors are one line, with the status that scripts rely on")
struct ErrorTests {
    @Test(arguments: [
        (["bogus"], "auspex: Unexpected argument 'bogus' (see 'auspex --help')"),
        (["inspect"], "auspex: Missing expected argument '<file>' (see 'auspex inspect --help')"),
        (["inspect", "a.npy", "--sise"], "auspex: Unknown option '--sise' (see 'auspex inspect --help')"),
    ])
    func misunderstood(arguments: [String], line: String) throws {
        let run = try ProgramRun(arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errorLines == [line])
    }

    @Test(arguments: [
        (
            ["inspect", "none.safetensors"],
            "auspex: none.safetensors: found no such file, expected a readable file; check the path"
        )
    ])
    func failed(arguments: [String], line: String) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramRun(arguments, in: folder)
            #expect(run.status == 1)
            #expect(run.output.isEmpty)
            #expect(run.errorLines == [line])
        }
    }

    @Test func aWeightsFileCutInHalf() throws {
        try withTemporaryFolder { folder in
            let header = #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#
            var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
            bytes += Data(header.utf8) + Data(count: 8)
            try bytes.write(to: folder.appendingPathComponent("a.safetensors"))
            let run = try ProgramRun(["inspect", "a.safetensors"], in: folder)
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1)
            #expect(run.errors.hasPrefix("auspex: a.safetensors: "))
        }
    }
}
