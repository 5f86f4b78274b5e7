import AuspexSupport
import AuspexTensors
import AuspexVideo

/// What a model was given, what it predicted and, where known, what really happened; written in the format that an output's ending chooses.
///
/// Everything has one format; for viewing, a field's range is stretched to 0…255. Frames of 1 and 3 channels are shown as they are; other numbers of channels
/// as grey pictures side by side.
public struct PredictionPicture: Sendable {
    /// Predicted frames and who made them.
    public struct Prediction: Sendable {
        /// Who made the frames, drawn beside them: `model`, `copy-last`.
        public var name: String
        /// `[Tp, H, W, C]`.
        public var frames: Tensor
        /// Motion that is drawn over the frames as arrows, (dy, dx) in pixels: `[Tp, H, W, 2]`, float32.
        public var arrows: Tensor?

        /// Names predicted frames, `[Tp, H, W, C]`.
        public init(name: String, frames: Tensor, arrows: Tensor? = nil) {
            self.name = name
            self.frames = frames
            self.arrows = arrows
        }
    }

    /// `[Tc, H, W, C]`; may have no frames.
    public let context: Tensor
    /// One or more, all of one shape.
    public let predictions: [Prediction]
    /// `[Tp or fewer, H, W, C]`: the frames that followed the context.
    public let truth: Tensor?
    /// The format of all of them.
    public let format: FrameFormat
    /// Time from one frame to the next, in seconds.
    public let frameIntervalSeconds: Double

    /// - Parameters:
    ///   - context: `[Tc, H, W, C]`.
    ///   - predictions: models (or samples of one) with their `[Tp, H, W, C]`; at least one.
    ///   - truth: `[T, H, W, C]`, frame for frame beside the predictions.
    ///   - format: of all; nil for 8-bit pixels.
    public init(
        context: Tensor, predictions: [Prediction], truth: Tensor? = nil, format: FrameFormat? = nil,
        frameIntervalSeconds: Double
    ) {
        let format = format ?? .pixels(channels: context.shape.last ?? 1)
        let shape = Array(context.shape.dropFirst())
        let clips = [context] + predictions.map(\.frames) + [truth].compactMap { $0 }
        require(
            !predictions.isEmpty && clips.allSatisfy { $0.rank == 4 && $0.elementType == format.elementType }
                && clips.allSatisfy { Array($0.shape.dropFirst()) == shape }
                && predictions.allSatisfy { $0.frames.shape == predictions[0].frames.shape }, "PredictionPicture",
            "context, predictions and truth are \(format.elementType) [T, H, W, C] of one frame size, not "
                + clips.map { "\($0.elementType) \($0.shape)" }.joined(separator: ", "))
        self.context = context
        self.predictions = predictions
        self.truth = truth
        self.format = format
        self.frameIntervalSeconds = frameIntervalSeconds
    }

    /// Writes the prediction in the format that the path's ending chooses.
    ///
    /// `.mp4` and `.gif` show context and prediction, enlarged and framed; `.png` is a film strip. `.mkv`, `.npy` and a folder hold the
    /// predicted frames' exact pixels and nothing else; of several predictions, `.npy` holds all as `[clip, T, H, W, C]`. Values of a field
    /// are kept by `.npy` alone.
    ///
    /// - Parameters:
    ///   - comparing: whether the truth is shown beside (`.mp4`, `.gif`); the film strip always has it where it is known.
    ///   - includingContext: whether the exact forms begin with the context's frames.
    ///   - overwriting: whether what is there may be replaced.
    /// - Throws: `FileError` or `VideoError` that names the path and the way out.
    public func write(
        to path: String, comparing: Bool = false, includingContext: Bool = false, overwriting: Bool = false
    ) throws {
        let form = try OutputForm(path: path)
        let writer = try VideoWriter(path, frameIntervalSeconds: frameIntervalSeconds, overwriting: overwriting)
        switch form {
        case .mp4, .gif:
            try writer.write(frames: film(comparing: comparing))
        case .png:
            try writer.write(frames: [filmStrip()])
        case .mkv, .npy, .folder:
            let clips = predictions.map {
                includingContext ? stackedFrames(frames(of: context) + frames(of: $0.frames)) : $0.frames
            }
            if clips.count == 1 { return try writer.write(clips[0], format: format) }
            guard form == .npy else {
                throw VideoError(
                    .cannotWrite, path,
                    "holds one clip, and there are \(clips.count): write .npy, which holds any number, or one file each"
                )
            }
            try writer.write(array: stackedFrames(clips), format: format)
        }
    }

    /// One frame of a clip as it is displayed.
    func drawable(_ clip: Tensor, _ frame: Int) -> Tensor { visible(format.shown(frames(of: clip)[frame])) }
}
