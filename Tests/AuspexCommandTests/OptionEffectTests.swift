import AuspexCommand
import AuspexSupport
import Foundation
import Testing

/// Every option of every verb, and what it needs to have an effect.
///
/// An option that could do nothing is refused with status 64 and says what it needs; the table holds a command line for each such case.
@Suite("Options that can have no effect are refused")
struct OptionEffectTests {
    /// What is known about an option.
    enum Effect {
        /// Changes the result of every command line that the verb takes.
        case always
        /// Is refused by some command lines, and taken by others.
        case sometimes([Refused], taken: [[String]])
    }

    /// A command line in which the option could do nothing, without the verb.
    struct Refused: Sendable {
        let arguments: [String]
        /// What the message says beside the option's name.
        let saying: String

        init(_ line: String, _ saying: String) {
            arguments = line.split(separator: " ").map(String.init)
            self.saying = saying
        }
    }

    /// `.sometimes` from command lines as users type them.
    static func only(_ refused: Refused..., taken: String...) -> Effect {
        .sometimes(refused, taken: taken.map { $0.split(separator: " ").map(String.init) })
    }

    /// `--axes` and `--range` of a verb, with a line that names a source which is not an array.
    static func arrays(_ video: String, _ array: String, needs: String) -> [String: Effect] {
        [
            "axes": only(Refused(video + " --axes BTHWC", needs), taken: array + " --axes BTHWC"),
            "range": only(
                Refused(video + " --range 0,1", needs), Refused(array + " --range 0,1", "needs an array of floats"),
                taken: array.replacingOccurrences(of: "bytes.npy", with: "floats.npy") + " --range 0,1"),
        ]
    }

    static let printing: [String: Effect] = ["json": .always, "quiet": .always]
    static let computing: [String: Effect] = printing.merging(["threads": .always]) { $1 }
    /// Of verbs that read videos.
    static let reading: [String: Effect] = computing.merging(["timeout": .always]) { $1 }
    static let benchmark = computing.merging(["repeats": .always]) { $1 }
    /// The benchmarks that take a configuration.
    static let ofModel = benchmark.merging([
        "busy": .always,
        "batch": .always, "precision": .always, "set": .always,
        "channels": only(
            Refused("trivd-tiny --channels 2", "--set model.channels=2"),
            taken: "--channels 1 --size 32 --batch 1 --repeats 1 --threads 1"),
        "size": only(
            Refused("trivd-tiny --size 64", "--set model.size=64"),
            taken: "--channels 1 --size 32 --batch 1 --repeats 1 --threads 1"),
    ]) { $1 }

    static let many = "--data clips --out o --model run"

