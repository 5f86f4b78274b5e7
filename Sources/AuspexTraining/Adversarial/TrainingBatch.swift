import AuspexTensors

/// Clips as an update takes them.
public struct TrainingBatch {
    /// `[B, Tc, H, W, C]`, in [−1, 1].
    public let context: Tensor
    /// What really followed, `[B, Tp, H, W, C]`, in [−1, 1].
    public let future: Tensor
    /// One a clip, where the source has classes.
    public let classes: [Int]?

    public init(context: Tensor, future: Tensor, classes: [Int]? = nil) {
        self.context = context
        self.future = future
        self.classes = classes
    }

    /// Cuts whole clips `[B, Tc + Tp, H, W, C]`, in [−1, 1].
    public init(clips: Tensor, contextFrames: Int, classes: [Int]? = nil) {
        self.init(
            context: clips.sliced(1, from: 0, count: contextFrames),
            future: clips.sliced(1, from: contextFrames, count: clips.shape[1] - contextFrames), classes: classes)
    }

    var clips: Int { context.shape[0] }
    var size: Int { context.shape[2] }
    var contextFrames: Int { context.shape[1] }
    var predictedFrames: Int { future.shape[1] }
}
