import ArgumentParser
import AuspexConfiguration
import AuspexGraphics
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation

/// `auspex predict VIDEO`: continues a video.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Continues a video from its end, or from a time in it.",
        discussion: """
            The ending of --out chooses the form: .mp4 and .gif for looking, .png a film
            strip; .mkv, .npy and a folder hold the exact pixels, for scoring.

            EXAMPLE:
              auspex data synthesize moving-shapes --out clips --clips 1
              auspex predict clips/0000.mkv
              auspex train tiny --steps 10 --out run
              auspex predict --data clips --model run --out predicted --truth truth
            """)

    @Argument(help: "The video file.")
    var video: String?

    @Option(help: "The run whose model predicts: RUN, RUN@best, RUN@last, RUN@STEP, or the model that is shipped.")
    var model = PretrainedModel.name

    @Option(
        help:
            "The size of the frames, N or WIDTHxHEIGHT, for a model that predicts any; the model's if not given, or the video's if one VIDEO is continued by the shipped model."
    )
    var size: FrameSize?

    @Option(help: "The time of the last frame that the model is given, in seconds; the video's end if not given.")
    var at: Double?

    @Option(name: .customLong("class"), help: "The video's class, by name or number, for a model with classes.")
    var className: String?

    @Option(help: "How many frames to predict; as many as the model was trained for if not given.")
    var frames: Int?

    @Flag(
        help:
            "Train the model further on the video's past first, for --adapt-seconds; the end of the past is held out and says when it is best."
    )
    var adapt = false

    @Option(help: "With --adapt: how long that may take, in seconds. (default: 300)")
    var adaptSeconds: Double?

    @Option(help: ArgumentHelp("With --adapt: keep the adapted model as a run in this folder.", valueName: "run"))
    var keep: String?

    @Option(help: "How many different futures; a number goes before the ending of each.")
    var samples = 1

    @Flag(inversion: .prefixedNo, help: "\(BlendOption.help)")
    var blend: Bool?

    @Option(help: "What the futures are drawn from.")
    var seed: UInt64 = 0

    @Option(help: "What to write; VIDEO-predicted.mp4 in the current folder if not given.")
    var out: String?

    @Option(help: "Draw what the model sees move, too: into a .mp4, .gif or .png file.")
    var motion: String?

    @Option(help: "Many clips instead of one video: a source. --out is then a folder.")
    var data: String?

    @Option(
        help:
            "With --data: what each clip is written as: mkv, mp4, gif, png or npy. (default: mkv; npy where numbers have more than 8 bits)"
    )
    var format: String?

    @Option(help: "With --data: how many clips.")
    var clips: Int?

    @Option(help: "With --data: a folder for what really followed, for 'auspex score'.")
    var truth: String?

    @Flag(help: "Let .mp4 and .gif show the truth beside the prediction, as far as the video goes on.")
    var compare = false

    @Flag(help: "Let .mkv, .npy and folders begin with the frames that were given.")
    var withContext = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var array: ArrayOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var clock: FrameRateOption
    @OptionGroup var engine: EngineOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requireAtLeast(1, frames, "--frames", atMost: Most.frames)
        try requireAtLeast(1, samples, "--samples", atMost: Most.samples)
        try requireAtLeast(1, clips, "--clips", atMost: Most.clips)
        try requireSize(atLeast: 8, size, "--size")
        if let at, !(at >= 0) { throw ValidationError("--at is \(at): it must be 0 or more") }
        guard (video == nil) != (data == nil) else {
            throw ValidationError("name one video, or many clips with --data SOURCE")
        }
        if data != nil, out == nil { throw ValidationError("--data needs --out DIR: a folder for the predictions") }
        if data == nil, clock.frameRate != nil {
            throw ValidationError("--frame-rate needs --data SOURCE: a video says when each frame is shown")
        }
        if let format, !["mkv", "mp4", "gif", "png", "npy"].contains(format) {
            throw ValidationError("--format is \(format): it must be mkv, mp4, gif, png or npy")
        }
        try refuse("--at", ifGiven: at != nil, unless: data == nil, "needs one VIDEO instead of --data")
        for (option, isGiven) in [
            ("--truth", truth != nil), ("--clips", clips != nil), ("--format", format != nil),
        ] {
            try refuse(option, ifGiven: isGiven, unless: data != nil, "needs --data SOURCE instead of one video")
        }
        try refuse("--motion", ifGiven: motion != nil, unless: data == nil, "needs one VIDEO instead of --data")
        if let motion, ![.mp4, .gif, .png].contains(try? OutputForm(path: motion)) {
            throw ValidationError("--motion \(motion): motion is drawn into a .mp4, .gif or .png file")
        }
        try array.requireArray(among: [data].compactMap(\.self), namedBy: "--data")
        try refuse("--adapt", ifGiven: adapt, unless: data == nil, "needs one VIDEO instead of --data")
        for (option, isGiven) in [("--adapt-seconds", adaptSeconds != nil), ("--keep", keep != nil)] {
            try refuse(option, ifGiven: isGiven, unless: adapt, "needs --adapt")
        }
        if let adaptSeconds, !(1...Most.adaptSeconds).contains(adaptSeconds) {
            throw ValidationError("--adapt-seconds is \(adaptSeconds): it must be from 1 to \(Most.adaptSeconds)")
        }
        try checkForm()
    }

    /// Refuses options that the chosen format cannot show.
    private func checkForm() throws {
        // An unknown ending is refused later, with the file's name.
        let chosen =
            data == nil ? try? OutputForm(path: out ?? "film.mp4") : OutputForm(rawValue: format ?? Self.usualFormat)
        guard let form = chosen else { return }
        let isFilm = form == .mp4 || form == .gif
        try refuse(
            "--compare", ifGiven: compare, unless: isFilm,
            "needs " + (data == nil ? "--out FILE.mp4 or FILE.gif" : "--format mp4 or gif")
                + (form == .png ? ": a film strip always shows the truth" : ": the others hold the prediction alone"))
        try refuse(
            "--compare", ifGiven: compare, unless: data != nil || at != nil,
            "needs --at SECONDS: nothing follows the video's end that could be compared")
        try refuse(
            "--with-context", ifGiven: withContext, unless: form.isExact,
            "needs " + (data == nil ? "--out FILE.mkv, FILE.npy or a folder" : "--format mkv or npy")
                + ": films and film strips always show the given frames")
    }

    /// What each clip of `--data` is written as, where numbers have 8 bits.
    private static let usualFormat = "mkv"

    func run() throws {
        engine.apply()
        reading.apply()
        var trained = try TrainedModel(run: model)
        if let size {
            trained = try trained.sized(to: size)
        } else if let video {
            trained = try trained.sized(toVideo: video)
        }
        output.say("Model: \(trained.origin(blending: blend))" + (trained.frameIntervalSeconds.map(Self.rate) ?? ""))
        guard samples == 1 || trained.generator.latentSize > 0 else {
            throw ConfigurationError(
                "--samples \(samples): the model of \(model) has one future for each context; leave --samples out")
        }
        let horizon = frames ?? trained.configuration.model.predictedFrames
        var written: [String] = []
        if let video {
            let base = out ?? Self.defaultOut(for: video)
            let paths = (0..<samples).map { samples > 1 ? Self.numbered(base, $0) : base }
            // Before the work, not after it.
            for path in paths + [motion].compactMap(\.self) { try checkPlace(path) }
            if adapt { trained = try adapted(trained, to: video) }
            let pictures = try VideoContinuation(trained, blending: blend).pictures(
                of: video, from: at, frames: horizon, samples: samples, seed: seed,
                classNumber: try trained.classNumber(named: className), note: { output.say("Note: \($0)") })
            for (picture, path) in zip(pictures, paths) {
                try write(picture, to: path)
                written.append(path)
            }
            if let motion {
                try write(
                    VideoContinuation(trained).motionPicture(
                        of: video, from: at, frames: horizon, seed: seed,
                        classNumber: trained.classNumber(named: className)), to: motion)
                written.append(motion)
            }
        } else if let data, let out {
            written = try predictMany(of: data, into: out, with: trained, horizon: horizon)
        }
        try report(written, model: trained)
    }

    /// The model, trained further on the video's past.
    private func adapted(_ model: TrainedModel, to video: String) throws -> TrainedModel {
        let folder = keep ?? FileManager.default.temporaryDirectory.path + "/auspex-adapt-\(UUID().uuidString)"
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
        // Whatever would be refused after the training is refused before it.
        _ = try VideoContinuation(model, blending: blend)
        let adaptation = try Adaptation(of: model, to: video, before: at, in: folder, blending: blend)
        let stop = StopFlag()
        let temporary = keep == nil ? Adaptation.temporaryFolders(of: folder) : []
        let signals = SignalWatch(
            raising: stop, notice: "Finishing the step, then predicting; once more stops at once.",
            givingUp: {
                for place in temporary { try? FileManager.default.removeItem(atPath: place) }
                Foundation.exit(AuspexProgram.Status.stopped)
            })
        let outcome = try withExtendedLifetime(signals) {
            try adaptation.run(
                seconds: adaptSeconds ?? Self.usualAdaptSeconds,
                reporter: {
                    ProgressReporter("adapt", total: $0, unit: "steps", style: .automatic(quiet: output.quiet))
                }, say: { output.say($0) }, stop: stop)
        }
        guard outcome.steps > 0 else {
            output.say("Adapting was stopped before its first step: the model is as it was.")
            return outcome.model
        }
        let (before, after) = (
            NumberText.fixed(outcome.before, decimals: 2), NumberText.fixed(outcome.after, decimals: 2)
        )
        output.say(
            outcome.hasImproved
                ? "Adapted in \(outcome.steps, "step"): \(before) dB before, \(after) dB after."
                : "Adapting does not help here (\(before) dB before, \(after) dB after): the prediction is by the model as it was."
        )
        return outcome.model
    }

    private static let usualAdaptSeconds = 300.0

    private func predictMany(
        of text: String, into folder: String, with trained: TrainedModel, horizon: Int
    ) throws -> [String] {
        // Without --class, the source gives each clip's class.
        let classNumber = try className.flatMap { try trained.classNumber(named: $0) }
        let batch = try SourceContinuation(
            trained, source: text, frames: horizon, samples: samples, seed: seed, classNumber: classNumber,
            options: try sourceOptions(), blending: blend)
        // Of the lossless formats only .npy keeps more than 8 bits.
        let ending = format ?? (batch.format.elementType == .uint8 ? Self.usualFormat : "npy")
        let progress = ProgressReporter("predict", total: nil, unit: "clips", style: .automatic(quiet: output.quiet))
        var written: [String] = []
        let notes = try batch.run(atMost: clips, into: [folder] + [truth].compactMap { $0 }) { done, name, pictures in
            if let truth, let frames = pictures.first?.truth {
                let path = "\(truth)/\(name).\(ending)"
                let interval = pictures[0].frameIntervalSeconds
                try VideoWriter(path, frameIntervalSeconds: interval, overwriting: force)
                    .write(frames, format: pictures[0].format)
            }
            for (sample, picture) in pictures.enumerated() {
                let base = "\(folder)/\(name)-predicted.\(ending)"
                let path = samples > 1 ? Self.numbered(base, sample) : base
                try write(picture, to: path)
                written.append(path)
            }
            progress.update(completed: done)
        }
        progress.finish()
        for note in notes { output.say("Note: \(note)") }
        return written
    }

    private func sourceOptions() throws -> SourceOptions {
        var options = try array.sourceOptions()
        options.framesPerSecond = clock.frameRate
        return options
    }

    private func write(_ picture: PredictionPicture, to path: String) throws {
        try picture.write(to: path, comparing: compare, includingContext: withContext, overwriting: force)
    }

    private func checkPlace(_ path: String) throws {
        _ = try OutputForm(path: path)
        _ = try OutputPlace(path, overwriting: force)
    }

    private func report(_ files: [String], model: TrainedModel) throws {
        guard output.json else {
            for file in files { Console.print(file) }
            return
        }
        struct Result: Encodable {
            let schema = 1
            let model: String
            let step: Int
            let files: [String]
            private enum CodingKeys: String, CodingKey { case schema, model, step, files }
        }
        try Console.print(json: Result(model: model.origin(blending: blend), step: model.step, files: files))
    }

    private static func rate(_ intervalSeconds: Double) -> String {
        ", \(NumberText.nearest(1 / intervalSeconds, decimals: 2)) frames a second"
    }

    static func defaultOut(for video: String) -> String {
        ((video as NSString).lastPathComponent as NSString).deletingPathExtension + "-predicted.mp4"
    }

    /// `a.mp4` → `a-2.mp4`; a folder's name gets the number at its end.
    static func numbered(_ path: String, _ sample: Int) -> String {
        let ending = (path as NSString).pathExtension
        if ending.isEmpty {
            let bare = path.hasSuffix("/") ? String(path.dropLast()) : path
            return "\(bare)-\(sample + 1)"
        }
        return "\((path as NSString).deletingPathExtension)-\(sample + 1).\(ending)"
    }
}
