import ArgumentParser
import AuspexSupport
import AuspexRuns
import AuspexTraining
import AuspexVideo

/// `auspex data synthesize NAME --out DIR`: videos of a synthetic source.
struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Writes clips of a synthetic source as files.",
        discussion: """
            EXAMPLE:
              auspex data synthesize moving-shapes --out clips --clips 4
            """)

    @Argument(help: "The source: \(SyntheticSources.names.joined(separator: ", ")).")
    var name: String

    @Option(help: "The folder to write to; made if it is not there.")
    var out: String

    @Option(help: "How many clips.")
    var clips = Synthesis().clips

    @Option(help: "Frames of a clip.")
    var frames = Synthesis().frames

    @Option(help: "Frames in pixels: the side of a square, or WIDTHxHEIGHT.")
    var size = FrameSize(64)

    @Option(help: "What the clips are drawn from: the same seed, the same clips.")
    var seed: UInt64 = Synthesis().seed

    @Option(help: "mkv (lossless), mp4, gif, or npy (one array of all clips).")
    var format = Synthesis.Format.mkv

    @Flag(help: "Draw in grey, one channel.")
    var grey = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        let bare =
            name.hasPrefix(SyntheticSources.prefix) ? String(name.dropFirst(SyntheticSources.prefix.count)) : name
        try requireKnown(bare, among: SyntheticSources.names, "source")
        try requireAtLeast(1, clips, "--clips", atMost: Most.clips)
        try requireAtLeast(1, frames, "--frames", atMost: Most.frames)
        try requireSize(atLeast: 8, size, "--size")
    }

    func run() throws {
        var synthesis = Synthesis()
        synthesis.clips = clips
        synthesis.frames = frames
        synthesis.size = size
        synthesis.seed = seed
        synthesis.format = format
        synthesis.colour = grey ? .grey : .rgb
        synthesis.overwriting = force
        let progress = ProgressReporter("draw", total: clips, unit: "clips", style: .automatic(quiet: output.quiet))
        let result = try synthesis.write(name, to: out) { progress.update(completed: $0) }
        progress.finish()
        if output.json { return try Console.print(json: result) }
        for file in result.files { Console.print(file) }
    }
}

extension Synthesis.Format: ExpressibleByArgument {}
