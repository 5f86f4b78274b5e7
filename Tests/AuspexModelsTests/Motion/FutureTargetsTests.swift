import AuspexModels
import AuspexTensors
import TestSupport
import Testing

@Suite("What a clip's own future teaches about motion")
struct FutureTargetsTests {
    /// `tools/oracles/future_targets.py`: OpenCV's flow and NumPy's median.
    @Test("matches OpenCV and NumPy", arguments: ["colour", "grey"]) func agreesWithOracle(name: String)
        throws
    {
        let golden = try Golden("future_targets")
        let bytes = try golden["\(name).clips"]
        let context = try golden["\(name).context"].scalars(as: UInt8.self).map(Int.init)[0]
        var flow = FarnebackFlow()
        (flow.windowSize, flow.leavesOutLastPixels) = (5, true)
        let targets = FutureTargets(clips: bytes.pixelsAsValues(), contextLength: context, flow: flow)
        for (key, found, tolerance) in [
            ("tracks", targets.tracks, 2e-3), ("trust", targets.trust, 2e-3), ("still", targets.still, 1e-6),
            ("stillWeight", targets.stillWeight, 1e-5), ("foreground", targets.foreground, 1e-5),
        ] {
            let expected = try golden["\(name).\(key)"]
            #expect(mismatch(found, expected, absolute: tolerance, relative: 0) == nil, "\(key)")
            #expect(expected.scalars.contains { $0 > 0.3 } && expected.scalars.contains { $0 < 0.7 }, "\(key) varies")
        }
        #expect((targets.tracks.scalars.map(abs).max() ?? 0) > 3, "the case moves")
    }

    @Test("In a still clip nothing moves, all is trusted and nothing is in front") func atRest() {
        let frame = RandomStream(seed: 4, name: "frame").uniform([2, 1, 33, 40, 3]) * 2 - 1
        let targets = FutureTargets(clips: joined([Tensor](repeating: frame, count: 5), along: 1), contextLength: 2)
        #expect(targets.tracks.shape == [2, 3, 33, 40, 2] && targets.trust.shape == [2, 3, 33, 40, 1])
        #expect(targets.tracks.scalars.allSatisfy { $0 == 0 } && targets.trust.scalars.allSatisfy { $0 == 1 })
        #expect(
            targets.stillWeight.scalars.allSatisfy { $0 == 1 } && targets.foreground.scalars.allSatisfy { $0 < 1e-6 })
        #expect(mismatch(targets.still, frame.reshaped(to: [2, 33, 40, 3]) * 0.5 + 0.5, absolute: 1e-6) == nil)
    }

    @Test("The median along time is the sorted middle, for even numbers the mean of two", arguments: [1, 2, 5, 16, 33])
    func medians(frames: Int) {
        let clips = RandomStream(seed: 4, name: "values").normal([3, frames, 7, 5])
        let values = clips.scalars
        let expected = (0..<3 * 35).map { place in
            let sorted = (0..<frames).map { values[(place / 35 * frames + $0) * 35 + place % 35] }.sorted()
            return (sorted[(frames - 1) / 2] + sorted[frames / 2]) / 2
        }
        forEveryInstructionSet { set in
            #expect(
                mismatch(medianOverTime(clips), Tensor(expected, shape: [3, 7, 5]), absolute: 1e-6) == nil, "\(set)")
        }
    }
}
