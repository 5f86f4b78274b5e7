import AuspexLayers
import AuspexSupport
import AuspexTensors

/// A network that distinguishes real clips from predicted ones by a part of them: a few frames, a crop, the whole at a lower resolution.
///
/// Training uses discriminators through this protocol only.
public protocol Discriminator: Layer {
    /// Its name in logs: `frames-8`, `clip-scale-2`.
    var name: String { get }

    /// Draws which part of each clip to look at; the same draws are used for a real clip and the prediction of its future.
    func draws(for clips: ClipShape, from stream: RandomStream) -> ViewDraws

    /// Scores whole clips.
    ///
    /// - Parameters:
    ///   - video: context and the frames that follow, `[B, T, H, W, C]`, in [−1, 1].
    ///   - draws: one entry per clip, if the discriminator draws anything.
    ///   - classes: one per clip, if the discriminator has classes.
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
