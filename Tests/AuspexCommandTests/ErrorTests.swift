import Foundation
import Testing

@Suite("Errors are one line, with the status that scripts rely on")
struct ErrorTests {
    @Test(arguments: [
        (
            ["bogus"],
            "auspex: unknown command 'bogus'; expected one of predict, train, evaluate, score, explain, calibrate, data, weights, inspect, benchmark (see 'auspex --help')"
        ),
        (["tarin", "trivd-tiny"], "auspex: unknown command 'tarin'; did you mean 'train'? (see 'auspex --help')"),
        (
            ["data", "inpsect", "a"],
            "auspex: unknown command 'inpsect'; did you mean 'inspect'? (see 'auspex data --help')"
        ),
        (
            ["data", "synthesize", "moving-shape", "--out", "x"],
            "auspex: source moving-shape: unknown name; did you mean moving-shapes? (see 'auspex data synthesize --help')"
        ),
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
        ),
        (
            ["train", "trivd-tiny", "--set", "model.size=44", "--out", "r"],
            "auspex: model.size=44: model.size is 44: its sides must be multiples of 8, as the generator halves a frame 3 times; the nearest is 48"
        ),
        (
            ["train", "trivd-tiny", "--set", "model.chanels=4", "--out", "r"],
            "auspex: model.chanels=4: model.chanels is not a configuration key; did you mean model.channels?"
        ),
        (
            ["score", "none", "none"],
            "auspex: none: no such file or folder; a source is a video, a folder, a list (.txt, .csv), an array (.npy) or synthetic:camera, synthetic:moving-shapes"
        ),
        (
            ["evaluate", "none"],
            "auspex: none: found no such folder, expected a run's folder; name the folder that a training wrote ('auspex train')"
        ),
        (
            ["data", "inspect", "synthetic:moving-shape"],
            "auspex: synthetic:moving-shape: there is no synthetic source of that name; did you mean synthetic:moving-shapes? There are: synthetic:camera, synthetic:moving-shapes"
        ),
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

    @Test func aTextFileCalledAVideo() throws {
        try withTemporaryFolder { folder in
            try Data("no video".utf8).write(to: folder.appendingPathComponent("a.mp4"))
            let run = try ProgramRun(["data", "inspect", "a.mp4"], in: folder)
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1 && run.errors.hasPrefix("auspex: a.mp4: "))
        }
    }

    @Test func anOutputFolderThatCannotBeMade() throws {
        try withTemporaryFolder { folder in
            try Data("a file".utf8).write(to: folder.appendingPathComponent("taken"))
            for arguments in [
                ["train", "trivd-tiny", "--steps", "1", "--out", "taken"],
                ["data", "synthesize", "moving-shapes", "--out", "taken"],
            ] {
                let run = try ProgramRun(arguments + ["--quiet"], in: folder)
                #expect(run.status == 1)
                #expect(run.errorLines.count == 1 && run.errors.hasPrefix("auspex: taken"))
            }
        }
    }
}
