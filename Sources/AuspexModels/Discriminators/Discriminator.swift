import AuspexLayers
import AuspexSupport
import AuspexTensors

/// A network that tells real clips from predicted ones by something of them: a few frames, a crop, the whole at a lower resolution.
///
/// Training knows discriminators by this protocol alone.
public protocol Discriminator: Layer {
    /// What logs call it: `frames-8`, `clip-scale-2`.
    var name: String { get }

    /// What it will look at in each clip, drawn once and used for a real clip and the prediction of its future alike.
    func draws(for clips: ClipShape, from stream: RandomStream) -> ViewDraws

    /// Scores whole clips.
    ///
    /// - Parameters:
    ///   - video: context and what follows it, `[B, T, H, W, C]`, in [−1, 1].
    ///   - draws: one entry a clip, where the discriminator draws anything.
    ///   - classes: one a clip, where the discriminator has classes.
    /// - Returns: `[B]`, above zero for what looks real.
    func callAsFunction(_ video: Tensor, draws: ViewDraws, classes: [Int]?, _ pass: Pass) -> Tensor
}

/// The shape of the clips of a batch.
public struct ClipShape: Sendable, Equatable {
    /// B.
    public var clips: Int
    /// Height and width of a frame.
    public var size: FrameSize
    /// Tc.
    public var contextFrames: Int
    /// Tp.
    public var predictedFrames: Int

    /// The shape of a batch of B clips of Tc + Tp frames.
    public init(clips: Int, size: FrameSize, contextFrames: Int, predictedFrames: Int) {
        self.clips = clips
        self.size = size
        self.contextFrames = contextFrames
        self.predictedFrames = predictedFrames
    }
}
