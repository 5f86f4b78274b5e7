import AuspexSupport
import AuspexTensors

/// The network's input for a clip: its frames, the velocity by optical flow between the last two, and how well candidate velocities fit them.
///
/// Sides are multiples of 8. It carries no gradient.
struct MotionScene {
    /// v₀, the velocity of each pixel of the last frame, (dy, dx) in pixels a frame: `[B, H, W, 2]`.
    let prior: Tensor
    /// The network's input at full size, `[B, H, W, Tc·C + 2 + C + 4]`: frames in [−1, 1], v₀ / 2, four times the residual of the last frame after motion
    /// by v₀, and coordinates y, x, y⁴, x⁴.
    let input: Tensor
    /// The network's input at half size: the cost of each velocity minus the mean cost, `[B, H/2, W/2, K]`.
    let costs: Tensor

    /// The largest cost of a velocity.
    private static let costLimit: Float = 0.15
    private static let costScale: Float = 15

    init(_ context: Tensor, prior given: Tensor?, _ options: MotionLayersConfiguration) {
        let (batch, time, height, width) = (context.shape[0], context.shape[1], context.shape[2], context.shape[3])
        let channels = context.shape[4]
        let frames = context * 0.5 + 0.5
        let (before, last) = (frames.frame(time - 2), frames.lastFrame)
        let prior = given ?? Self.priorMotion(of: context, options)
        self.prior = prior
        require(
            prior.shape == [batch, height, width, 2], "MotionScene",
            "a prior motion \(prior.shape) for \(context.shape)")
        let explained = sampledWithEdges(before, flow: -prior.reshaped(to: [batch, 1, height, width, 2]))
            .reshaped(to: last.shape)
        let sideBySide = context.transposed([0, 2, 3, 1, 4]).reshaped(to: [batch, height, width, time * channels])
        let places = Tensor(zeros: [batch, height, width, 4]) + Self.coordinates(height: height, width: width)
        input = joined([sideBySide, prior * 0.5, (last - explained) * 4, places], along: 3)
        let volume = averagePooled(
            costVolume(from: before, to: last, displacements: options.velocities, limit: Self.costLimit), size: 2)
        costs = (volume - mean(volume, along: [3], keepingDimensions: true)) * Self.costScale
    }

    /// The velocity of each pixel of the last frame: the opposite of its flow back to the frame before. `[B, H, W, 2]`.
    private static func priorMotion(of context: Tensor, _ options: MotionLayersConfiguration) -> Tensor {
        var flow = FarnebackFlow()
        (flow.windowSize, flow.levels) = (options.flowWindow, options.flowLevels)
        let (batch, time) = (context.shape[0], context.shape[1])
        let pictures = context.detached().sliced(1, from: time - 2, count: 2)
            .reshaped(to: [batch * 2] + context.shape[2...])
        return -flow(among: luma(pictures), pairs: (0..<batch).map { (from: 2 * $0 + 1, to: 2 * $0) })
    }

    /// The median of v₀ over the picture, (dy, dx) in pixels a frame, `[B, 1, 1, 2]`: the camera's motion, where most of what is seen is at rest.
    var overallVelocity: Tensor {
        let (batch, pixels) = (prior.shape[0], prior.shape[1] * prior.shape[2])
        return median(prior.reshaped(to: [batch, pixels, 2]), along: 1).reshaped(to: [batch, 1, 1, 2])
    }

    /// y, x, y⁴, x⁴ with both in [−1, 1]: `[1, H, W, 4]`.
    private static func coordinates(height: Int, width: Int) -> Tensor {
        var numbers: [Float] = []
        numbers.reserveCapacity(height * width * 4)
        for row in 0..<height {
            let y = 2 * Float(row) / Float(height - 1) - 1
            for column in 0..<width {
                let x = 2 * Float(column) / Float(width - 1) - 1
                numbers += [y, x, y * y * y * y, x * x * x * x]
            }
        }
        return Tensor(numbers, shape: [1, height, width, 4])
    }
}
