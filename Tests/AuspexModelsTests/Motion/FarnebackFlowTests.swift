import AuspexModels
import AuspexTensors
import Testing

@Suite("Optical flow by polynomial expansion")
struct FarnebackFlowTests {
    @Test("is OpenCV's, pixel by pixel", arguments: ["small", "wide", "odd"])
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
