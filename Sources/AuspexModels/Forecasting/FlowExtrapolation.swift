import AuspexSupport
import AuspexTensors

/// The baseline that knows motion: whatever moved between the last two frames goes on as it did.
///
/// Optical flow from the last frame to the one before says where each pixel came from. A future frame reads the last one there, bilinearly; further
/// on, the way back is followed a frame at a time through the same flow, which is held in place (backward semi-Lagrangian extrapolation). What
/// comes from outside is the nearest edge.
///
/// - Source: flow by Farnebäck 2003; extrapolation by Germann and Zawadzki 2002, "Scale-dependence of the predictability of precipitation
///   from continental radar images", section 2c.
public final class FlowExtrapolation: Forecaster {
    public let name = "flow"
    public let isStochastic = false
    public let fewestContextFrames = 2
    /// How motion is estimated.
    public let flow: FarnebackFlow

    /// A baseline that sees motion by an estimator.
    public init(_ flow: FarnebackFlow = FarnebackFlow()) { self.flow = flow }

    public func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
        let count = context.shape[1]
        require(
            context.rank == 5 && count >= fewestContextFrames, "FlowExtrapolation",
            "motion is seen in two frames of [B, T, H, W, C] or more, not in \(context.shape)")
        let pictureShape = [context.shape[0]] + context.shape[2...]
        func frame(_ number: Int) -> Tensor {
            context.sliced(1, from: number, count: 1).reshaped(to: pictureShape)
        }
        let last = frame(count - 1)
        let back = flow(from: luma(last), to: luma(frame(count - 2)))
        var way = keptInside(back)
        var predicted: [Tensor] = []
        for number in 0..<horizon {
            if number > 0 { way = keptInside(way + warpedByFlow(back, flow: way)) }
            predicted.append(
                warpedByFlow(last, flow: way).reshaped(to: [pictureShape[0], 1] + pictureShape.dropFirst()))
        }
        let future = joined(predicted, along: 1)
        return { _ in future }
    }
}
