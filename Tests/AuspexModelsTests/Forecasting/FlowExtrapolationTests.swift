import AuspexModels
import AuspexTensors
import Foundation
import Testing

@Suite("Extrapolating motion")
struct FlowExtrapolationTests {
    /// Waves that move by (dy, dx) pixels a frame, `[1, frames, 64, 64, channels]`, in −1…1.
    private static func waves(moving step: (y: Double, x: Double), frames: Int, channels: Int = 3) -> Tensor {
        var values: [Float] = []
        for frame in 0..<frames {
            for y in 0..<64 {
                for x in 0..<64 {
                    let (v, u) = (Double(y) - step.y * Double(frame), Double(x) - step.x * Double(frame))
                    for channel in 0..<channels {
                        let phase = Double(channel)
                        values.append(
                            Float(0.5 * sin(u / 3 + phase) * cos(v / 4) + 0.4 * sin((u + v) / 5 + phase)))
                    }
                }
            }
        }
        return Tensor(values, shape: [1, frames, 64, 64, channels])
    }

    private static func predict(_ forecaster: any Forecaster, _ clip: Tensor, context: Int) -> Tensor {
        forecaster.future(
            of: clip.sliced(1, from: 0, count: context), horizon: clip.shape[1] - context,
            drawnFrom: RandomStream(seed: 0, name: "test"))
    }

    /// Mean squared error per frame, at least `margin` pixels from the border.
    private static func errors(_ a: Tensor, _ b: Tensor, margin: Int) -> [Double] {
        let (frames, height, width, channels) = (a.shape[1], a.shape[2], a.shape[3], a.shape[4])
        let (x, y) = (a.scalars, b.scalars)
        return (0..<frames).map { frame in
            var (sum, count) = (0.0, 0.0)
            for row in margin..<height - margin {
                for place in margin * channels..<(width - margin) * channels {
                    let index = (frame * height + row) * width * channels + place
                    sum += Double((x[index] - y[index]) * (x[index] - y[index]))
                    count += 1
                }
            }
            return sum / count
        }
    }

    @Test("follows a steady motion many times more precisely than a still frame", arguments: [1, 2, 3, 5])
    func steadyMotion(channels: Int) {
        let clip = Self.waves(moving: (0.75, -1.25), frames: 7, channels: channels)
        let truth = clip.sliced(1, from: 2, count: 5)
        let flow = Self.errors(Self.predict(FlowExtrapolation(windowSize: 15), clip, context: 2), truth, margin: 16)
        let still = Self.errors(Self.predict(CopyLast(), clip, context: 2), truth, margin: 16)
        for (frame, (moved, copied)) in zip(flow, still).enumerated() {
            #expect(moved < copied / 20, "frame \(frame + 1): \(moved) against \(copied)")
        }
    }

    @Test("leaves still pixels in place") func standingStill() {
        let clip = Self.waves(moving: (0, 0), frames: 5)
        let predicted = Self.predict(FlowExtrapolation(windowSize: 15), clip, context: 2)
        let truth = clip.sliced(1, from: 2, count: 3)
        #expect(predicted.shape == truth.shape && predicted.scalars == truth.scalars)
    }

    @Test("uses the last two frames, each clip separately, and invents no values") func clipsApart() {
        let (a, b) = (Self.waves(moving: (3, 2), frames: 12), Self.waves(moving: (-2, 4), frames: 12))
        let together = Self.predict(FlowExtrapolation(windowSize: 15), joined([a, b], along: 0), context: 4)
        let apart = joined(
            [a, b].map { Self.predict(FlowExtrapolation(windowSize: 15), $0, context: 4) }, along: 0)
        #expect(together.shape == [2, 8, 64, 64, 3])
        #expect(together.scalars == apart.scalars)
        let late = Self.predict(FlowExtrapolation(windowSize: 15), a.sliced(1, from: 2, count: 10), context: 2)
        #expect(late.scalars == Self.predict(FlowExtrapolation(windowSize: 15), a, context: 4).scalars)
        let (low, high) = (a.scalars.min() ?? 0, a.scalars.max() ?? 0)
        #expect(late.scalars.allSatisfy { $0 >= low - 1e-5 && $0 <= high + 1e-5 })
    }
}
