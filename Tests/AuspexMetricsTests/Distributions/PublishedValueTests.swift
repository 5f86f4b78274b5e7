import AuspexMetrics
import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

/// The weights are 120 MB and not required for the tests: `auspex weights fetch i3d` and `lpips` let these run. In CI they have to be there.
private enum Weights {
    static let note: Comment = "needs weights: 'auspex weights fetch i3d' and 'auspex weights fetch lpips'"

    static func arePresent(_ files: WeightsFile...) -> Bool {
        ProcessInfo.processInfo.environment["CI"] != nil
            || files.allSatisfy { FileManager.default.fileExists(atPath: WeightsStore.standard.path(of: $0)) }
    }
}

/// `max|a − b| / max|b|`; infinite where shapes differ or a number is NaN.
private func deviation(_ a: Tensor, _ b: Tensor) -> Double {
    guard a.shape == b.shape else { return .infinity }
    let difference = largestMagnitude(zip(a.scalars, b.scalars).map { $0 - $1 })
    return difference.isFinite ? difference / largestMagnitude(b.scalars) : .infinity
}

private func result(_ name: String, real: Tensor, predicted: Tensor) throws -> MetricResult {
    let accumulator = try MetricRegistry.standard.metric(named: name).makeAccumulator()
    try accumulator.add(real: real, predicted: predicted)
    return try accumulator.result()
}

