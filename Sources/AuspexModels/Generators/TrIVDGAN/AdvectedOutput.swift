import AuspexLayers
import AuspexTensors

/// Every frame is the context's last one, read where optical flow plus a learned correction says that its pixels come from, then refined.
///
/// ```
/// moved(t) = x_T at p + D0(t) + ΔD(t)
/// frame(t) = moved(t) + (1 − m(t)) ⊙ paint(t) + refinement(t)
/// ```
/// D0 is the path of the `flow` baseline (semi-Lagrangian), in pixels; ΔD, mask and paint come from the features. The refinement, two
/// convolutions, sees the features, D0, the moved and the last frame, and where flow failed to match the last two frames. ΔD, paint and refinement
/// are initially zero: an untrained model is the flow baseline. For fields, growth and decay come through paint.
public final class AdvectedOutput: FrameOutput {
    /// To ΔD (dy, dx), the mask's logit, and paint.
    public let conv: Convolution
    /// From the refinement's inputs to ch features, 3×3, before ReLU.
    public let refine: Convolution
    /// From these to the refinement of each channel, 3×3; initially zero.
    public let refined: Convolution
    private let flow = FlowExtrapolation()
    private let frameChannels: Int
    /// The mask's initial logit.
    private static let keeps: Float = 4

    init(channels: Int, frameChannels: Int, using initializer: inout Initializer) {
        self.frameChannels = frameChannels
        conv = Convolution(
            inputChannels: channels, outputChannels: 3 + frameChannels, spectralNorm: false,
            initialization: .normal(deviation: 0), using: &initializer)
        conv.bias.value = Tensor(
            [0, 0, Self.keeps] + [Float](repeating: 0, count: frameChannels), shape: [3 + frameChannels])
        refine = Convolution(
            inputChannels: channels + 2 + 3 * frameChannels, outputChannels: channels, using: &initializer)
        refined = Convolution(
            inputChannels: channels, outputChannels: frameChannels, spectralNorm: false,
            initialization: .normal(deviation: 0), using: &initializer)
    }

    public func callAsFunction(_ features: Tensor, context: Tensor, steps: Int, _ pass: Pass) -> GeneratorOutput {
        let (given, last) = (context.detached(), context.lastFrame)
        let ways = flow.motion(in: given).ways(steps: steps)
        let maps = conv(features, pass).unfolded(steps: steps)
        let correction = maps.sliced(4, from: 0, count: 2)
        let mask = sigmoid(maps.sliced(4, from: 2, count: 1))
        let paint = maps.sliced(4, from: 3, count: frameChannels)
        let way = ways + correction
        let moved = sampledWithEdges(last, flow: way)

        // Where flow failed: the last frame compared with the one before it, moved.
        let unmatched =
            last
            - sampledWithEdges(given.frame(given.shape[1] - 2), flow: ways.sliced(1, from: 0, count: 1))
            .reshaped(to: last.shape)
        func atEveryStep(_ x: Tensor) -> Tensor { .clips(of: [Tensor](repeating: x, count: steps)) }
        let seen = joined(
            [features.unfolded(steps: steps), ways, moved, atEveryStep(last), atEveryStep(unmatched)], along: 4)
        let images = seen.reshaped(to: [seen.shape[0] * steps] + seen.shape[2...])
        let refinement = refined(refine(images, activation: .relu, pass), pass).reshaped(to: moved.shape)
        return GeneratorOutput(
            frames: clamped(moved + (1 - mask) * paint + refinement, least: -1, most: 1),
            // A path leads back to where a pixel comes from.
            maps: [GeneratorOutput.displacement: way.detached() * -1])
    }
}
