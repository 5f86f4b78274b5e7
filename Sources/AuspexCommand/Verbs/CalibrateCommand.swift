import AuspexSupport
import ArgumentParser
import AuspexEvaluation
import AuspexMetrics
import AuspexTraining
import AuspexVideo

/// `auspex calibrate SOURCE`: how metrics respond to graded distortions of real clips.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Shows what each metric notices: its values for noise, blur, frozen, dropped and swapped frames.",
        discussion: """
            Draws clips, damages them by grades, and compares each with itself undamaged.

            EXAMPLE:
              auspex calibrate synthetic:moving-shapes --clips 4 --metrics psnr --out c
            """)

    @Argument(help: "Clips: a file, folder, list, array or synthetic:NAME.")
    var source: String

    @Option(help: "A folder for the figure and the numbers.")
    var out: String

    @Option(help: "Metrics, separated by commas.")
    var metrics = Calibration().metrics.joined(separator: ",")

    @Option(help: "How many clips are drawn.")
    var clips = Calibration().clips

    @Option(help: "Frames of a clip.")
    var frames = Calibration().frames

    @Option(help: "Take every N-th frame.")
    var stride = Calibration().stride

    @Option(help: "Frames in pixels: the side of a square, or WIDTHxHEIGHT.")
    var size = Calibration().size

    @Option(help: "What clips, noise and lost frames are drawn from.")
    var seed: UInt64 = 0

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(2, clips, "--clips", atMost: Most.clips)
        try requireAtLeast(4, frames, "--frames", atMost: Most.frames)
        try requireAtLeast(1, stride, "--stride")
        try requireSize(atLeast: 8, size, "--size")
        _ = try metricNames(listed: metrics)
        try array.requireArray(among: [source], namedBy: "SOURCE")
    }

    func run() throws {
        engine.apply()
        reading.apply()
        var calibration = Calibration()
        calibration.metrics = try metricNames(listed: metrics)
        (calibration.clips, calibration.frames) = (clips, frames)
        (calibration.stride, calibration.size, calibration.seed) = (stride, size, seed)
        let clipSource = try openSource(source, options: try array.sourceOptions())
        try CalibrationReport.places(in: out, overwriting: force)
        output.say("\(clips, "clip"), each undamaged and in \(Distortion.allCases.count * 5) damaged forms")
        let progress = ProgressReporter(
            "calibrate", total: clips, unit: "clips", style: .automatic(quiet: output.quiet))
        let report = try calibration.run(on: clipSource) { done, _ in progress.update(completed: done) }
        progress.finish()
        for note in clipSource.valueNotes { output.say("Note: \(note)") }
        try report.write(to: out, overwriting: force)
        output.say("Figure and numbers: \(out)/calibration.png, \(out)/calibration.json")
        try output.show(report)
    }
}
