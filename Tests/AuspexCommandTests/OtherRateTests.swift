import AuspexTensors
import AuspexVideo
import Foundation
import Testing

/// Data of another rate than the model's is used, and that is said.
@Suite("Data of another rate than the model's", .serialized)
struct OtherRateTests {
    /// Two videos of moving pixels at a rate.
    private func write(_ name: String, framesPerSecond: Double, frames: Int, in folder: URL) throws {
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        for number in 0..<2 {
            let shape = [frames, 32, 32, 3]
            let bytes = (0..<shape.reduce(1, *)).map { UInt8(($0 + number) * 13 / 7 % 256) }
            try VideoWriter(
                folder.appendingPathComponent("\(name)/\(number).mkv").path, frameIntervalSeconds: 1 / framesPerSecond
            ).write(Tensor(bytes, shape: shape))
        }
    }

    @Test func itIsNoted() throws {
        try withTemporaryFolder { folder in
            try write("fast", framesPerSecond: 25, frames: 30, in: folder)
            try write("slow", framesPerSecond: 5, frames: 12, in: folder)
            try write("uneven", framesPerSecond: 30, frames: 30, in: folder)
            try write("double", framesPerSecond: 50, frames: 60, in: folder)
            try Tensor([UInt8](repeating: 9, count: 2 * 6 * 32 * 32 * 3), shape: [2, 6, 32, 32, 3])
                .writeNumPy(to: folder.appendingPathComponent("array.npy").path)
            try SmallRun.train(in: folder, ["--data", "fast"])
            let repeated = "frames are repeated"
            let uneven = "frames are unevenly spaced"
            let clockless = "has no frame rate"
            for (source, says) in [
                ("fast", nil), ("double", nil), ("slow", repeated), ("uneven", uneven), ("array.npy", clockless),
            ] as [(String, String?)] {
                var lines = [
                    ["evaluate", "run", "--data", source, "--metrics", "psnr"],
                    ["predict", "--model", "run", "--data", source, "--out", "p-" + source, "--frames", "2"],
                ]
                if source != "array.npy" {
                    lines.append(["predict", "\(source)/0.mkv", "--model", "run", "--frames", "6", "--at", "0.4"])
                    lines[2] += ["--out", source + ".mkv"]
                }
                for line in lines {
                    let run = try ProgramRun(line, in: folder)
                    #expect(run.status == 0, "\(line): \(run.errors)")
                    for note in [repeated, uneven, clockless] {
                        #expect(run.errors.contains(note) == (note == says), "\(line), \(note): \(run.errors)")
                    }
                }
            }
            let report = try ProgramRun(["evaluate", "run", "--data", "slow", "--json", "--quiet"], in: folder)
            #expect(report.output.contains("the model expects frames 0.04 s apart"), "notes are part of the report")
        }
    }
}