    static let table: [String: [String: Effect]] = [
        "predict": reading.merging([
            "model": .always, "class": .always, "frames": .always, "samples": .always, "seed": .always, "out": .always,
            "data": .always, "force": .always, "blend": .always, "no-blend": .always, "size": .always,
            "adapt": only(Refused(many + " --adapt", "needs one VIDEO"), taken: "v.mp4 --adapt"),
            "adapt-seconds": only(
                Refused("v.mp4 --adapt-seconds 9", "needs --adapt"), taken: "v.mp4 --adapt --adapt-seconds 9"),
            "keep": only(Refused("v.mp4 --keep run", "needs --adapt"), taken: "v.mp4 --adapt --keep run"),
            "at": only(Refused(many + " --at 1", "needs one VIDEO"), taken: "v.mp4 --model run --at 1"),
            "clips": only(Refused("v.mp4 --clips 3", "needs --data SOURCE"), taken: many + " --clips 3"),
            "frame-rate": only(
                Refused("v.mp4 --frame-rate 8", "needs --data SOURCE"), taken: many + " --frame-rate 8"),
            "format": only(Refused("v.mp4 --format npy", "needs --data SOURCE"), taken: many + " --format npy"),
            "truth": only(Refused("v.mp4 --truth t", "needs --data SOURCE"), taken: many + " --truth t"),
            "motion": only(
                Refused(many + " --motion m.gif", "needs one VIDEO"),
                Refused("v.mp4 --motion m.npy", "motion is drawn into a .mp4, .gif or .png file"),
                taken: "v.mp4 --model run --motion m.png"),
            "compare": only(
                Refused("v.mp4 --at 1 --compare --out a.mkv", "needs --out FILE.mp4 or FILE.gif"),
                Refused("v.mp4 --at 1 --compare --out a.npy", "needs --out FILE.mp4 or FILE.gif"),
                Refused("v.mp4 --at 1 --compare --out a/", "needs --out FILE.mp4 or FILE.gif"),
                Refused("v.mp4 --at 1 --compare --out a.png", "a film strip always shows the truth"),
                Refused("v.mp4 --compare", "needs --at SECONDS"),
                Refused(many + " --compare", "needs --format mp4 or gif"),
                taken: "v.mp4 --at 1 --compare --model run", "v.mp4 --at 1 --compare --out a.gif --model run",
                many + " --compare --format mp4"),
            "with-context": only(
                Refused("v.mp4 --with-context", "needs --out FILE.mkv, FILE.npy or a folder"),
                Refused("v.mp4 --with-context --out a.gif", "needs --out FILE.mkv, FILE.npy or a folder"),
                Refused("v.mp4 --with-context --out a.png", "needs --out FILE.mkv, FILE.npy or a folder"),
                Refused(many + " --format mp4 --with-context", "needs --format mkv or npy"),
                taken: "v.mp4 --with-context --out a.npy --model run",
                "v.mp4 --with-context --out folder --model run", many + " --with-context"),
        ]) { $1 }.merging(arrays("v.mp4", "--data bytes.npy --out o --model run", needs: "needs --data FILE.npy")) {
            $1
        },
        "train": reading.merging([
            // Whether a source has its own times is known only when it is opened.
            "set": .always, "dry-run": .always, "frame-rate": .always,
            "out": only(Refused("trivd-tiny --dry-run --out r", "leave --dry-run out"), taken: "none.yaml --out r"),
            "resume": only(
                Refused("trivd-tiny --dry-run --resume", "leave --dry-run out"), taken: "none.yaml --out r --resume"),
            "data": only(
                Refused("trivd-tiny --data a.mp4 --set data.source=b.mp4", "--set data.source"),
                taken: "none.yaml --data a.mp4"
            ),
            "steps": only(
                Refused("trivd-tiny --steps 3 --set training.steps=4", "--set training.steps"),
                taken: "none.yaml --steps 3"),
            "seed": only(
                Refused("trivd-tiny --seed 3 --set training.seed=4", "--set training.seed"), taken: "none.yaml --seed 3"
            ),
            "precision": only(
                Refused("trivd-tiny --precision float32 --set training.precision=float32", "--set training.precision"),
                taken: "none.yaml --precision float32"),
            "checkpoint-activations": only(
                Refused(
                    "trivd-tiny --checkpoint-activations --set training.checkpointActivations=false",
                    "--set training.checkpointActivations"), taken: "none.yaml --checkpoint-activations"),
        ]) { $1 }.merging(arrays("trivd-tiny", "trivd-tiny --out r --data bytes.npy", needs: "needs --data FILE.npy")) {
            $1
        },
        "evaluate": reading.merging([
            "data": .always, "protocol": .always, "samples": .always, "metrics": .always, "seed": .always,
            "same-clips": .always, "out": .always, "save-clips": .always, "blend": .always, "no-blend": .always,
            "baselines": .always, "size": .always,
            "frame-rate": only(
                Refused("run --frame-rate 8", "needs --data SOURCE"), taken: "run --data clips --frame-rate 8"),
            "clips": only(Refused("run --clips 3 --same-clips r.json", "leave --clips out"), taken: "run --clips 3"),
            "prediction-only": only(
                Refused("run --prediction-only", "needs fvd or kvd"),
                Refused("run --prediction-only --metrics psnr", "needs fvd or kvd"),
                taken: "run --prediction-only --metrics psnr,fvd", "run --prediction-only --protocol bair"),
            "no-cache": only(
                Refused("run --no-cache", "needs fvd or kvd"),
                Refused("run --no-cache --metrics psnr", "needs fvd or kvd"),
                taken: "run --no-cache --metrics psnr,fvd", "run --no-cache --protocol bair"),
            "saved": only(Refused("run --saved 3", "needs --save-clips DIR"), taken: "run --saved 3 --save-clips c"),
            "force": only(
                Refused("run --force", "needs --out DIR or --save-clips DIR"), taken: "run --force --out o",
                "run --force --save-clips c"),
        ]) { $1 }.merging(arrays("run", "run --data bytes.npy", needs: "needs --data FILE.npy")) { $1 },
        "score": reading.merging([
            "size": only(Refused("--embeddings a b --size 9", "--embeddings"), taken: "a b --size 9"),
            "metrics": only(Refused("--replay r.json --metrics mse", "give it alone"), taken: "a b --metrics mse"),
            "clip-frames": only(
                Refused("--embeddings a b --clip-frames 3", "--embeddings"), taken: "a b --clip-frames 3"),
            "clips": only(Refused("--embeddings a b --clips 3", "--embeddings"), taken: "a b --clips 3"),
            "seed": only(Refused("--replay r.json --seed 3", "give it alone"), taken: "a b --seed 3"),
            "fail-if": only(
                Refused("a b --fail-if fvd>3", "not among --metrics"), taken: "a b --fail-if psnr<3"),
            "embeddings": only(Refused("--replay r.json --embeddings", "give it alone"), taken: "--embeddings a b"),
            "save-features": only(
                Refused("--embeddings a b --save-features f.safetensors", "--embeddings"),
                taken: "a b --metrics fvd --save-features f.safetensors"),
            "force": only(
                Refused("a b --force", "needs --save-features"),
                taken: "a b --metrics fvd --save-features f.safetensors --force"),
            "replay": only(Refused("a b --replay r.json", "give it alone"), taken: "--replay r.json"),
            "no-cache": only(Refused("a b --no-cache", "needs fvd or kvd"), taken: "a b --metrics fvd --no-cache"),
            "no-interval": only(
                Refused("a b --no-interval", "needs fvd"), Refused("a b --metrics kvd --no-interval", "needs fvd"),
                taken: "a b --metrics fvd --no-interval", "--embeddings a b --no-interval"),
            "precision": only(
                Refused("a b --precision bfloat16", "needs fvd or kvd"), taken: "a b --metrics kvd --precision bfloat16"
            ),
        ]) { $1 }.merging(arrays("a b", "bytes.npy b", needs: "needs REAL or PREDICTED FILE.npy")) { $1 },
        "explain": reading.merging([
            "reported": .always, "metric": .always, "clips": .always, "clip-frames": .always, "only": .always,
            "size": .always, "dry-run": .always,
            "screen": only(
                Refused("a b --reported 9 --screen 40", "needs --clips of more than twice"),
                taken: "a b --reported 9 --screen 8", "a b --reported 9 --screen 40 --clips 0"),
            "context-frames": only(
                Refused("a b --reported 9 --only codec --context-frames 3", "needs frames among --only"),
                taken: "a b --reported 9 --only codec,frames --context-frames 3"),
            "pairs": only(
                Refused("a b --reported 9 --only codec --pairs all", "needs two kinds"),
                Refused("a b --reported 9 --pairs all --dry-run", "leave --dry-run out"),
                taken: "a b --reported 9 --pairs all"),
            "seed": only(
                Refused("a b --reported 9 --seed 3 --dry-run", "leave --dry-run out"),
                taken: "a b --reported 9 --seed 3"),
            "full": only(
                Refused("a b --reported 9 --full --dry-run", "leave --dry-run out"),
                Refused("a b --reported 9 --full --json", "--json always has every row"),
                taken: "a b --reported 9 --full"),
            "no-cache": only(
                Refused("a b --reported 9 --no-cache --dry-run", "leave --dry-run out"),
                taken: "a b --reported 9 --no-cache"),
        ]) { $1 }.merging(
            arrays("a b --reported 9", "bytes.npy b --reported 9", needs: "needs REAL or PREDICTED FILE.npy")
        ) { $1 },
        "calibrate": reading.merging([
            "out": .always, "metrics": .always, "clips": .always, "frames": .always, "stride": .always, "size": .always,
            "seed": .always, "force": .always,
        ]) { $1 }.merging(
            arrays("none.mp4 --out c", "bytes.npy --frames 1000 --out c", needs: "needs SOURCE FILE.npy")
        ) { $1 },
        "data inspect": printing.merging([
            "sheet": .always, "timeout": .always, "frame-rate": .always,
            "frames": only(
                Refused("synthetic:moving-shapes --frames 3", "needs --sheet"), taken: "none.mp4 --frames 3",
                "synthetic:moving-shapes --frames 3 --sheet s.png"),
            "stride": only(
                Refused("synthetic:moving-shapes --stride 3", "needs --sheet"), taken: "none.mp4 --stride 3"),
            "sheet-clips": only(
                Refused("none.mp4 --sheet-clips 3", "needs --sheet"), taken: "none.mp4 --sheet-clips 3 --sheet s.png"),
            "force": only(Refused("none.mp4 --force", "needs --sheet"), taken: "none.mp4 --force --sheet s.png"),
        ]) { $1 }.merging(arrays("none.mp4", "bytes.npy", needs: "needs SOURCE FILE.npy")) { $1 },
        "data synthesize": printing.merging([
            "out": .always, "clips": .always, "frames": .always, "size": .always, "seed": .always, "format": .always,
            "grey": .always, "force": .always,
        ]) { $1 },
        "weights fetch": computing,
        "weights import": computing,
        "weights list": printing,
        "weights export": computing.merging(["out": .always]) { $1 },
        "inspect": printing,
        "benchmark step": ofModel, "benchmark predict": ofModel,
        "benchmark i3d": benchmark.merging(["batch": .always, "frames": .always, "precision": .always]) { $1 },
        "benchmark frechet": benchmark.merging(["features": .always, "rows": .always]) { $1 },
        "benchmark load": printing.merging([
            "clips": .always, "loader-threads": .always, "timeout": .always,
            "starts": only(
                Refused("none.mp4 --starts s.txt --dense", "leave one out"), taken: "none.mp4 --starts s.txt"),
            "dense": only(Refused("none.mp4 --starts s.txt --dense", "leave one out"), taken: "none.mp4 --dense"),
        ]) { $1 }.merging(arrays("none.mp4", "bytes.npy", needs: "needs SOURCE FILE.npy")) { $1 },
    ]

