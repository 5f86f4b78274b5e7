import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Synchronization
import Testing

/// Counts what goes through a network.
private final class Calls: Sendable {
    let batches = Mutex<[Int]>([])
}

/// FVD with a network of three numbers, the means of the channels.
private func metric(
    _ variant: FrechetVideoDistance.Variant = .published, extractor: FeatureExtractor, peak: Double = 255
) -> FrechetVideoDistance {
    FrechetVideoDistance(variant, settings: MetricSettings(peak: peak), extractor: extractor)
}

private func extractor(_ calls: Calls = Calls(), broken: Bool = false) -> FeatureExtractor {
    FeatureExtractor(preparation: .published, featureSize: 3) { clips in
        calls.batches.withLock { $0.append(clips.shape[0]) }
        let means = mean(clips, along: [1, 2, 3])
        return broken ? log(means) : means
    }
}

private func accumulator(_ metric: any Metric) throws -> any SetMetricAccumulator {
    try #require(metric.makeAccumulator() as? any SetMetricAccumulator)
}

private func noise(_ shape: [Int], seed: UInt64) -> Tensor {
    let stream = RandomStream(seed: seed, name: "pixels")
    // Clips that differ from each other, not only in noise.
    let clip = shape[1...].reduce(1, *)
    return Tensor(
        (0..<shape.reduce(1, *)).map { UInt8(stream.integer(below: 100, at: $0) + 20 * ($0 / clip % 7)) }, shape: shape)
}

private func errorOf(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}

@Suite struct FeatureMetricTests {
    @Test func setsNeedNotBePairs() throws {
        let accumulator = try accumulator(metric(extractor: extractor()))
        let (real, predicted) = (noise([6, 16, 8, 8, 3], seed: 1), noise([5, 16, 8, 8, 3], seed: 2))
        for clip in 0..<6 { try accumulator.add(real.sliced(0, from: clip, count: 1), to: .real) }
        try accumulator.add(predicted, to: .predicted)
        let result = try accumulator.result()
        let features = [real, predicted].map { clips in
            ClipFeatures(size: 3, values: mean(FramePreparation.published(clips, peak: 255), along: [1, 2, 3]).scalars)
        }
        let expected = FrechetDistance.between(features[0], features[1])
        #expect(abs(result.value - expected) <= 1e-5 * expected)
        #expect(result.clips == 5 && result.perStep == nil && !result.higherIsBetter)
        #expect(result.notes.contains { $0.contains("the value of 5 clips is biased upward") })
        let interval = try #require(result.interval)
        #expect(interval[0] >= 0 && interval[0] < result.value && result.value < interval[1])
    }

    /// Clips that come one by one go through the network by fours, and once for all metrics.
    @Test func onePassForAllVariants() throws {
        let calls = Calls()
        let extractor = extractor(calls)
        let accumulators = try [FrechetVideoDistance.Variant.published, .styleGANV, .tats].map {
            try accumulator(metric($0, extractor: extractor))
        }
        for clip in 0..<5 {
            let (real, predicted) = (
                noise([1, 9, 8, 8, 3], seed: UInt64(clip)), noise([1, 9, 8, 8, 3], seed: UInt64(clip + 50))
            )
            for accumulator in accumulators { try accumulator.add(real: real, predicted: predicted) }
        }
        let results = try accumulators.map { try $0.result() }
        #expect(calls.batches.withLock { $0 } == [4, 4, 2])
        #expect(results[0].value == results[2].value)
        #expect(results[1].value < results[0].value)
        #expect(results[1].convention.contains("covariances with n;"))
        #expect(results[0].notes.contains { $0.contains("clips have 9 frames") })
    }

    @Test func floatAndGreyClips() throws {
        let (real, predicted) = (noise([3, 9, 6, 6, 1], seed: 3), noise([3, 9, 6, 6, 1], seed: 4))
        let bytes = try accumulator(metric(extractor: extractor()))
        try bytes.add(real: real, predicted: predicted)
        let expected = try bytes.result()
        #expect(expected.notes.contains("greyscale clips were repeated to three channels"))
        func scaled(_ clips: Tensor) -> Tensor {
            Tensor(clips.scalars(as: UInt8.self).map { Float($0) / 255 }, shape: clips.shape)
        }
        let floats = try accumulator(metric(extractor: extractor(), peak: 1))
        try floats.add(real: scaled(real), predicted: scaled(predicted))
        #expect(abs(try floats.result().value - expected.value) < 1e-6)
    }

