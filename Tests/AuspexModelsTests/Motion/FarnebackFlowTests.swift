import AuspexModels
import AuspexTensors
import TestSupport
import Testing

@Suite("Optical flow by polynomial expansion")
struct FarnebackFlowTests {
    @Test("matches OpenCV's, pixel by pixel", arguments: ["small", "wide", "odd"])
    func agreesWithOpenCV(name: String) throws {
        let golden = try Golden("optical_flow")
        func picture(_ key: String) throws -> Tensor {
            let bytes = try golden["\(name).\(key)"]
            return Tensor(bytes.scalars(as: UInt8.self).map(Float.init), shape: [1] + bytes.shape)
        }
        let expected = try golden["\(name).flow"]
        var flow = FarnebackFlow()
        flow.leavesOutLastPixels = true
        let found = flow(from: try picture("first"), to: try picture("second"))
        let width = found.shape[2]
        let (values, reference) = (found.scalars, expected.scalars)
        var (worst, largest): (Float, Float) = (0, 0)
        for y in 0..<expected.shape[0] {
            for x in 0..<expected.shape[1] {
                let (here, there) = (2 * (3 * y * width + 3 * x), 2 * (y * expected.shape[1] + x))
                for (a, b) in [(values[here], reference[there + 1]), (values[here + 1], reference[there])] {
                    worst = max(worst, a.isNaN ? .infinity : abs(a - b))
                    largest = max(largest, abs(b))
                }
            }
        }
        #expect(largest > 2, "the case moves")
        #expect(worst < 1e-4, "\(worst) pixels apart")
    }

    /// Smooth pictures of which the second is the first, moved by one and a half pixels.
    private static func pictures(_ height: Int, _ width: Int, seed: UInt64) -> (Tensor, Tensor) {
        let stream = RandomStream(seed: seed, name: "pictures")
        let noise = stream.uniform([1, height + 4, width + 4, 1])
        let smooth = averagePooled(
            noise.padded([(0, 0), (0, 2), (0, 2), (0, 0)]).cropped(height: 0..<height + 4, width: 0..<width + 4),
            size: 1)
        func moved(_ y: Float, _ x: Float) -> Tensor {
            let way = Tensor(
                (0..<(height + 4) * (width + 4)).flatMap { _ in [y, x] }, shape: [1, height + 4, width + 4, 2])
            return warpedByFlow(warpedByFlow(smooth, flow: way), flow: way).cropped(
                height: 2..<height + 2, width: 2..<width + 2
            ).reshaped(to: [1, height, width]) * 255
        }
        return (moved(0.5, 0.5), moved(-0.25, 0.75))
    }

    @Test(
        "agrees with plain loops in Double, for every instruction set",
        arguments: [[2, 2], [3, 4], [5, 17], [33, 7], [19, 32], [21, 35]], [3, 5, 7, 15])
    func agreesWithPlainLoops(size: [Int], window: Int) {
        let (first, second) = Self.pictures(size[0], size[1], seed: UInt64(size[0]))
        let plain = PlainFlow<Double>(windowSize: window)(
            from: PlainTensor(first.reshaped(to: size)), to: PlainTensor(second.reshaped(to: size)))
        var flow = FarnebackFlow()
        flow.windowSize = window
        forEveryInstructionSet { set in
            let found = flow(from: first, to: second).reshaped(to: size + [2])
            #expect(mismatch(found, plain, absolute: 2e-3, relative: 1e-2) == nil, "\(set)")
        }
    }

    @Test("of many pairs among pictures is that of each pair, on any number of threads") func manyPairs() {
        let made = (0..<3).map { Self.pictures(70, 66, seed: UInt64($0)) }
        let pictures = joined(made.flatMap { [$0, $1] }, along: 0)
        let pairs: [(from: Int, to: Int)] = [(0, 1), (1, 0), (2, 5), (4, 4), (5, 0)]
        let threads = Kernels.threads
        defer { Kernels.setThreads(threads) }
        for count in [1, 3] {
            Kernels.setThreads(count)
            let together = FarnebackFlow()(among: pictures, pairs: pairs)
            #expect(together.shape == [5, 70, 66, 2])
            for (number, pair) in pairs.enumerated() {
                let alone = FarnebackFlow()(
                    from: pictures.sliced(0, from: pair.from, count: 1), to: pictures.sliced(0, from: pair.to, count: 1)
                )
                #expect(together.sliced(0, from: number, count: 1).scalars == alone.scalars, "\(pair)")
            }
        }
        #expect(FarnebackFlow()(among: pictures, pairs: []).shape == [0, 70, 66, 2])
    }

    @Test("of a picture and itself is zero up to its edges") func nothingMoves() {
        let picture = RandomStream(seed: 3, name: "picture").normal([1, 50, 41]) * 60 + 128
        #expect(FarnebackFlow()(from: picture, to: picture).scalars.allSatisfy { $0 == 0 })
    }

    @Test("of pictures without any structure is zero") func nothingToSee() {
        let grey = Tensor(repeating: 128, shape: [2, 40, 33])
        #expect(FarnebackFlow()(from: grey, to: grey).scalars.allSatisfy { $0 == 0 })
    }

    @Test("does not read outside of pictures smaller than its windows") func tinyPictures() {
        let picture = Tensor((0..<12).map { Float($0 * 20) }, shape: [1, 3, 4])
        let other = Tensor((0..<12).map { Float(240 - $0 * 20) }, shape: [1, 3, 4])
        #expect(FarnebackFlow()(from: picture, to: other).scalars.allSatisfy { $0.isFinite })
    }
}
