import AuspexSupport
import AuspexTensors
import Foundation
import Testing

/// Arrays whose values cannot be pixels are refused by every verb that reads clips, by file, clip and frame.
@Suite("Every verb checks the values of arrays", .serialized)
struct ArrayCheckTests {
    /// Three clips of 5 frames of 32×32, from 0 to 1.
    private static let shape = [3, 5, 32, 32, 3]

    private func write(_ name: String, in folder: URL, change: (inout [Float]) -> Void = { _ in }) throws {
        var values = RandomStream(seed: 1, name: "pixels").uniform(Self.shape).scalars
        change(&values)
        try Tensor(values, shape: Self.shape).writeNumPy(to: folder.appendingPathComponent(name).path)
    }

    /// Where frame 2 of a clip begins.
    private static func frame2(ofClip clip: Int) -> Int { (clip * 5 + 2) * 32 * 32 * 3 }

    private static func verbs(_ array: String) -> [[String]] {
        [
            ["train", "trivd-tiny", "--steps", "1", "--out", "new", "--data", array] + SmallRun.settings,
            ["predict", "--model", "run", "--data", array, "--frames", "2", "--out", "p", "--quiet"],
            ["evaluate", "run", "--data", array, "--quiet"],
            ["score", array, array, "--quiet"],
            ["explain", array, array, "--reported", "9", "--metric", "fvd", "--dry-run", "--quiet"],
            ["calibrate", array, "--clips", "3", "--frames", "5", "--metrics", "psnr", "--out", "c", "--quiet"],
            ["data", "inspect", array, "--sheet", "s.png", "--frames", "5", "--quiet"],
        ]
    }

    @Test func whatIsNoNumber() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            for (value, name) in [(Float.nan, "nan.npy"), (.infinity, "infinity.npy")] {
                try write(name, in: folder) { values in
                    for clip in 0..<3 { values[Self.frame2(ofClip: clip) + 7] = value }
                }
                for verb in Self.verbs(name) where verb[0] != "explain" {
                    let run = try ProgramRun(verb + ["--range", "0,1"], in: folder)
                    #expect(run.status == 1 && run.output.isEmpty, "\(verb[0]): \(run.status)")
                    #expect(run.errors.contains("\(name)["), "\(verb[0]): \(run.errors)")
                    #expect(run.errors.contains("]: frame 2 holds NaN or infinity"), "\(verb[0]): \(run.errors)")
                    #expect(!run.errors.contains("learning rate"), "\(run.errors)")
                }
            }
        }
    }

    @Test func anotherRange() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            try write("bytes.npy", in: folder) { values in for place in values.indices { values[place] *= 255 } }
            for verb in Self.verbs("bytes.npy") where verb[0] != "explain" {
                let run = try ProgramRun(verb + ["--range", "0,1"], in: folder)
                #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(verb[0]): \(run.errors)")
                #expect(
                    run.errors.contains("far outside the given range from 0.0 to 1.0")
                        && run.errors.contains("(--range)"), "\(verb[0]): \(run.errors)")
            }
        }
    }

    /// The network needs 9 frames of a clip.
    @Test func explainChecksToo() throws {
        try withTemporaryFolder { folder in
            let values = [Float](repeating: 300, count: 2 * 9 * 8 * 8)
            try Tensor(values, shape: [2, 9, 8, 8]).writeNumPy(to: folder.appendingPathComponent("a.npy").path)
            let run = try ProgramRun(
                ["explain", "a.npy", "a.npy", "--axes", "BTHW", "--range", "0,1", "--reported", "9", "--dry-run"],
                in: folder)
            #expect(run.status == 1 && run.errors.contains("a.npy[0]: frame 0 holds 300.0"), "\(run.errors)")
        }
    }

    /// A tenth of the values a little outside are clamped; one of three clips that holds NaN is passed over in training; both are said.
    @Test func whatIsUsedAllTheSameIsSaid() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            try write("beyond.npy", in: folder) { values in
                for place in stride(from: 0, to: values.count, by: 10) { values[place] = 1.1 }
            }
            for verb in Self.verbs("beyond.npy") where verb[0] != "explain" {
                let run = try ProgramRun(verb.filter { $0 != "--quiet" } + ["--range", "0,1"], in: folder)
                #expect(run.status == 0, "\(verb[0]): \(run.errors)")
                #expect(
                    run.errors.contains("% of the values were outside the given range"), "\(verb[0]): \(run.errors)")
            }
            try write("one.npy", in: folder) { $0[Self.frame2(ofClip: 1)] = .nan }
            let run = try ProgramRun(
                [
                    "train", "trivd-tiny", "--steps", "8", "--out", "skipping", "--data", "one.npy", "--range", "0,1",
                    "--set",
                    "data.validationShare=0",
                ] + SmallRun.settings, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("one.npy[1]: frame 2 holds NaN"), "\(run.errors)")
        }
    }

    /// Opposites are far apart, and bytes that are 0 and 1 are noted.
    @Test func masks() throws {
        try withTemporaryFolder { folder in
            func mask(_ name: String, _ code: String, flipped: Bool) throws {
                let header = "{'descr': '|\(code)', 'fortran_order': False, 'shape': (2, 3, 16, 16, 3), }"
                let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
                let bytes = (0..<2 * 3 * 16 * 16 * 3).map { UInt8(($0 / 7 % 2 == 0) == flipped ? 1 : 0) }
                try
                    (Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]) + Data(padded.utf8)
                    + Data(bytes)).write(to: folder.appendingPathComponent(name))
            }
            func psnr(_ code: String) throws -> (value: Double, notes: String) {
                try mask("a.npy", code, flipped: false)
                try mask("b.npy", code, flipped: true)
                let run = try ProgramRun(["score", "a.npy", "b.npy", "--metrics", "psnr", "--json"], in: folder)
                #expect(run.status == 0, "\(run.errors)")
                let result = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
                let metrics = result?["metrics"] as? [String: [String: Any]]
                return (try #require(metrics?["psnr"]?["value"] as? Double), run.errors)
            }
            let bool = try psnr("b1")
            #expect(bool.value == 0 && !bool.notes.contains("all values are 0 or 1"))
            let bytes = try psnr("u1")
            #expect(abs(bytes.value - 48.13) < 0.01)
            #expect(bytes.notes.contains("a.npy: all values are 0 or 1, where 255 is white: save a mask as bool"))
        }
    }
}
