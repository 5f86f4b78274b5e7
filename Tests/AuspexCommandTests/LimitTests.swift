import AuspexSupport
import Foundation
import Testing

@Suite("Limits on files and memory give one line, and leave existing files unchanged")
struct LimitTests {
    private func make(in folder: URL) throws {
        try SmallRun.train(in: folder)
        let clips = try ProgramRun(
            ["data", "synthesize", "moving-shapes", "--out", "clips", "--clips", "2", "--frames", "20", "--quiet"],
            in: folder)
        try #require(clips.status == 0, "\(clips.errors)")
    }

    /// Everything below a folder, by path.
    private func files(_ folder: URL) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            var isFolder: ObjCBool = false
            let path = folder.appendingPathComponent(name).path
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            found[name] = try Data(contentsOf: URL(fileURLWithPath: path))
        }
        return found
    }

    /// The limit on a file's size represents a full disk: the system refuses the same write, and a test may set it.
    @Test func filesThatDoNotFit() throws {
        let settings = SmallRun.settings.joined(separator: " ")
        let predict = "predict clips/0000.mkv --model run --at 0.8 --frames 4 --quiet --force --out "
        // Blocks of 512 bytes. Of a run the configuration meets the limit first, then the event file, then the checkpoint.
        let train = [1, 12, 24, 48].flatMap { limit in
            [
                (limit, "train trivd-tiny --steps 3 --resume --out run \(settings)", "run/"),
                (limit, "train trivd-tiny --steps 3 --out other-\(limit) \(settings)", "other-\(limit)/"),
            ]
        }
        let others = [
            (predict + "old.mp4", "old.mp4"), (predict + "old.mkv", "old.mkv"), (predict + "old.gif", "old.gif"),
            (predict + "old.npy", "old.npy"), (predict + "old.png", "old.png"), (predict + "frames/", "frames"),
            ("data synthesize moving-shapes --clips 1 --out made --quiet", "made/0000.mkv"),
            ("data synthesize moving-shapes --clips 1 --format npy --out made --quiet", "made/moving-shapes.npy"),
            ("data inspect clips --sheet old.sheet.png --force", "old.sheet.png"),
            ("evaluate run --clips 2 --metrics psnr --quiet --out report", "report"),
        ].map { (limit: 1, command: $0.0, names: $0.1) }
        let commands = train.map { (limit: $0.0, command: $0.1, names: $0.2) } + others
        try withTemporaryFolder { folder in
            try make(in: folder)
            for (_, command, _) in commands where command.contains("old.") {
                let name = command.split(separator: " ").first { $0.hasPrefix("old.") } ?? ""
                try Data("what was there".utf8).write(to: folder.appendingPathComponent(String(name)))
            }
            let before = try files(folder)
            for (limit, command, names) in commands {
                let run = try ProgramRun(shell: "ulimit -f \(limit); exec \"$auspex\" \(command)", in: folder)
                #expect(run.status == 1, "\(command): \(run.errors)")
                let failure = run.errorLines.filter { $0.hasPrefix("auspex: ") }
                #expect(failure.count == 1 && run.errorLines.count - failure.count <= 1, "\(command): \(run.errors)")
                #expect(failure.first?.hasPrefix("auspex: \(names)") == true, "\(command): \(run.errors)")
                #expect(run.errors.contains("\"File too large\""), "\(command): \(run.errors)")
                #expect(run.errors.contains("ulimit -f") && !run.errors.contains("partial"), "\(run.errors)")
                let after = try files(folder)
                // A resumed run has another configuration, and its log and event files grow.
                for (name, bytes) in before
                where !name.hasSuffix(".jsonl") && !name.contains("tfevents") && name != "run/config.yaml" {
                    #expect(after[name] == bytes, "\(command): \(name)")
                }
                #expect(after.keys.allSatisfy { !$0.contains("partial") }, "\(command)")
            }
            // The run that hit the limit is resumed without it.
            let rest = try ProgramRun(shell: "\"$auspex\" " + commands[0].command, in: folder)
            #expect(rest.status == 0, "\(rest.errors)")
        }
    }

    /// Too little address space for anything, for the networks, for the work: never a trap, never a hang.
    @Test(arguments: [400_000, 700_000, 900_000, 1_200_000, 1_600_000])
    func addressSpace(kilobytes: Int) throws {
        try withTemporaryFolder { folder in
            let settings = SmallRun.settings.joined(separator: " ").replacing("--threads 1", with: "--threads 2")
            let run = try ProgramRun(
                shell:
                    "ulimit -v \(kilobytes); exec timeout 100 \"$auspex\" train trivd-tiny --steps 1 --out run \(settings)",
                in: folder)
            #expect(run.status == 0 || run.status == 1, "\(run.errors)")
            if run.status == 1 {
                #expect(run.errorLines.count == 1, "\(run.errors)")
                // The last one is the thread library's own.
                let said = [
                    "auspex: out of memory: ", "error while loading shared libraries", "Thread creation failed",
                ]
                #expect(said.contains { run.errors.contains($0) }, "\(run.errors)")
            }
        }
    }

    @Test func memoryThatIsNotThere() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramRun(
                shell:
                    "ulimit -v 1500000; exec timeout 100 \"$auspex\" train trivd-tiny --steps 1 --out run --quiet --threads 2 "
                    + "--set training.batch=64 --set model.channels=64 --set data.loaderThreads=1", in: folder)
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1 && run.errors.hasPrefix("auspex: out of memory: "), "\(run.errors)")
            #expect(run.errors.contains("1464 MiB of address space (ulimit -v)"), "\(run.errors)")
        }
    }

    @Test(arguments: ["0", "9223372036854775808", "18446744073709551615"]) func seeds(seed: String) throws {
        try withTemporaryFolder { folder in
            try Data("training:\n  seed: \(seed)\n".utf8).write(to: folder.appendingPathComponent("mine.yaml"))
            for (run, arguments) in [
                ("flag", ["trivd-tiny", "--seed", seed]), ("set", ["trivd-tiny", "--set", "training.seed=\(seed)"]),
            ] {
                let result = try ProgramRun(
                    ["train"] + arguments + ["--steps", "1", "--out", run] + SmallRun.settings, in: folder)
                #expect(result.status == 0, "\(result.errors)")
                let text = try String(contentsOf: folder.appendingPathComponent("\(run)/config.yaml"), encoding: .utf8)
                #expect(text.contains("seed: \(seed)\n"))
                let resumed = try ProgramRun(
                    ["train", "\(run)/config.yaml", "--steps", "1", "--resume", "--out", run], in: folder)
                #expect(resumed.status == 0, "\(resumed.errors)")
            }
            let file = try ProgramRun(
                ["train", "mine.yaml", "--steps", "1", "--out", "yaml"] + SmallRun.settings, in: folder)
            #expect(file.status == 0, "\(file.errors)")
            try SmallRun.expectSame(folder.appendingPathComponent("flag"), folder.appendingPathComponent("set"))
        }
    }

    @Test(arguments: ["18446744073709551616", "-1", "1.5"]) func seedsThatAreNone(seed: String) throws {
        let run = try ProgramRun(["train", "trivd-tiny", "--out", "none", "--set", "training.seed=\(seed)"])
        #expect(run.status == 1 && run.errorLines.count == 1 && run.errors.contains("training.seed"), "\(run.errors)")
    }

    /// FFmpeg takes what comes before a colon for a protocol.
    @Test(arguments: ["mkv", "mp4", "gif", "npy"]) func foldersThatLookLikeAddresses(format: String) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramRun(
                ["data", "synthesize", "moving-shapes", "--out", "http:x", "--clips", "1", "--frames", "2", "--quiet"]
                    + ["--format", format], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("http:x").path)
            #expect(names.count == 1 && names[0].hasSuffix(format))
        }
    }

    /// "No such file" is said of names that nothing has, and of no others; the super-user, as whom tests may run, needs another obstacle than permissions.
    @Test func placesThatMayNotBeLookedInto() throws {
        try withTemporaryFolder { folder in
            #expect(symlink("loop", folder.appendingPathComponent("loop").path) == 0)
            for arguments in [
                ["train", "trivd-tiny", "--out", "loop/run"],
                ["train", "trivd-tiny", "--out", "run", "--data", "loop/clips"],
                ["data", "inspect", "loop/clip.mp4"], ["evaluate", "loop/run"],
                ["data", "synthesize", "moving-shapes", "--out", "loop/clips"],
                ["score", "loop/a.npy", "loop/b.npy", "--metrics", "psnr"], ["inspect", "loop/weights.safetensors"],
                ["inspect", "loop"], ["inspect", "loop@last"], ["train", "loop"],
            ] {
                let run = try ProgramRun(arguments, in: folder)
                #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
                #expect(run.errors.contains("\"Too many levels of symbolic links\""), "\(run.errors)")
            }
            // The kernel's own file system takes no folders, and says it in its way.
            let proc = try ProgramRun(["data", "synthesize", "moving-shapes", "--out", "/proc/clips"], in: folder)
            #expect(proc.errors.hasPrefix("auspex: /proc/clips: found \"No such file or directory\""), "\(proc.errors)")
        }
    }

    @Test func sixRunsAtOnce() throws {
        try withTemporaryFolder { folder in
            let programs = try (1...6).map { _ in
                try RunningProgram(["train", "trivd-tiny", "--steps", "1"] + SmallRun.settings, in: folder)
            }
            for program in programs { #expect(program.status() == 0) }
            for number in 1...6 {
                let checkpoint = folder.appendingPathComponent(
                    "runs/trivd-tiny-\(number)/checkpoints/last/checkpoint.json")
                #expect(FileManager.default.fileExists(atPath: checkpoint.path))
            }
        }
    }
}
