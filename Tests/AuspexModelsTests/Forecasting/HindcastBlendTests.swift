import AuspexModels
import AuspexTensors
import TestSupport
import Testing

@Suite("Blending forecasts by how well they would have predicted the context's end")
struct HindcastBlendTests {
    /// The last frame plus a multiple of its difference from the one before, step after step.
    private final class Straight: Forecaster {
        let name: String
        let isStochastic = false
        let share: Float

        init(_ share: Float) { (name, self.share) = ("straight-\(share)", share) }

        func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
            let count = context.shape[1]
            let last = context.sliced(1, from: count - 1, count: 1)
            let change = last - context.sliced(1, from: count - 2, count: 1)
            return { _ in joined((1...horizon).map { last + change * (Float($0) * self.share) }, along: 1) }
        }
    }

    /// `tools/oracles/hindcast_blend.py`.
    @Test("matches PyTorch in weights and frames") func agreesWithPyTorch() throws {
        let golden = try Golden("hindcast_blend")
        let context = try golden["context"] * 2 - 1
        let blend = HindcastBlend(of: [Straight(0), Straight(1), Straight(0.4)], name: "mixed")
        let weights = joined(blend.weights(for: context), along: 4)
        let expected = try golden["weights"]
        #expect(mismatch(weights.reshaped(to: expected.shape), expected, absolute: 1e-4) == nil)
        #expect(expected.scalars.contains { $0 > 0.6 } && expected.scalars.contains { $0 < 0.1 }, "weights differ")
        let future = blend.future(of: context, horizon: 4, drawnFrom: RandomStream(seed: 0, name: "test"))
        #expect(mismatch(future * 0.5 + 0.5, try golden["future"], absolute: 1e-4) == nil)
    }

    @Test("A correct candidate gets all the weight, and one that is wrong in a corner gets little there")
    func rightAndWrong() {
        let size = 24
        let values = (0..<5).flatMap { frame in
            (0..<size * size).map { place in
                // The left half continues steadily, the right half jumps to and fro.
                let straight = -0.8 + 0.3 * Float(frame)
                return place % size < size / 2 ? straight : (frame % 2 == 0 ? 0.5 : -0.5)
            }
        }
        let context = Tensor(values, shape: [1, 5, size, size, 1])
        let weights = HindcastBlend(of: [Straight(1), CopyLast()], name: "mixed").weights(for: context)
        let first = weights[0].scalars
        #expect(first[5 * size + 2] > first[5 * size + size - 2] + 0.1)
        for (a, b) in zip(first, weights[1].scalars) { #expect(abs(a + b - 1) < 1e-5) }
        // Twice the logits square the ratio of two weights.
        let sharper = HindcastBlend(of: [Straight(1), CopyLast()], name: "mixed", sharpness: 2).weights(for: context)
        for place in stride(from: 0, to: first.count, by: 37) {
            let (ratio, squared) = (
                weights[1].scalars[place] / first[place], sharper[1].scalars[place] / sharper[0].scalars[place]
            )
            #expect(abs(squared - ratio * ratio) <= 1e-3 * squared)
        }
        let steady = context.sliced(3, from: 0, count: size / 2)
        let all = HindcastBlend(of: [Straight(1), CopyLast()], name: "mixed").weights(for: steady)
        #expect(all[0].scalars.allSatisfy { $0 > 0.999 })
    }

    @Test("For a still clip all copying candidates agree, whatever the weights") func atRest() {
        let frame = RandomStream(seed: 1, name: "frame").uniform([2, 1, 32, 32, 3]) * 2 - 1
        let context = joined([Tensor](repeating: frame, count: 3), along: 1)
        let blend = HindcastBlend()
        #expect(blend.name == "blend" && blend.fewestContextFrames == 3 && !blend.isStochastic)
        let future = blend.future(of: context, horizon: 2, drawnFrom: RandomStream(seed: 0, name: "test"))
        #expect(mismatch(future, joined([frame, frame], along: 1), absolute: 1e-5) == nil)
    }

    @Test("Draws of a candidate reach the blend, and the same draw gives the same future") func draws() {
        final class Noise: Forecaster {
            let name = "model"
            func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
                { $0.uniform([context.shape[0], horizon] + context.shape[2...]) * 0.1 }
            }
        }
        let blend = HindcastBlend(of: Noise())
        #expect(blend.isStochastic && blend.name == "model" && blend.candidates.count == 3)
        let context = RandomStream(seed: 1, name: "context").uniform([1, 5, 32, 32, 1]) * 0.1
        let sampler = blend.futures(of: context, horizon: 2, classes: nil)
        let streams = (0..<2).map { RandomStream(seed: 0, name: "test", step: $0) }
        #expect(sampler(streams[0]).scalars == sampler(streams[0]).scalars)
        #expect(sampler(streams[0]).scalars != sampler(streams[1]).scalars)
    }

    @Test("Baselines have names, and unknown names are refused with a list") func names() throws {
        #expect(Baselines.usualNames == ["copy-last", "flow", "blend"])
        for name in Baselines.usualNames + ["flow:15", "flow:1"] { #expect(try Baselines.named(name).name == name) }
        #expect((try Baselines.named("flow:15") as? FlowExtrapolation)?.windowSize == 15)
        for (name, text) in [
            ("flo", "no baseline is called 'flo'; did you mean flow?"), ("flow:8", "the window is an odd number"),
            ("flow:x", "from 1 to 255"), ("flow:257", "such as flow:15"), ("", "there are copy-last"),
        ] {
            let error = #expect(throws: BaselineError.self) { try Baselines.named(name) }
            #expect(error?.description.contains(text) == true, "\(String(describing: error))")
        }
    }
}
