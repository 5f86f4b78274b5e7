import ArgumentParser
import AuspexExperiments
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

    @Option(help: "Frames of the clips that are counted.")
    var frames = 16

    @Option(help: "Take every N-th frame.")
    var stride = 1

    @Option(help: "A picture of clips of the source to write (.png).")
    var sheet: String?

    @Option(help: "Clips on the sheet.")
    var sheetClips = 8

    @Flag(help: "Replace a sheet that is there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, frames, "--frames")
        try requireAtLeast(1, stride, "--stride")
        try requireAtLeast(1, sheetClips, "--sheet-clips")
    }

    func run() throws {
        var options = try array.sourceOptions()
        // What is in an array can be told without the range of its values; a picture of them cannot.
        if source.hasSuffix(".npy"), sheet == nil { options.range = options.range ?? 0...1 }
        // Broken files are in the report: they need no warning beside it.
        options.logger.logLevel = .critical
        let opened = try openSource(source, options: options)
        let request = ClipRequest(frames: frames, size: FrameSize(64), step: .stride(stride))
        let report = opened.inspect(for: request)
        if let sheet { try writeSheet(of: opened, request: request, to: sheet) }
        if output.json { return try Console.print(json: Versioned(report)) }
        for line in SourceSummary(report, request: request).lines { Console.print(line) }
        if let sheet { Console.print(sheet) }
    }

    private func writeSheet(of source: any ClipSource, request: ClipRequest, to path: String) throws {
        _ = try OutputPlace(path, overwriting: force)
        var sheet = ContactSheet(title: self.source)
        for place in try source.places(for: request, atMost: sheetClips) {
            sheet.add(try source.clip(at: place, request: request))
        }
        try sheet.write(to: path, overwriting: force)
    }
}

/// A result with its schema's version beside its own fields.
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