    /// A new verb or option is not silently left out.
    @Test func theTableKnowsEveryOption() throws {
        #expect(Set(Self.table.keys) == Set(AuspexProgram.verbs))
        let dump = try ProgramRun(["--experimental-dump-help"])
        try #require(dump.status == 0, "\(dump.errors)")
        let tree = try JSONDecoder().decode(HelpDump.self, from: Data(dump.output.utf8))
        for verb in AuspexProgram.verbs {
            let command = try #require(tree.command.below(verb.split(separator: " ").map(String.init)), "\(verb)")
            let options = Set(command.options).subtracting(["help", "version"])
            #expect(options == Set(Self.table[verb, default: [:]].keys), "auspex \(verb)")
        }
    }

    @Test(arguments: table.keys.sorted()) func whatCannotHaveAnEffectIsRefused(verb: String) throws {
        try withTemporaryFolder { folder in
            for (name, value) in [("bytes", "u1"), ("floats", "f4")] {
                try Self.writeZeros(value, to: folder.appendingPathComponent(name + ".npy"))
            }
            let words = verb.split(separator: " ").map(String.init)
            for (option, effect) in Self.table[verb, default: [:]].sorted(by: { $0.key < $1.key }) {
                guard case .sometimes(let refused, let taken) = effect else { continue }
                for line in refused {
                    let run = try ProgramRun(words + line.arguments, in: folder)
                    #expect(run.status == 64, "\(verb) \(line.arguments): \(run.errors)")
                    #expect(run.output.isEmpty && run.errorLines.count == 1, "\(verb) \(line.arguments): \(run.errors)")
                    for part in ["--" + option, line.saying] {
                        #expect(run.errors.contains(part), "\(verb) \(line.arguments): \(run.errors)")
                    }
                }
                // These lines may have other errors, but not about the option.
                for line in taken {
                    let run = try ProgramRun(words + line, in: folder)
                    #expect(run.status != 64 && run.status < 128, "\(verb) \(line): \(run.status), \(run.errors)")
                }
            }
        }
    }

    /// Two clips of two frames of 8×8 pixels, all zeros.
    private static func writeZeros(_ element: String, to file: URL) throws {
        let code = element == "u1" ? "|u1" : "<f4"
        let header = "{'descr': '\(code)', 'fortran_order': False, 'shape': (2, 2, 8, 8, 3), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let count = 2 * 2 * 8 * 8 * 3 * (element == "u1" ? 1 : 4)
        try
            (Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0]) + Data(padded.utf8)
            + Data(count: count)).write(to: file)
    }
}

/// The output of `--experimental-dump-help`, as far as it is used.
private struct HelpDump: Decodable {
    let command: Command

    struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Argument]?

        /// Long names of its options and flags.
        var options: [String] {
            (arguments ?? []).filter { $0.kind != "positional" }.flatMap { $0.names ?? [] }
                .filter { $0.kind == "long" }.map(\.name)
        }

        func below(_ path: [String]) -> Command? {
            guard let first = path.first else { return self }
            return subcommands?.first { $0.commandName == first }?.below(Array(path.dropFirst()))
        }
    }

    struct Argument: Decodable {
        let kind: String
        let names: [Name]?
    }

    struct Name: Decodable {
        let kind: String
        let name: String
    }
}
