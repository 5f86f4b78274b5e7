import AuspexTensors
import AuspexVideo
import Testing

@Suite("Scene cuts") struct SceneCutTests {
    private func frames(_ scenes: [(seed: UInt64, count: Int)]) throws -> Tensor {
        let parts = try scenes.map { seed, count in
            try CameraWorld().clip(
                at: 0, from: RandomStream(seed: seed, name: "scene"),
                request: ClipRequest(frames: count, size: FrameSize(height: 48, width: 64))
            ).frames
        }
        return joined(parts, along: 0)
    }

    @Test("the last of several cuts counts", arguments: [1, 2, 3, 4]) func found(_ left: Int) throws {
        for seed in 0..<10 as Range<UInt64> {
            let clip = try frames([(seed, 5 - left), (seed + 100, left)])
            #expect(SceneCut.firstFrameOfLastShot(in: clip) == 5 - left, "seed \(seed)")
        }
    }

    @Test("a moving camera is not a cut") func motion() throws {
        for seed in 0..<40 as Range<UInt64> {
            #expect(SceneCut.firstFrameOfLastShot(in: try frames([(seed, 6)])) == 0, "seed \(seed)")
        }
    }

    @Test("two frames, and frames that are shown twice, say too little") func fewAndRepeatedFrames() throws {
        let scenes = try frames([(1, 1), (101, 1), (201, 1)])
        #expect(SceneCut.firstFrameOfLastShot(in: scenes.sliced(0, from: 0, count: 2)) == 0)
        let twice = joined(
            (0..<3).flatMap { [Tensor](repeating: scenes.sliced(0, from: $0, count: 1), count: 2) }, along: 0)
        #expect(SceneCut.firstFrameOfLastShot(in: twice) == 0)
    }

    @Test("frames at rest, single frames and frames of a few pixels hold no cut") func still() {
        #expect(
            SceneCut.firstFrameOfLastShot(in: Tensor([UInt8](repeating: 9, count: 5 * 48), shape: [5, 4, 4, 3])) == 0)
        #expect(SceneCut.firstFrameOfLastShot(in: Tensor([UInt8](repeating: 9, count: 12), shape: [1, 2, 2, 3])) == 0)
    }
}
