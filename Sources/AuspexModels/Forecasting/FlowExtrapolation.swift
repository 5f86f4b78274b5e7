import AuspexSupport
import AuspexTensors

/// The baseline that extrapolates motion: whatever moved between the last two frames continues to move in the same way.
///
/// Optical flow from the last frame to the one before says where each pixel came from. A future frame reads the last one there, bilinearly; for later
/// frames, the path is followed backward frame by frame through the same flow field, which stays fixed in space (backward semi-Lagrangian extrapolation).
/// Pixels from outside are those of the nearest edge.
///
/// - Source: flow by Farnebäck 2003; extrapolation by Germann and Zawadzki 2002, "Scale-dependence of the predictability of precipitation
///   from continental radar images", section 2c.
public final class FlowExtrapolation: MotionForecaster {
    public let name: String
    public let isStochastic = false
    public let fewestContextFrames = 2
    /// Side of the flow's window in pixels; nil takes the best one for the size of the frames.
    public let windowSize: Int?

    /// - Parameter windowSize: odd; nil takes `usualWindowSize(height:width:)`. An explicit one is part of the name: `flow:15`.
    public init(windowSize: Int? = nil) {
        self.windowSize = windowSize
        name = windowSize.map { "flow:\($0)" } ?? "flow"
    }

    /// The flow's window for frames of a size: of 5, 7, 9 and 15 pixels, the one that predicts best on synthetic shapes and filmed scenes with sides of 32,
    /// 64 and 128 pixels; docs/evaluate.md has the numbers.
    public static func usualWindowSize(height: Int, width: Int) -> Int {
        switch min(height, width) {
        case ..<48: 7
        case ..<96: 9
        default: 15
        }
    }

    public func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
        let future = sampledWithEdges(context.lastFrame, flow: motion(in: context).ways(steps: horizon))
        return { _ in future }
    }

    /// Every pixel goes on with the velocity that is seen in it. The frames are made the other way round, backward through the same flow.
    public func paths(of context: Tensor, horizon: Int, classes: [Int]?, drawnFrom _: RandomStream) -> Tensor? {
        let velocity = motion(in: context).back * -1
        return .clips(of: (1...horizon).map { velocity * Float($0) })
    }

    /// The observed motion.
    ///
    /// - Parameter context: `[B, T, H, W, C]`, at least two frames, in [−1, 1].
    package func motion(in context: Tensor) -> Motion {
        let count = context.shape[1]
        require(
            context.rank == 5 && count >= fewestContextFrames, "FlowExtrapolation",
            "motion is seen in two frames of [B, T, H, W, C] or more, not in \(context.shape)")
        let (height, width) = (context.shape[2], context.shape[3])
        var flow = FarnebackFlow()
        flow.windowSize = windowSize ?? Self.usualWindowSize(height: height, width: width)
        return Motion(back: flow(from: luma(context.lastFrame), to: luma(context.frame(count - 2))))
    }

    /// A flow field that stays fixed in space.
    package struct Motion {
        /// From each pixel of the last frame to its position one frame before, (dy, dx) in pixels, `[B, H, W, 2]`.
        let back: Tensor

        /// For each pixel of every future frame, where it comes from in the last frame, (dy, dx) in pixels, `[B, steps, H, W, 2]`, inside the picture.
        func ways(steps: Int) -> Tensor {
            var way = keptInside(back)
            var ways = [way]
            while ways.count < steps {
                way = keptInside(way + warpedByFlow(back, flow: way))
                ways.append(way)
            }
            return .clips(of: ways)
        }
    }
}
