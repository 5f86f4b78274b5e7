import AuspexSupport
import AuspexTensors
import AuspexVideo

/// What a model was given, what it made of it and, where known, what really happened: to be written in whatever form an output's ending chooses.
///
/// Everything is uint8. Frames of 1 and 3 channels are shown as they are; other numbers of channels as grey pictures side by side.
public struct PredictionPicture: Sendable {
    /// Predicted frames and who made them.
    public struct Prediction: Sendable {
        public var name: String
        /// `[Tp, H, W, C]`, uint8.
        public var frames: Tensor

        public init(name: String, frames: Tensor) {
            self.name = name
            self.frames = frames
        }
    }

    /// `[Tc, H, W, C]`, uint8; may have no frames.
    public let context: Tensor
    /// One or more, all of one shape.
    public let predictions: [Prediction]
    /// `[Tp or fewer, H, W, C]`, uint8: the frames that followed the context.
    public let truth: Tensor?
    public let frameIntervalSeconds: Double

    /// - Parameters:
    ///   - context: `[Tc, H, W, C]`, uint8.
    ///   - predictions: models (or samples of one) with their `[Tp, H, W, C]`, uint8; at least one.
    ///   - truth: `[T, H, W, C]`, uint8, frame for frame beside the predictions.
    public init(context: Tensor, predictions: [Prediction], truth: Tensor? = nil, frameIntervalSeconds: Double) {
        let shape = Array(context.shape.dropFirst())
        let clips = [context] + predictions.map(\.frames) + [truth].compactMap { $0 }
        require(
            !predictions.isEmpty && clips.allSatisfy { $0.rank == 4 && $0.elementType == .uint8 }
                && clips.allSatisfy { Array($0.shape.dropFirst()) == shape }
                && predictions.allSatisfy { $0.frames.shape == predictions[0].frames.shape }, "PredictionPicture",
            "context, predictions and truth are uint8 [T, H, W, C] of one frame size, not "
                + clips.map { "\($0.elementType) \($0.shape)" }.joined(separator: ", "))
        self.context = context
        self.predictions = predictions
        self.truth = truth
        self.frameIntervalSeconds = frameIntervalSeconds
    }

    /// Writes the prediction in the form that the path's ending chooses.
    ///
    /// `.mp4` and `.gif` show context and prediction, enlarged and framed; `.png` is a film strip. `.mkv`, `.npy` and a folder hold the
    /// predicted frames' exact pixels and nothing else; of several predictions, `.npy` holds all as `[clip, T, H, W, C]`.
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
            if clips.count == 1 { return try writer.write(clips[0]) }
            guard form == .npy else {
                throw VideoError(
                    .cannotWrite, path,
                    "holds one clip, and there are \(clips.count): write .npy, which holds any number, or one file each"
                )
            }
            try writer.write(array: stackedFrames(clips))
        }
    }
}
