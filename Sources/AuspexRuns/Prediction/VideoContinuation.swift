import AuspexSupport
import AuspexConfiguration
import AuspexGraphics
import AuspexModels
import AuspexTensors
import AuspexVideo
import Logging

/// Continues a video file from its end, or from a time in it.
public struct VideoContinuation {
    private let forecaster: any Forecaster
    let configuration: Configuration
    /// How frames are taken, the same as `TrainedModel.clipRequest`: a file and a source give the same frames.
    private let step: ClipRequest.FrameStep
    /// Nil for a forecaster that did not come from a run.
    let model: TrainedModel?

    /// Continues videos with a trained model, at its own rate and size.
    ///
    /// - Parameter blending: whether the model is blended with the baselines; nil follows its run.
    /// - Throws: `ConfigurationError` where its context is too short for a blend.
    public init(_ model: TrainedModel, blending: Bool? = nil) throws {
        self.init(
            try model.forecaster(blending: blending), configuration: model.configuration,
            step: model.clipRequest(frames: 1).step, model: model)
    }

    package init(_ forecaster: any Forecaster, configuration: Configuration, frameIntervalSeconds: Double? = nil) {
        let data = configuration.data
        let own = frameIntervalSeconds.map {
            ClipRequest.FrameStep.matching(seconds: $0, stride: data.frameStride)
        }
        self.init(
            forecaster, configuration: configuration, step: own ?? configuration.clipRequest(frames: 1).step, model: nil
        )
    }

    private init(
        _ forecaster: any Forecaster, configuration: Configuration, step: ClipRequest.FrameStep, model: TrainedModel?
    ) {
        (self.forecaster, self.configuration, self.step, self.model) = (forecaster, configuration, step, model)
    }

    /// - Parameters:
    ///   - path: the video file.
    ///   - seconds: the time of the last frame that the model is given; nil for the file's end.
    ///   - frames: how many frames to predict.
    ///   - samples: how many different futures.
    ///   - classNumber: of the video; a model with classes needs it.
    ///   - seed: seed for the futures.
    ///   - note: is given notes for users of the prediction.
    /// - Returns: a picture for each future; it includes the truth as far as the file goes on.
    /// - Throws: `VideoError` where the file is not a video or is too short.
    public func pictures(
        of path: String, from seconds: Double? = nil, frames: Int, samples: Int = 1, seed: UInt64 = 0,
        classNumber: Int? = nil, note: (String) -> Void = { _ in }
    ) throws -> [PredictionPicture] {
        try configuration.refusePredictionThatDoesNotFit(
            frames: frames, clips: samples, of: "\(samples, "future") of \(frames, "frame")",
            remedies: [.predictedFrames, .samples])
        let passage = try passage(of: path, from: seconds, frames: frames, note: note)
        let futures = forecaster.futures(
            of: passage.values, horizon: frames, classes: classNumber.map { [$0] })
        return (0..<samples).map { sample in
            let future = futures(Self.randomness(seed: seed, sample: sample))
            return passage.picture([.init(name: "prediction", frames: Self.pixels(of: future))])
        }
    }

    /// The seed of the first future, which every picture of it uses.
    static func randomness(seed: UInt64, sample: Int) -> RandomStream {
        RandomStream(seed: seed, name: "prediction", step: sample)
    }

    /// Converts the values `[1, T, H, W, C]` of one clip to its pixels `[T, H, W, C]`.
    static func pixels(of future: Tensor) -> Tensor { InputTransform.pixels.inverse(future).unstacked()[0] }

    /// A part of a video: the given frames, and those that follow as far as the file goes on.
    struct Passage {
        /// `[Tc, H, W, C]`, uint8.
        let context: Tensor
        let truth: Tensor?
        let intervalSeconds: Double

        /// The context as a network takes it: `[1, Tc, H, W, C]`.
        var values: Tensor { InputTransform.pixels(context).reshaped(to: [1] + context.shape) }

        func picture(_ predictions: [PredictionPicture.Prediction]) -> PredictionPicture {
            PredictionPicture(
                context: context, predictions: predictions, truth: truth, frameIntervalSeconds: intervalSeconds)
        }
    }

