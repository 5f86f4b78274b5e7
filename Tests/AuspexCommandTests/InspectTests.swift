import Foundation
import Testing

@Suite("inspect verifies what it shows")
struct InspectTests {
    @Test func aRunByEveryName() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            for name in ["run", "run@last", "run@1", "run/checkpoints/last", "run/checkpoints/step-00000001"] {
                let shown = try ProgramRun(["inspect", name], in: folder)
                #expect(shown.status == 0, "\(shown.errors)")
                #expect(shown.output.contains("checkpoint of step 1, intact: "), "\(shown.output)")
            }
            let file = "run/checkpoints/last/weights.safetensors"
            #expect(try ProgramRun(["inspect", file], in: folder).output.contains("intact: 1 file compared"))
            let json = try ProgramRun(["inspect", "run@last", "--json"], in: folder).output
            #expect(json.contains("\"verifiedBy\":\"checksums\"") && json.contains("\"step\":1"))
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(file), to: folder.appendingPathComponent("alone.safetensors"))
            let alone = try ProgramRun(["inspect", "alone.safetensors"], in: folder)
            #expect(alone.status == 0 && alone.output.contains("not verified"))
        }
    }

    @Test func namesThatAreNone() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            func refused(_ arguments: [String], saying: String) throws {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == 1 && run.output.isEmpty && run.errorLines.count == 1, "\(run.errors)")
                #expect(run.errors.contains(saying), "\(run.errors)")
            }
            for verb in [["inspect"], ["evaluate"], ["predict", "none.mkv", "--model"]] {
                try refused(verb + ["run@7"], saying: "found no checkpoint '7', expected one; there are steps 1")
                try refused(verb + ["run@lats"], saying: "run@lats: found no checkpoint 'lats', expected RUN@last")
                try refused(verb + ["gone@last"], saying: "gone: found no such folder, expected a run's folder")
            }
            try refused(
                ["evaluate", "run/checkpoints/last"],
                saying: "found one checkpoint, expected a run's folder; name the run")
        }
    }

    /// A run's folder may be called as a checkpoint of another.
    @Test func aFolderWithAnAtSign() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            try FileManager.default.moveItem(
                at: folder.appendingPathComponent("run"), to: folder.appendingPathComponent("me@5"))
            for name in ["me@5", "me@5@last"] {
                #expect(try ProgramRun(["inspect", name], in: folder).status == 0)
            }
        }
    }

    /// One damaged byte in each file of a checkpoint: `inspect` names the file, whichever way the checkpoint is named.
    @Test func damageIsFound() throws {
        try withTemporaryFolder { folder in
            try SmallRun.train(in: folder)
            let checkpoint = folder.appendingPathComponent("run/checkpoints/step-00000001")
            let names = try FileManager.default.contentsOfDirectory(atPath: checkpoint.path).sorted()
            #expect(names.count > 8)
            for name in names {
                let file = checkpoint.appendingPathComponent(name)
                let bytes = try Data(contentsOf: file)
                var damaged = bytes
                damaged[bytes.count - 3] ^= 0x04
                try damaged.write(to: file)
                for place in ["run", "run/checkpoints/last"] {
                    let run = try ProgramRun(["inspect", place], in: folder)
                    #expect(run.status == 1 && run.output.isEmpty, "\(name) \(run.errors)")
                    #expect(run.errors.contains(name), "\(run.errors)")
                }
                try bytes.write(to: file)
            }
        }
    }
}
