import ArgumentParser
import AuspexGraphics
import AuspexRuns
import AuspexTensors
import AuspexVideo

/// `auspex data inspect SOURCE`: what is in a source.
struct DataInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what is in a source: files, streams, frames, clips, and what is broken.",
        discussion: """
            EXAMPLE:
              auspex data synthesize moving-shapes --out clips --clips 4
              auspex data inspect clips --sheet sheet.png
            """)

    @Argument(help: "A video, folder, list (.txt, .csv), array (.npy) or synthetic:NAME.")
    var source: String

    @Option(help: "Frames of the clips that are counted. (default: 16)")
    var frames: Int?

    @Option(help: "Take every N-th frame. (default: 1)")
    var stride: Int?

    @Option(help: "A picture of clips of the source to write (.png).")
    var sheet: String?

    @Option(help: "With --sheet: clips on it. (default: 8)")
    var sheetClips: Int?

    @Flag(help: "Replace a sheet that is there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var clock: FrameRateOption
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, frames, "--frames", atMost: Most.frames)
        try requireAtLeast(1, stride, "--stride")
        try requireAtLeast(1, sheetClips, "--sheet-clips", atMost: Most.clips)
        for (option, isGiven) in [("--sheet-clips", sheetClips != nil), ("--force", force)] {
            try refuse(option, ifGiven: isGiven, unless: sheet != nil, "needs --sheet OUT.png")
        }
        for (option, isGiven) in [("--frames", frames != nil), ("--stride", stride != nil)] {
            try refuse(
                option, ifGiven: isGiven, unless: sheet != nil || !source.hasPrefix(SyntheticSources.prefix),
                "needs --sheet OUT.png: clips of a synthetic source are without end and not counted")
        }
        try array.requireArray(among: [source], namedBy: "SOURCE")
    }

    func run() throws {
        reading.apply()
        var options = try array.sourceOptions()
        options.framesPerSecond = clock.frameRate
        // An array can be inspected without the range of its values; a picture of its clips needs the range.
        options.needsRange = sheet != nil
        // Broken files are listed in the report and need no separate warning.
        options.logger.logLevel = .critical
        let opened = try openSource(source, options: options)
        let request = ClipRequest(frames: frames ?? 16, size: FrameSize(64), step: .stride(stride ?? 1))
        let progress = CountedProgress("inspect", unit: "items", quiet: output.quiet, from: 100)
        let report = opened.inspect(for: request) { progress.update($0, of: $1) }
        progress.finish()
        if let sheet { try writeSheet(of: opened, request: request, to: sheet) }
        if output.json { return try Console.print(json: Versioned(report)) }
        Console.print(report.text)
        if let sheet { Console.print(sheet) }
        for note in opened.valueNotes { output.say("Note: \(note)") }
    }

    private func writeSheet(of source: any ClipSource, request: ClipRequest, to path: String) throws {
        _ = try OutputPlace(path, overwriting: force)
        var sheet = ContactSheet(title: self.source)
        let places = try source.places(for: request, atMost: sheetClips ?? 8)
        let clips = try places.compactMap { try source.readableClip(at: $0, request: request) }
        // Without a picture, the reason is all there is to print.
        if clips.isEmpty, let first = places.first { _ = try source.clip(at: first, request: request) }
        for clip in clips { sheet.add(clip) }
        try sheet.write(to: path, overwriting: force)
    }
}

/// A result together with its schema version.
struct Versioned<Value: Encodable>: Encodable {
    let value: Value

    init(_ value: Value) { self.value = value }

    private enum CodingKeys: String, CodingKey { case schema }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(1, forKey: .schema)
        try value.encode(to: encoder)
    }
}
