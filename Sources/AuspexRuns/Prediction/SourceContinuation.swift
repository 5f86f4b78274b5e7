import AuspexGraphics
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation

/// Continues every clip of a source, for scoring predictions kept as files.
public struct SourceContinuation {
    private let model: TrainedModel
    private let forecaster: any Forecaster
    private let source: any ClipSource
    /// The format of the source's frames, and of the predicted ones.
    public let format: FrameFormat
    private let frames: Int
    private let samples: Int
    private let seed: UInt64
    /// The class of all clips, or the model's number for each of the source's classes; nil for a model without classes.
    private let classes: (all: Int?, bySource: [Int])?

    /// - Parameters:
    ///   - text: the source.
    ///   - frames: how many frames to predict.
    ///   - samples: how many different futures of each clip.
    ///   - classNumber: the class of every clip, instead of the source's classes.
    ///   - options: how the source is opened; the model decides whether it has classes.
    ///   - blending: whether the model is blended with the baselines; nil follows its run.
    public init(
        _ model: TrainedModel, source text: String, frames: Int, samples: Int = 1, seed: UInt64 = 0,
        classNumber: Int? = nil, options: SourceOptions = SourceOptions(), blending: Bool? = nil
    ) throws {
        var options = options
        options.classes = model.configuration.model.classes > 0 && classNumber == nil
        try self.init(
            model, clips: openSource(text, options: options), frames: frames, samples: samples, seed: seed,
            classNumber: classNumber, blending: blending)
    }

    /// Continues clips of any source.
    public init(
        _ model: TrainedModel, clips source: any ClipSource, frames: Int, samples: Int = 1, seed: UInt64 = 0,
        classNumber: Int? = nil, blending: Bool? = nil
    ) throws {
        self.model = model
        forecaster = try model.forecaster(blending: blending)
        self.source = source
        self.frames = frames
        self.samples = samples
        self.seed = seed
        try ChannelFit.check(
            source, request: model.clipRequest(frames: 1), takes: model.configuration.model.frameChannels,
            model: "the model of \(model.run)")
        format = try source.format(for: model.clipRequest(frames: 1))
        _ = try model.scaleNote(on: format, of: source.description)
        classes =
            if classNumber != nil { (classNumber, []) } else { try model.classNumbers(of: source).map { (nil, $0) } }
    }

    /// Predicts clip after clip.
    ///
    /// - Parameters:
    ///   - limit: how many clips; required for a source without end.
    ///   - folders: are made if they are not there.
    ///   - body: is given how many clips are done, a unique name for the clip, and a picture of each future.
    /// - Returns: notes for users of the predictions, a line each.
    public func run(
        atMost limit: Int?, into folders: [String], _ body: (Int, String, [PredictionPicture]) throws -> Void
    ) throws -> [String] {
        try model.configuration.refusePredictionThatDoesNotFit(
            frames: frames, clips: samples, of: "\(samples, "future") of \(frames, "frame")",
            remedies: [.predictedFrames, .samples])
        let given = model.configuration.model.contextFrames
        let request = model.clipRequest(frames: given + frames)
        let places = try source.places(for: request, atMost: limit)
        for folder in folders { try FolderMaking.make(folder) }
        let names = Self.names(of: places.map(source.name(at:)))
        var spacing = FrameSpacing(request)
        var scaleNotes: Set<String> = []
        var done = 0
        for (place, start) in places.enumerated() {
            guard let clip = try source.readableClip(at: start, request: request) else { continue }
            done += 1
            spacing.take(clip)
            let input = try InputTransform(of: clip.format, from: clip.name)
            if let note = try model.scaleNote(on: clip.format, of: source.description) { scaleNotes.insert(note) }
            let seen = clip.frames.sliced(0, from: 0, count: given)
            let context = input(seen).reshaped(to: [1] + seen.shape)
            let number = classes.flatMap { known in known.all ?? clip.classIndex.map { known.bySource[$0] } }
            let futures = forecaster.futures(of: context, horizon: frames, classes: number.map { [$0] })
            let pictures = (0..<samples).map { sample in
                let future = futures(RandomStream(seed: seed, name: "prediction/\(sample)", step: place))
                return PredictionPicture(
                    context: seen,
                    predictions: [.init(name: "prediction", frames: input.inverse(future).unstacked()[0])],
                    truth: clip.frames.sliced(0, from: given, count: frames), format: clip.format,
                    frameIntervalSeconds: clip.frameIntervalSeconds ?? MovingShapes.frameIntervalSeconds)
            }
            try body(done, names[place], pictures)
        }
        // If none could be read, the first one's error says why.
        if done == 0, let place = places.first { _ = try source.clip(at: place, request: request) }
        return spacing.notes(on: source.description) + scaleNotes.sorted() + source.valueNotes
    }

    /// A name for each clip: its file's without folder and ending, and a number if several clips share it, such that names sort in the order of the clips.
    package static func names(of clips: [String]) -> [String] {
        let stems = clips.map { (($0 as NSString).lastPathComponent as NSString).deletingPathExtension }
        let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
        var taken: [String: Int] = [:]
        let names = stems.map { stem in
            guard let count = counts[stem], count > 1 else { return stem }
            taken[stem, default: 0] += 1
            return "\(stem)-\(String(taken[stem] ?? 0, digits: String(count).count))"
        }
        if Set(names).count == names.count { return names }
        // A file's name may equal the numbered name of another's clip: then all clips are numbered.
        return stems.enumerated().map { "\($1)-\(String($0 + 1, digits: String(stems.count).count))" }
    }
}
