import AuspexTensors
import AuspexVideo

/// Clips in the form that an update needs.
public struct TrainingBatch {
    /// `[B, Tc, H, W, C]`, in [−1, 1].
    public let context: Tensor
    /// What really followed, `[B, Tp, H, W, C]`, in [−1, 1].
    public let future: Tensor
    /// One per clip, if the source has classes.
    public let classes: [Int]?

    /// Clips that are already split into context and future.
    public init(context: Tensor, future: Tensor, classes: [Int]? = nil) {
        self.context = context
        self.future = future
        self.classes = classes
    }

    /// Splits whole clips `[B, Tc + Tp, H, W, C]`, in [−1, 1].
    public init(clips: Tensor, contextFrames: Int, classes: [Int]? = nil) {
        self.init(
            context: clips.sliced(1, from: 0, count: contextFrames),
            future: clips.sliced(1, from: contextFrames, count: clips.shape[1] - contextFrames), classes: classes)
    }

    /// Splits a source's clips, converted to values for the networks.
    public init(_ batch: ClipBatch, contextFrames: Int) {
        self.init(clips: batch.values, contextFrames: contextFrames, classes: batch.classes)
    }

    var clips: Int { context.shape[0] }
    var size: FrameSize { FrameSize(height: context.shape[2], width: context.shape[3]) }
    var contextFrames: Int { context.shape[1] }
    var predictedFrames: Int { future.shape[1] }
}
