import AuspexSupport
import AuspexTensors
import Foundation

/// What a clip's own future says about its last context frame: where each pixel goes, and the still background behind moving objects. Training targets;
/// they are not available when a clip is predicted.
///
/// Tracks are optical flow (window 5) chained through the true future frames: `L₀ = 0`, `Lₜ = Lₜ₋₁ + flow(t−1 → t)` read at `p + Lₜ₋₁`. A track is
/// trusted as long as the flow back agrees and the colour stays: `Π exp(−(‖forward + backward‖ / 0.5)²) · exp(−(|x(p + Lₜ) − x_T(p)| / 0.08)²)`, the
/// colour's difference being the mean over channels in [0, 1].
/// The background is the median over all frames of the clip; its trust depends on the share of frames within 10 of 255 of it, `(share − 0.3) / 0.3`
/// clamped to [0, 1], and the foreground is `1 − exp(−(|x_T − median| · 255 / 12)²)`.
public struct FutureTargets {
    /// Where every pixel of the last context frame goes, (dy, dx) in pixels from its place there: `[B, Tp, H, W, 2]`.
    public let tracks: Tensor
    /// How far the tracks can be trusted, 0…1: `[B, Tp, H, W, 1]`.
    public let trust: Tensor
    /// The still background, in [0, 1]: `[B, H, W, C]`.
    public let still: Tensor
    /// How far it can be trusted, 0…1: `[B, H, W, 1]`.
    public let stillWeight: Tensor
    /// Whether the last context frame shows something in front of it, 0…1: `[B, H, W, 1]`.
    public let foreground: Tensor

    /// - Parameters:
    ///   - clips: context and future, `[B, Tc + Tp, H, W, C]`, in [−1, 1].
    ///   - contextLength: Tc, at least 1; at least one frame follows.
    public init(clips: Tensor, contextLength: Int) {
        var flow = FarnebackFlow()
        flow.windowSize = 5
        self.init(clips: clips, contextLength: contextLength, flow: flow)
    }

    package init(tracks: Tensor, trust: Tensor, still: Tensor, stillWeight: Tensor, foreground: Tensor) {
        (self.tracks, self.trust, self.still) = (tracks, trust, still)
        (self.stillWeight, self.foreground) = (stillWeight, foreground)
    }

    package init(clips: Tensor, contextLength: Int, flow: FarnebackFlow) {
        require(
            clips.rank == 5 && contextLength >= 1 && clips.shape[1] > contextLength, "FutureTargets",
            "clips [B, T, H, W, C] longer than their context of \(contextLength, "frame"), not \(clips.shape)")
        (tracks, trust) = Self.tracks(of: clips.detached(), contextLength, flow)
        still = medianOverTime(clips.detached()) * 0.5 + 0.5
        (stillWeight, foreground) = Self.layers(of: clips, still, contextLength)
    }

    /// `[B, Tp, H, W, 2]` and `[B, Tp, H, W, 1]`.
    private static func tracks(of clips: Tensor, _ contextLength: Int, _ flow: FarnebackFlow) -> (Tensor, Tensor) {
        let (batch, height, width) = (clips.shape[0], clips.shape[2], clips.shape[3])
        let frames = (contextLength - 1..<clips.shape[1]).map(clips.frame)
        let steps = frames.count - 1
        // Forward flows by steps and clips, then backward flows.
        let forward = (0..<steps * batch).map { (from: $0, to: $0 + batch) }
        let flows = flow(
            among: joined(frames.map(luma), along: 0), pairs: forward + forward.map { ($0.to, $0.from) })
        func motion(_ number: Int) -> Tensor { flows.sliced(0, from: number * batch, count: batch) }
        var way = Tensor(zeros: [batch, height, width, 2])
        // −ln of the trust so far.
        var doubt = Tensor(zeros: [batch, height, width, 1])
        var (tracks, trust): ([Tensor], [Tensor]) = ([], [])
        for step in 0..<steps {
            let ahead = warpedByFlow(motion(step), flow: keptInside(way))
            way = way + ahead
            let inside = keptInside(way)
            let back = warpedByFlow(motion(steps + step), flow: inside)
            doubt = doubt + sum(square(ahead + back), along: [3], keepingDimensions: true) * Float(1 / (0.5 * 0.5))
            let colour = mean(
                abs(warpedByFlow(frames[step + 1], flow: inside) - frames[0]), along: [3], keepingDimensions: true)
            // Half of a difference in [−1, 1] is one in [0, 1].
            let certainty = exp(-1 * (doubt + square(colour * Float(0.5 / 0.08))))
            tracks.append(way.reshaped(to: [batch, 1, height, width, 2]))
            trust.append(certainty.reshaped(to: [batch, 1, height, width, 1]))
        }
        return (joined(tracks, along: 1), joined(trust, along: 1))
    }

    /// How far the background can be trusted, and what is in front of it: `[B, H, W, 1]` both.
    private static func layers(of clips: Tensor, _ still: Tensor, _ contextLength: Int) -> (Tensor, Tensor) {
        let (frames, channels) = (clips.shape[1], clips.shape[4])
        let shape = Array(still.shape.dropLast()) + [1]
        let pixels = clips.shape[2] * clips.shape[3]
        // The mean difference of every frame from the background, on the scale 0…255: [B, T, H, W].
        let apart =
            mean(
                abs(clips * 0.5 + 0.5 - still.reshaped(to: [still.shape[0], 1] + still.shape[1...])), along: [4]) * 255
        var foreground = Tensor(zeros: shape)
        let weight = apart.withScalars(as: Float.self) { apart in
            foreground = Tensor(shape) { front in
                for place in 0..<shape.product {
                    let at = (place / pixels * frames + contextLength - 1) * pixels + place % pixels
                    front[place] = 1 - exp(-apart[at] * apart[at] / 144)
                }
            }
            return Tensor(shape) { weight in
                for place in 0..<shape.product {
                    let first = place / pixels * frames * pixels + place % pixels
                    var near = 0
                    // Differences of 8-bit pixels are multiples of 1/2C: exactly the bound counts as different, even after rounding.
                    let bound = 10 - 0.01 / Float(channels)
                    for frame in 0..<frames where apart[first + frame * pixels] < bound { near += 1 }
                    weight[place] = min(max((Float(near) / Float(frames) - 0.3) / 0.3, 0), 1)
                }
            }
        }
        return (weight, foreground)
    }
}
