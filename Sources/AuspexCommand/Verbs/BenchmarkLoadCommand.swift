import ArgumentParser
import AuspexEvaluation
import AuspexSupport
import AuspexVideo
import Foundation

/// `auspex benchmark load`: a source's clips.
struct BenchmarkLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Times loading of a source's clips: 16 frames of 64×64 pixels, each clip decoded for itself.",
        discussion: """
            EXAMPLE:
              auspex data synthesize moving-shapes --out clips --clips 4
              auspex benchmark load clips --clips 20
            """)

    @Argument(help: "A video, folder, list (.txt, .csv), array (.npy) or synthetic:NAME.")
    var source: String

    @Option(help: "Clips that are loaded.")
    var clips = 100

    @Option(help: "A file of first frames in the source's first video, one a line, instead of random ones.")
    var starts: String?

    @Flag(help: "Every clip of the source's first video from its first frame on, instead of random ones.")
    var dense = false

    @Option(help: "Threads that decode.")
    var loaderThreads = 2

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, clips, "--clips", atMost: Most.clips)
        try requireAtLeast(1, loaderThreads, "--loader-threads", atMost: Most.threads)
        if dense, starts != nil { throw ValidationError("--dense and --starts: both say which clips; leave one out") }
        try array.requireArray(among: [source], namedBy: "SOURCE")
    }

    func run() throws {
        reading.apply()
        let opened = try openSource(source, options: array.sourceOptions())
        var benchmark = LoadBenchmark()
        (benchmark.clips, benchmark.threads) = (clips, loaderThreads)
        benchmark.order = try starts.map { .starts(try Self.numbers(in: $0)) } ?? (dense ? .dense : .random)
        let progress = CountedProgress("benchmark", unit: "clips", quiet: output.quiet)
        let report = try benchmark.run(on: opened) { progress.update($0, of: clips) }
        progress.finish()
        try output.show(report)
    }

    private static func numbers(in path: String) throws -> [Int] {
        let text = String(decoding: try FileReading.bytes(of: path), as: UTF8.self)
        let numbers = try text.split(whereSeparator: \.isWhitespace).map { word in
            guard let number = Int(word), number >= 0 else {
                throw FileError(
                    .garbled, path: path, found: "'\(word)'", expected: "numbers of frames from 0 on, one a line",
                    advice: "correct the line")
            }
            return number
        }
        guard !numbers.isEmpty else {
            throw FileError(
                .garbled, path: path, found: "nothing", expected: "numbers of frames from 0 on, one a line",
                advice: "leave --starts out for random ones")
        }
        return numbers
    }
}
