import AuspexMetrics
import AuspexSupport
import AuspexTensors
import TestSupport
import Testing

@Suite struct FramePreparationTests {
    @Test(arguments: FramePreparation.conventions.keys.sorted()) func pixelsAsOthersPrepareThem(name: String) throws {
        let golden = try GoldenFile.tensors("video_features")
        let clips = try #require(golden["real"])
        let preparation = try #require(FramePreparation(rawValue: name))
        let places = try #require(golden["places"]).scalars(as: Int32.self).map(Int.init)
        let prepared = preparation(clips, peak: 255)
        #expect(prepared.shape == [5, 9, 224, 224, 3])
        let found = sampled(prepared, at: places)
        let expected = try #require(golden["prepared.\(name)"])
        #expect(mismatch(found, expected, absolute: 5e-6, relative: 0) == nil)
    }

    /// Frames of sharp stripes, enlarged and reduced, as PyTorch and Pillow resize them.
    @Test(arguments: FrameSampling.allCases.filter { $0 != .corner }, FramePreparation.Framing.allCases)
    func rulesOfOthers(sampling: FrameSampling, framing: FramePreparation.Framing) throws {
        let golden = try GoldenFile.tensors("frame_preparation")
        let places = try #require(golden["places"]).scalars(as: Int32.self).map(Int.init)
        for (height, width) in [(20, 30), (500, 300), (224, 300)] {
            let pixels = (0..<height * width * 3).map { place in
                let (y, x, c) = (place / 3 / width, place / 3 % width, place % 3)
                return UInt8((3 * y * y + 7 * x + 5 * x * y + 85 * c) % 256)
            }
            let preparation = FramePreparation(sampling, framing: framing, range: .bytes)
            let found = sampled(preparation(Tensor(pixels, shape: [1, 1, height, width, 3]), peak: 255), at: places)
            let expected = try #require(golden["\(height)x\(width).\(sampling.rawValue).\(framing.rawValue)"])
            // Pillow counts in whole numbers, so its bytes are met exactly.
            let allowed = sampling == .antialiased ? 0 : 0.02
            #expect(mismatch(found, expected, absolute: allowed, relative: 0) == nil, "\(height)×\(width)")
        }
    }

    private func sampled(_ prepared: Tensor, at places: [Int]) -> Tensor {
        let pixels = prepared.scalars
        let values = places.flatMap { row in
            places.flatMap { column in (0..<3).map { pixels[(row * 224 + column) * 3 + $0] } }
        }
        return Tensor(values, shape: [places.count, places.count, 3])
    }

    /// The pixels of one output that have a share, and their shares.
    private func taps(_ preparation: FramePreparation, _ count: Int, other: Int, output: Int) -> [Int: Float] {
        let taps = preparation.taps(count, other: other)
        let range = output * taps.width..<(output + 1) * taps.width
        let shared = range.filter { taps.shares[$0] != 0 }
        return Dictionary(shared.map { (taps.pixels[$0], taps.shares[$0]) }, uniquingKeysWith: +)
    }

    @Test func placesOfTheRules() {
        // 448 to 224: every second pixel by the corners, between two by the centres.
        #expect(taps(.published, 448, other: 448, output: 5) == [10: 1])
        #expect(taps(.centred, 448, other: 448, output: 5) == [10: 0.5, 11: 0.5])
        // The far end repeats the last pixel.
        #expect(taps(.published, 112, other: 112, output: 223) == [111: 1])
        #expect(taps(.centred, 112, other: 112, output: 0) == [0: 1])
        // 448 wide and 224 high: the middle 224 columns unchanged.
        #expect(taps(.cropped, 448, other: 224, output: 0) == [112: 1])
        #expect(taps(.cropped, 224, other: 448, output: 7) == [7: 1])
        // An antialiased half is the triangle over four pixels; aligned corners are corners.
        #expect(taps(.init(.antialiased), 448, other: 448, output: 5) == [9: 0.125, 10: 0.375, 11: 0.375, 12: 0.125])
        #expect(taps(.init(.aligned), 100, other: 100, output: 223) == [99: 1])
    }

    @Test func coloursOnTheirWay() {
        let clip = Tensor([UInt8](arrayLiteral: 0, 128, 255), shape: [1, 1, 1, 1, 3])
        func pixel(_ preparation: FramePreparation) -> [Float] {
            Array(preparation(clip, peak: 255).scalars.prefix(3))
        }
        func isNear(_ found: [Float], _ expected: [Float]) -> Bool {
            zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 }
        }
        #expect(isNear(pixel(.init(channels: .bgr, range: .bytes)), [255, 128, 0]))
        #expect(isNear(pixel(.init(levels: .limited, range: .bytes)), [16, 126, 235]))
        #expect(isNear(pixel(.init(levels: .expanded, range: .bytes)), [0, 130, 255]))
        #expect(isNear(pixel(.init(range: .unit)), [0, 128 / 255, 1]))
        #expect(isNear(pixel(.init(range: .half)), [-0.5, 128 / 255 - 0.5, 0.5]))
        #expect(isNear(pixel(.init(range: .scaledTwice)), [-1, 256.0 / 65025 - 1, 2.0 / 255 - 1]))
        #expect(isNear(pixel(.init(range: .shiftedTwice)), [-3, 512.0 / 255 - 3, 1]))
    }

    @Test func namesSayAll() {
        for sampling in FrameSampling.allCases {
            for range in FrameColours.Range.allCases {
                let preparation = FramePreparation(
                    sampling, framing: .cropped, channels: .bgr, levels: .limited, range: range)
                #expect(FramePreparation(rawValue: preparation.rawValue) == preparation)
            }
        }
        #expect(FramePreparation(.centred).rawValue == "centred")
        #expect(FramePreparation(rawValue: "centered") == nil)
    }

    @Test func greyAndFloatClips() {
        let stream = RandomStream(seed: 1, name: "pixels")
        let grey = (0..<2 * 10 * 12).map { UInt8(stream.integer(below: 256, at: $0)) }
        let clip = Tensor(grey, shape: [1, 2, 10, 12, 1])
        let expected = FramePreparation.published(
            Tensor(grey.flatMap { [$0, $0, $0] }, shape: [1, 2, 10, 12, 3]), peak: 255)
        #expect(mismatch(FramePreparation.published(clip, peak: 255), expected, absolute: 0, relative: 0) == nil)
        let floats = Tensor(grey.map { Float($0) / 255 }, shape: [1, 2, 10, 12, 1])
        #expect(mismatch(FramePreparation.published(floats, peak: 1), expected, absolute: 2e-6, relative: 0) == nil)
    }
}