@Suite(.enabled(if: Weights.arePresent(.i3d), Weights.note), .serialized)
struct PublishedVideoDistanceTests {
    @Test func logitsAsThePackageGivesThem() throws {
        let golden = try GoldenFile.tensors("video_features")
        let network = try I3D()
        for (clips, preparation) in [
            ("real", FramePreparation.published), ("predicted", .centred), ("real", .cropped), ("long", .published),
        ] {
            let found = network.logits(preparation(try #require(golden[clips]), peak: 255))
            let expected = try #require(golden["\(clips).\(preparation.rawValue)"])
            #expect(deviation(found, expected) <= 1e-4, "\(clips) \(preparation)")
        }
    }

    @Test func distancesAsSciPyFindsThem() throws {
        let golden = try GoldenFile.tensors("video_features")
        let (real, predicted) = (try #require(golden["real"]), try #require(golden["predicted"]))
        let names = ["fvd", "fvd:styleganv", "fvd:tats", "fvd:videogpt", "kvd:all", "kvd", "kvd:paper"]
        let accumulators = try MetricRegistry.standard.metrics(listed: names.joined(separator: ",")).map {
            try #require($0.makeAccumulator() as? any SetMetricAccumulator)
        }
        for accumulator in accumulators {
            try accumulator.add(real, to: .real)
            try accumulator.add(predicted, to: .predicted)
        }
        for (name, accumulator) in zip(names, accumulators) {
            let found = try accumulator.result()
            let expected = try #require(golden[name]).scalars.map(Double.init)
            // Subsets leave one of five clips out: their mean is between the least and the greatest.
            let allowed = 1e-3 * abs(expected[0])
            #expect(
                found.value >= expected[0] - allowed && found.value <= (expected.last ?? 0) + allowed,
                "\(name): \(found.value)")
            #expect(found.weights?.contains(WeightsFile.i3d.checksum) == true)
        }
    }

    /// On processors without instructions for it the same rounding runs in float32 kernels, so that what it does to the distance is known everywhere.
    @Test func bfloat16ChangesTheDistanceLittle() throws {
        let golden = try GoldenFile.tensors("video_features")
        let exact = try #require(golden["fvd"]).scalars.map(Double.init)[0]
        let network = try I3D(precision: .bfloat16)
        let sets = try ["real", "predicted"].map { name in
            let logits = network.logits(FramePreparation.published(try #require(golden[name]), peak: 255))
            return ClipFeatures(size: I3D.logitCount, values: logits.scalars)
        }
        let found = FrechetDistance.between(sets[0], sets[1])
        #expect(found != exact && abs(found / exact - 1) < 0.02, "\(found), in float32 \(exact)")
        // The metric is of that network, and says so.
        let metric = try FrechetVideoDistance(settings: MetricSettings(precision: .bfloat16))
        let accumulator = try #require(metric.makeAccumulator() as? any SetMetricAccumulator)
        try accumulator.add(try #require(golden["real"]), to: .real)
        try accumulator.add(try #require(golden["predicted"]), to: .predicted)
        let result = try accumulator.result()
        #expect(abs(result.value / found - 1) < 1e-3 && abs(result.value / exact - 1) > 1e-5, "\(result.value)")
        #expect(result.convention.contains("(Kinetics-400) in bfloat16;"))
    }

    /// Values that others published: 151.392 by the original code; 133.908 by the port.
    @Test(arguments: [(30, 151.392), (15, 133.908)]) func constantClips(frames: Int, published: Double) throws {
        func clips(_ value: UInt8) -> Tensor {
            Tensor([UInt8](repeating: value, count: 2 * frames * 64 * 64 * 3), shape: [2, frames, 64, 64, 3])
        }
        let found = try result("fvd", real: clips(0), predicted: clips(255))
        #expect(abs(found.value - published) < 0.002, "\(found.value)")
    }

    /// 10.138 in fvd-comparison, by the original code in TensorFlow: noise of NumPy's generator goes into the network unchanged.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["AUSPEX_DEEP"] != nil, "takes minutes: set AUSPEX_DEEP"))
    func randomClips() throws {
        let network = try I3D()
        let sets = [1, 2].map { seed -> ClipFeatures in
            var random = MersenneTwister(seed: seed)
            var features = ClipFeatures(size: I3D.logitCount)
            for _ in 0..<32 {
                let pixels = (0..<4 * 16 * 224 * 224 * 3).map { _ in Float(random.uniform()) }
                features.append(network.logits(Tensor(pixels, shape: [4, 16, 224, 224, 3])).scalars)
            }
            return features
        }
        #expect(abs(FrechetDistance.between(sets[0], sets[1]) - 10.1381) < 0.002)
        #expect(abs(FrechetDistance.between(sets[0], sets[1], divisor: .all) - 10.0628) < 0.002)
    }

    @Test func aSetAgainstItself() throws {
        let real = try #require(GoldenFile.tensors("video_features")["real"])
        #expect(try result("fvd", real: real, predicted: real).value < 1e-3)
    }
}

@Suite(.enabled(if: Weights.arePresent(.lpipsAlexNet, .lpipsVGG), Weights.note), .serialized)
struct PublishedPerceptualTests {
    @Test(arguments: ["lpips", "lpips:vgg"]) func asThePackageGivesThem(name: String) throws {
        let golden = try GoldenFile.tensors("video_features")
        let (first, second) = (try #require(golden["first"]), try #require(golden["second"]))
        let metric = try #require(try MetricRegistry.standard.metric(named: name) as? any PairedMetric)
        let found = try metric.measure(real: first, predicted: second)
        let values = Tensor(found.flatMap(\.perFrame).map(Float.init), shape: [2, 2])
        #expect(mismatch(values, try #require(golden[name]), absolute: 1e-6, relative: 1e-4) == nil)
        #expect(try metric.measure(real: first, predicted: first).allSatisfy { $0.value == 0 })
        #expect(try result(name, real: first, predicted: second).weights?.hasPrefix("lpips-") == true)
    }

    @Test func theSmallestFrames() throws {
        let golden = try GoldenFile.tensors("video_features")
        func cut(_ name: String, _ height: Int, _ width: Int) throws -> Tensor {
            try #require(golden[name]).sliced(2, from: 0, count: height).sliced(3, from: 0, count: width)
        }
        let metric = try LPIPS()
        let found = try metric.measure(real: cut("first", 31, 33), predicted: cut("second", 31, 33))
        let values = Tensor(found.flatMap(\.perFrame).map(Float.init), shape: [2, 2])
        #expect(mismatch(values, try #require(golden["smallest.lpips"]), absolute: 1e-6, relative: 1e-4) == nil)
        #expect(throws: MetricError.tooSmall(metric: "lpips", height: 30, width: 40, window: 31)) {
            try metric.measure(real: cut("first", 30, 40), predicted: cut("second", 30, 40))
        }
    }
}
