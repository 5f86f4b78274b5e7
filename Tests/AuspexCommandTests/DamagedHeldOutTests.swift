import Foundation
import Testing

@Suite("A damaged held-out clip is left out with a warning, as a training clip is replaced")
struct DamagedHeldOutTests {
    @Test func trainingAndEvaluationGoOn() throws {
        try withTemporaryFolder { folder in
            for name in ["clips", "held"] {
                let made = try ProgramRun(
                    [
                        "data", "synthesize", "moving-shapes", "--out", name, "--clips", "3", "--frames", "16",
                        "--size",
                        "32", "--quiet",
                    ], in: folder)
                #expect(made.status == 0, "\(made.errors)")
            }
            let damaged = folder.appendingPathComponent("held/0001.mkv")
            var data = try Data(contentsOf: damaged)
            let middle = data.count / 2
            data.replaceSubrange(middle..<middle + 24, with: [UInt8](repeating: 0x5A, count: 24))
            try data.write(to: damaged)

            let train = try ProgramRun(
                ["train", "trivd-tiny", "--steps", "1", "--out", "run", "--data", "clips"] + SmallRun.settings + [
                    "--set", "training.validationClips=12", "--set", "data.validation=held",
                ], in: folder)
            #expect(train.status == 0, "\(train.errors)")
            #expect(train.errorLines.count { $0.contains("held/0001.mkv") } == 1, "\(train.errors)")

            let evaluate = try ProgramRun(
                ["evaluate", "run", "--clips", "12", "--metrics", "psnr", "--threads", "1"], in: folder)
            #expect(evaluate.status == 0, "\(evaluate.errors)")
            #expect(evaluate.errorLines.count { $0.contains("held/0001.mkv") } == 1, "\(evaluate.errors)")
            #expect(evaluate.errors.contains("clips are left out"), "\(evaluate.errors)")

            let predict = try ProgramRun(
                [
                    "predict", "--data", "held", "--model", "run", "--out", "predicted", "--quiet", "--threads", "1",
                ], in: folder)
            #expect(predict.status == 0, "\(predict.errors)")
        }
    }

    @Test func wherePicturesOfAllAreDamagedTheErrorSaysSo() throws {
        try withTemporaryFolder { folder in
            for name in ["clips", "held"] {
                let made = try ProgramRun(
                    [
                        "data", "synthesize", "moving-shapes", "--out", name, "--clips", "2", "--frames", "4", "--size",
                        "32", "--quiet",
                    ], in: folder)
                #expect(made.status == 0, "\(made.errors)")
            }
            for name in ["0000.mkv", "0001.mkv"] {
                let damaged = folder.appendingPathComponent("held/" + name)
                var data = try Data(contentsOf: damaged)
                let middle = data.count / 2
                data.replaceSubrange(middle..<middle + 24, with: [UInt8](repeating: 0x5A, count: 24))
                try data.write(to: damaged)
            }
            let train = try ProgramRun(
                ["train", "trivd-tiny", "--steps", "1", "--out", "run", "--data", "clips"] + SmallRun.settings + [
                    "--set", "training.validationClips=4", "--set", "data.validation=held",
                ], in: folder)
            #expect(train.status == 1, "\(train.errors)")
            #expect(train.errorLines.last?.contains("held/0000.mkv: ") ?? false, "\(train.errors)")
        }
    }
}