    /// Reads the part of a video around the place where a prediction begins; see `pictures`.
    func passage(of path: String, from seconds: Double?, frames: Int, note: (String) -> Void) throws -> Passage {
        let colour = configuration.colourOfVideos
        try ChannelFit.check(path, colour: colour, takes: configuration.model.frameChannels, model: "the model")
        let reader = try VideoReader(path: path)
        if let damage = reader.damage { throw VideoError(.damaged, path, damage) }
        var span = try frameNumbers(of: reader, from: seconds, frames: frames)
        var spacing = FrameSpacing(ClipRequest(frames: 1, size: FrameSize(8), step: step))
        spacing.take(frames: span.context + span.future)
        spacing.notes(on: path).forEach(note)
        let missing = configuration.model.contextFrames - span.context.count
        if missing > 0 {
            note(
                "\(path): has \(span.context.count, "frame") up to the place where the prediction begins, and the model is given "
                    + "\(configuration.model.contextFrames): the first is repeated, and motion is seen in these alone")
            span.context = [Int](repeating: span.context[0], count: missing) + span.context
        }
        if let scale = try model?.scaleNote(on: .pixels(channels: colour.channels), of: path) { note(scale) }
        let form = PictureForm(
            size: configuration.model.size, filter: configuration.data.filter,
            colour: colour)
        let context = try shot(
            in: reader.frames(at: span.context, form: form, continuing: true), repeated: missing, of: path, note: note)
        let truth = span.future.isEmpty ? nil : try reader.frames(at: span.future, form: form)
        if let note = reader.note { Logger(label: "auspex.video").warning("\(note)") }
        return Passage(context: context, truth: truth, intervalSeconds: span.interval)
    }

    /// Motion is seen in two frames.
    private static let fewestFramesOfMotion = 2

    /// The context without what lies before a scene cut in it: the first frame after the cut is repeated instead.
    ///
    /// - Parameter repeated: how many frames at the beginning are repeats of the next one.
    private func shot(in context: Tensor, repeated: Int, of path: String, note: (String) -> Void) -> Tensor {
        let cut = SceneCut.firstFrameOfLastShot(
            in: context.sliced(0, from: repeated, count: context.shape[0] - repeated))
        guard cut > 0 else { return context }
        let first = repeated + cut
        let left = context.shape[0] - first
        guard configuration.model.acceptsRepeatedFrames else {
            note(
                "\(path): a scene cut lies \(left, "frame") before the place where the prediction begins, and the model is given what is "
                    + "before it too: predict from a later time")
            return context
        }
        note(
            "\(path): a scene cut lies \(left, "frame") before the place where the prediction begins: "
                + (left == 1
                    ? "in the one frame after it no motion can be seen, so it is taken to stay"
                    : "only the \(left, "frame") after it are used"))
        let start = context.sliced(0, from: first, count: 1)
        return joined(
            [Tensor](repeating: start, count: first) + [context.sliced(0, from: first, count: left)], along: 0)
    }

    /// Which frames of a file are given, and which follow, at the model's frame interval.
    private func frameNumbers(
        of reader: VideoReader, from seconds: Double?, frames: Int
    ) throws -> (context: [Int], future: [Int], interval: Double) {
        let given = configuration.model.contextFrames
        let last = reader.frameCount - 1
        // A single frame has no interval, so no other time is near enough to it.
        let ownInterval = reader.frameIntervalSeconds ?? 0
        let timeline = reader.timeline
        let interval = timeline.intervalSeconds(of: step) ?? Double(configuration.data.frameStride)
        let end = reader.seconds(ofFrame: last)
        if let seconds, seconds > end + ownInterval {
            throw VideoError(
                .tooShort, reader.path,
                "lasts \(NumberText.nearest(end + ownInterval)) s: \(NumberText.nearest(seconds)) s is after its end",
                remedies: [.startTime])
        }
        let present = seconds.map { reader.frame(nearest: $0) } ?? last
        let context = (1 - given...0).compactMap { timeline.frame($0, stepsFrom: present, step) }
        let fewest = configuration.model.acceptsRepeatedFrames ? min(Self.fewestFramesOfMotion, given) : given
        guard context.count >= fewest else {
            throw VideoError(
                .tooShort, reader.path,
                "has \(present + 1, "frame") up to the place where the prediction begins; the model "
                    + "is given \(given), \(NumberText.nearest(interval)) s apart: take a longer video"
                    + (seconds == nil ? "" : ", or a later time"), remedies: seconds == nil ? [] : [.startTime])
        }
        var future: [Int] = []
        while future.count < frames, let frame = timeline.frame(future.count + 1, stepsFrom: present, step) {
            future.append(frame)
        }
        return (context, future, interval)
    }

}
