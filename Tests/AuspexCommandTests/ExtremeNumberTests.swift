import AuspexCommand
import AuspexConfiguration
import AuspexSupport
import Foundation
import Testing

/// No number on a command line or in a configuration stops the program: it is used, or refused in one line.
@Suite("Extreme numbers are refused, not trapped", .serialized)
struct ExtremeNumberTests {
    /// Command lines of little work, one or more for each verb that takes numbers.
    private static let lines = [
        "predict clips/0000.mkv --model run --out p.npy --force",
        "predict --data clips --model run --out o --clips 1 --force",
        "train trivd-tiny --dry-run",
        "evaluate run --clips 1 --metrics mse",
        "score clips clips --metrics mse",
        "explain clips clips --reported 9 --clip-frames 9 --dry-run",
        "calibrate clips --clips 2 --frames 4 --size 8 --metrics mse --out c --force",
        "data inspect clips --sheet s.png --force",
        "data inspect synthetic:moving-shapes --sheet s.png --force",
        "data synthesize moving-shapes --out s --clips 1 --frames 2 --size 8 --force",
        "benchmark step --channels 1 --batch 1 --size 32 --repeats 1",
        "benchmark predict --channels 1 --batch 1 --size 32 --repeats 1",
        "benchmark i3d --batch 1 --frames 9 --repeats 1",
        "benchmark frechet --features 4 --rows 9 --repeats 1",
        "benchmark load synthetic:moving-shapes --clips 1",
    ]

    /// Options that take numbers; of flags and paths nothing is to be seen here.
    private static let numbers = [
        "adapt-seconds", "at", "batch", "channels", "clip-frames", "clips", "context-frames", "features", "frames",
        "range", "repeats",
        "reported", "rows", "samples", "saved", "screen", "seed", "sheet-clips", "size", "steps", "stride", "threads",
    ]

    private func prepare(_ folder: URL) throws {
        try SmallRun.train(in: folder)
        let made = try ProgramRun(
            [
                "data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--frames", "9", "--size",
                "32",
                "--quiet",
            ], in: folder)
        try #require(made.status == 0, "\(made.errors)")
    }

    @Test(arguments: lines) func options(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let verb = try #require(
            AuspexProgram.verbs.first { line.hasPrefix($0 + " ") && !line.hasPrefix("data \($0)") }, "\(line)")
        try withTemporaryFolder { folder in
            try prepare(folder)
            let small = verb == "train" ? SmallRun.settings : []
            for option in Self.numbers where OptionEffectTests.table[verb]?[option] != nil {
                for value in ["9223372036854775807", "1000000000", "-1", "nan", "1e300"] {
                    // The last of an option counts.
                    let arguments = words + small + ["--\(option)", value, "--quiet"]
                    if value == "1000000000", ["repeats", "steps", "seed", "at", "reported"].contains(option) {
                        continue
                    }
                    let run = try ProgramRun(arguments, in: folder)
                    #expect([0, 1, 64].contains(run.status), "\(arguments): \(run.status), \(run.errors.suffix(500))")
                    #expect(
                        run.status == 0 || run.errorLines.last?.hasPrefix("auspex: ") == true,
                        "\(arguments): \(run.errors)")
                }
            }
        }
    }

    /// Every number of a configuration, one by one.
    @Test func configurations() throws {
        let tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Configuration("trivd-tiny")))
        let fields = Self.numericFields(of: tree, path: [])
        #expect(fields.count > 30)
        try withTemporaryFolder { folder in
            for field in fields {
                for value in [
                    "9223372036854775807", "1000000000", "-9223372036854775808", "0", ".nan", ".inf", "1e300",
                ] {
                    let arguments =
                        ["train", "trivd-tiny", "--dry-run"] + SmallRun.settings + ["--set", "\(field)=\(value)"]
                    let run = try ProgramRun(arguments, in: folder)
                    #expect([0, 1].contains(run.status), "\(field)=\(value): \(run.status), \(run.errors.suffix(500))")
                    #expect(run.status == 0 || run.errorLines.count == 1, "\(field)=\(value): \(run.errors)")
                }
            }
        }
    }

    private static func numericFields(of node: Any, path: [String]) -> [String] {
        if let fields = node as? [String: Any] {
            return fields.sorted { $0.key < $1.key }.flatMap { numericFields(of: $1, path: path + [$0]) }
        }
        guard let number = node as? NSNumber, String(cString: number.objCType) != "c" else { return [] }
        return [path.joined(separator: ".")]
    }

    /// Refused at once, with the memory that they would need.
    @Test(arguments: [
        ("model.channels", "1000000"), ("training.batch", "100000000"), ("model.kernelSize", "1000001"),
        ("model.outputKernelSize", "1000001"), ("model.latentSize", "1000000000"),
        ("training.standingStatisticsBatches", "1000000000000"), ("training.validationClips", "10000000000000"),
        ("data.queuedBatches", "1000000000000"), ("model.contextFrames", "1000000000"),
    ])
    func sizesThatNoMachineHas(field: String, value: String) throws {
        for arguments in [["--dry-run"], ["--out", "r"]] {
            try withTemporaryFolder { folder in
                let start = ContinuousClock.now
                let run = try ProgramRun(["train", "trivd-tiny", "--set", "\(field)=\(value)"] + arguments, in: folder)
                #expect(ContinuousClock.now - start < .seconds(10))
                #expect(
                    run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(run.status): \(run.errors)")
                #expect(run.errors.contains("B of memory, and no machine has that"), "\(run.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            }
        }
    }

    /// What this machine has not, another may have: only the training is refused.
    @Test func sizesThatThisMachineLacks() throws {
        try withTemporaryFolder { folder in
            // Weights of 4096 channels take terabytes.
            let run = try ProgramRun(["train", "trivd-tiny", "--set", "model.channels=4096", "--out", "r"], in: folder)
            #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
            #expect(
                run.errors.contains("model.channels is 4096: a training step would take at least "), "\(run.errors)")
            #expect(run.errors.contains("this process may use"), "\(run.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