    @Test func whatIsRefused() throws {
        let accumulator = try accumulator(metric(extractor: extractor()))
        func refusal(_ clips: Tensor) -> String { errorOf { try accumulator.add(clips, to: .predicted) } }
        #expect(
            refusal(noise([1, 8, 6, 6, 3], seed: 1)).contains(
                "fvd: found predicted clips of 8 frames, expected at least 9"))
        #expect(
            refusal(noise([1, 16, 6, 6, 4], seed: 1)).contains(
                "found predicted clips of 4 channels, expected 3 (RGB) or 1 (grey): what alpha hides"))
        #expect(refusal(noise([1, 16, 6, 6, 2], seed: 1)).contains("clips of 2 channels"))
        #expect(refusal(noise([16, 6, 6, 3], seed: 1)).contains("[clip, time, height, width, channel]"))
        #expect(refusal(Tensor(zeros: [1, 9, 2, 2, 3], elementType: .int32)).contains("clips of int32"))
        #expect(errorOf { _ = try accumulator.result() }.contains("found no clips"))
        try accumulator.add(noise([2, 16, 6, 6, 3], seed: 1), to: .real)
        #expect(refusal(noise([1, 12, 6, 6, 3], seed: 1)).contains("clips of 12 frames beside others of 16"))
        #expect(refusal(noise([1, 12, 6, 6, 3], seed: 1)).contains("cut all to 12"))
        try accumulator.add(noise([1, 16, 6, 6, 3], seed: 1), to: .predicted)
        #expect(errorOf { _ = try accumulator.result() }.contains("found one predicted clip, expected at least two"))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func pixelsThatAreNoNumbers(value: Float) throws {
        let accumulator = try accumulator(metric(extractor: extractor()))
        var pixels = [Float](repeating: 1, count: 2 * 9 * 12)
        pixels[12 * 9 + 12 * 3 + 5] = value
        let clips = Tensor(pixels, shape: [2, 9, 2, 2, 3])
        #expect(errorOf { try accumulator.add(clips, to: .real) }.contains("frame 3 of clip 1 holds NaN or infinity"))
    }

    @Test func featuresThatAreNoNumbers() throws {
        let accumulator = try accumulator(metric(extractor: extractor(broken: true)))
        // A black clip's means are below zero, and have no logarithm.
        let white = Tensor([UInt8](repeating: 255, count: 9 * 12), shape: [1, 9, 2, 2, 3])
        let black = Tensor([UInt8](repeating: 0, count: 9 * 12), shape: [1, 9, 2, 2, 3])
        for clip in [white, white, black] { try accumulator.add(clip, to: .real) }
        for clip in [white, white] { try accumulator.add(clip, to: .predicted) }
        #expect(errorOf { _ = try accumulator.result() }.contains("features of real clip 2 with NaN or infinity"))
    }

    @Test func constantClipsAreLegalAndSaidToBe() throws {
        let accumulator = try accumulator(metric(extractor: extractor()))
        for (value, side): (UInt8, MetricSide) in [(0, .real), (0, .real), (255, .predicted), (255, .predicted)] {
            try accumulator.add(Tensor([UInt8](repeating: value, count: 16 * 12), shape: [1, 16, 2, 2, 3]), to: side)
        }
        let result = try accumulator.result()
        // Three means, each from −1 to 1.
        #expect(abs(result.value - 12) < 1e-5)
        #expect(result.notes.filter { $0.contains("the set has no variance") }.count == 2)
    }

    @Test func limitsOfVariants() throws {
        let accumulator = try accumulator(metric(.videoGPT, extractor: extractor()))
        let clips = Tensor((0..<300 * 9 * 3).map { UInt8($0 / 27 % 256) }, shape: [300, 9, 1, 1, 3])
        try accumulator.add(clips, to: .real)
        try accumulator.add(clips.sliced(0, from: 0, count: 20), to: .predicted)
        let result = try accumulator.result()
        #expect(result.notes.contains("256 of 300 real clips, drawn with seed 0"))
        #expect(result.clips == 20)
    }
}
