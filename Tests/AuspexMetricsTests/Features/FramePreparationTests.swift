import AuspexMetrics
import AuspexTensors
import TestSupport
import Testing

@Suite struct FramePreparationTests {
    @Test(arguments: FramePreparation.allCases) func pixelsAsOthersPrepareThem(preparation: FramePreparation) throws {
        let golden = try GoldenFile.tensors("video_features")
        let clips = try #require(golden["real"])
        let places = try #require(golden["places"]).scalars(as: Int32.self).map(Int.init)
        let prepared = preparation(clips, peak: 255)
        #expect(prepared.shape == [5, 9, 224, 224, 3])
        let pixels = prepared.scalars
        let sampled = places.flatMap { row in
            places.flatMap { column in (0..<3).map { pixels[(row * 224 + column) * 3 + $0] } }
        }
        let found = Tensor(sampled, shape: [places.count, places.count, 3])
        let expected = try #require(golden["prepared.\(preparation.rawValue)"])
        #expect(mismatch(found, expected, absolute: 5e-6, relative: 0) == nil)
    }

    @Test func placesOfTheRules() {
        // 448 to 224: every second pixel by the corners, between two by the centres.
        #expect(FramePreparation.published.taps(448, other: 448)[5] == .init(first: 10, second: 11, weight: 0))
        #expect(FramePreparation.centred.taps(448, other: 448)[5] == .init(first: 10, second: 11, weight: 0.5))
        // The far end repeats the last pixel.
        #expect(FramePreparation.published.taps(112, other: 112)[223] == .init(first: 111, second: 111, weight: 0.5))
        #expect(FramePreparation.centred.taps(112, other: 112)[0] == .init(first: 0, second: 1, weight: 0))
        // 448 wide beside 224 high: the middle 224 columns as they are.
        #expect(FramePreparation.cropped.taps(448, other: 224)[0] == .init(first: 112, second: 113, weight: 0))
        #expect(FramePreparation.cropped.taps(224, other: 448)[7] == .init(first: 7, second: 8, weight: 0))
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
