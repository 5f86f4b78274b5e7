import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

/// Real and predicted clips with the values that scikit-image and NumPy gave for each frame.
private struct Golden {
    let real: Tensor
    let predicted: Tensor
    let peak: Double
    let values: [String: Tensor]

    static let names = ["rgb", "grey", "five", "extremes", "float"]

    init(_ name: String) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/pixel_metrics", withExtension: "safetensors"))
        let file = try SafeTensors(readingFrom: url.path)
        real = try #require(file.tensors[name + ".real"])
        predicted = try #require(file.tensors[name + ".predicted"])
        peak = Double(try #require(file.tensors[name + ".peak"]).scalar)
        values = Dictionary(
            uniqueKeysWithValues: file.tensors.filter { $0.key.hasPrefix(name + ".") }
                .map { (String($0.key.dropFirst(name.count + 1)), $0.value) })
    }
}

/// Those that need no network.
private let pixelMetrics =
    PSNR.Variant.allCases.map(\.rawValue) + SSIM.Variant.allCases.map(\.rawValue)
    + PixelError.Variant.allCases.map(\.rawValue)

private func paired(_ name: String, peak: Double = 255) throws -> any PairedMetric {
    let metric = try MetricRegistry.standard.metric(named: name, settings: MetricSettings(peak: peak))
    return try #require(metric as? any PairedMetric)
}

private func bytes(_ value: UInt8, _ shape: [Int]) -> Tensor {
    Tensor([UInt8](repeating: value, count: shape.reduce(1, *)), shape: shape)
}

private func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    let stream = RandomStream(seed: seed, name: "pixels")
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { UInt8(stream.integer(below: 256, at: $0)) }, shape: shape)
}

@Suite struct PixelMetricTests {
    @Test(arguments: Golden.names, ["psnr", "ssim", "ssim:uniform", "mse", "mse:sum", "mae"])
    func asOthersComputeIt(name: String, metric: String) throws {
        let golden = try Golden(name)
        let expected = try #require(golden.values[metric])
        let measured = try paired(metric, peak: golden.peak).measure(real: golden.real, predicted: golden.predicted)
        #expect([measured.count, measured[0].perFrame.count] == expected.shape)
        for (ours, theirs) in zip(measured.flatMap(\.perFrame), expected.scalars.map(Double.init)) {
            #expect(abs(ours - theirs) <= 2e-7 * max(1, abs(theirs)), "\(ours) instead of \(theirs)")
        }
        for clip in measured {
            #expect(abs(clip.value - clip.perFrame.reduce(0, +) / Double(clip.perFrame.count)) < 1e-12)
        }
    }

    /// The variants that average before the logarithm, from the golden errors.
    @Test func averagedErrors() throws {
        let golden = try Golden("rgb")
        let errors = try #require(golden.values["mse"]).scalars.map(Double.init)
        let perClip = [errors[0..<3], errors[3..<6]].map { -10 * log10($0.reduce(0, +) / 3) }
        let perSet = -10 * log10(errors.reduce(0, +) / 6)
        for (name, value) in [("psnr:clip", (perClip[0] + perClip[1]) / 2), ("psnr:set", perSet)] {
            let accumulator = try paired(name).makeAccumulator()
            try accumulator.add(real: golden.real, predicted: golden.predicted)
            let result = try accumulator.result()
            #expect(abs(result.value - value) < 1e-5, "\(name)")
            #expect((result.interval == nil) == (name == "psnr:set"))
        }
        let byStep = (0..<3).map { -10 * log10((errors[$0] + errors[$0 + 3]) / 2) }
        let accumulator = try paired("psnr:set").makeAccumulator()
        try accumulator.add(real: golden.real, predicted: golden.predicted)
        for (ours, theirs) in zip(try #require(try accumulator.result().perStep), byStep) {
            #expect(abs(ours - theirs) < 1e-5)
        }
    }

    @Test(arguments: pixelMetrics) func identicalClips(name: String) throws {
        let clips = noise([2, 3, 16, 12, 3])
        let accumulator = try paired(name).makeAccumulator()
        try accumulator.add(real: clips, predicted: clips)
        let result = try accumulator.result()
        let perfect = name.hasPrefix("psnr") ? 100.0 : name.hasPrefix("ssim") ? 1.0 : 0.0
        #expect(abs(result.value - perfect) < 1e-12)
        #expect(result.perStep?.count == 3)
        if name.hasPrefix("psnr") {
            #expect(result.notes == ["6 of 6 frames have no error at all; values are limited to 100 dB"])
        }
    }

    /// Flat pictures have no variance; what is left is the comparison of their means, known in closed form.
    @Test func constantClips() throws {
        let (x, y) = (bytes(200, [1, 2, 11, 13, 1]), bytes(190, [1, 2, 11, 13, 1]))
        func value(_ name: String) throws -> Double { try paired(name).measure(real: x, predicted: y)[0].value }
        #expect(abs(try value("psnr") - 10 * log10(255.0 * 255 / 100)) < 1e-12)
        #expect(abs(try value("mse") - 100 / (255.0 * 255)) < 1e-15)
        #expect(abs(try value("mse:sum") - 143 * 100 / (255.0 * 255)) < 1e-12)
        #expect(abs(try value("mae") - 10 / 255.0) < 1e-15)
        let c1 = 2.55 * 2.55
        let means = (2 * 200 * 190 + c1) / (200.0 * 200 + 190 * 190 + c1)
        #expect(abs(try value("ssim") - means) < 1e-9)
        #expect(abs(try value("ssim:uniform") - means) < 1e-9)
    }

    @Test func framesSmallerThanTheWindow() throws {
        let clips = bytes(3, [1, 1, 10, 32, 1])
        let error = try #require(throws: MetricError.self) {
            _ = try paired("ssim").measure(real: clips, predicted: clips)
        }
        #expect(
            error.description
                == "ssim: found frames of 32×10 pixels, expected at least 11×11, the metric's window; "
                + "score larger frames or leave ssim out")
        #expect(try paired("ssim:uniform").measure(real: clips, predicted: clips)[0].value == 1)
    }

    @Test func clipsThatDoNotFit() throws {
        let clips = bytes(3, [1, 2, 16, 16, 1])
        for (other, found) in [
            (bytes(3, [1, 3, 16, 16, 1]), "[1, 3, 16, 16, 1]"), (Tensor(zeros: [1, 2, 16, 16, 1]), "float32"),
        ] {
            let error = try #require(throws: MetricError.self) {
                _ = try paired("psnr").measure(real: clips, predicted: other)
            }
            #expect(error.description.contains(found))
        }
        #expect(throws: MetricError.self) {
            _ = try paired("psnr").measure(real: bytes(1, [16, 16, 1]), predicted: bytes(1, [16, 16, 1]))
        }
        #expect(throws: MetricError.noClips(metric: "psnr")) { _ = try paired("psnr").makeAccumulator().result() }
    }

    @Test(arguments: pixelMetrics) func notANumber(name: String) throws {
        var numbers = [Float](repeating: 0.5, count: 2 * 3 * 16 * 16)
        numbers[(3 + 2) * 256 + 17] = .nan
        let clips = Tensor([Float](repeating: 0.25, count: numbers.count), shape: [2, 3, 16, 16, 1])
        #expect(throws: MetricError.notFinite(metric: name, clip: 1, frame: 2)) {
            _ = try paired(name).measure(real: clips, predicted: Tensor(numbers, shape: [2, 3, 16, 16, 1]))
        }
    }

    /// A clip in pieces is the same clip.
    @Test(arguments: pixelMetrics) func pieces(name: String) throws {
        let (real, predicted) = (noise([2, 5, 16, 12, 3]), noise([2, 5, 16, 12, 3], seed: 2))
        let metric = try paired(name)
        let (whole, parts) = (PairedAccumulator(metric), PairedAccumulator(metric))
        try whole.add(real: real, predicted: predicted)
        #expect(parts.takesPieces)
        for clip in 0..<2 {
            for (first, count) in [(0, 2), (2, 2), (4, 1)] {
                func piece(_ clips: Tensor) -> Tensor {
                    clips.sliced(0, from: clip, count: 1).sliced(1, from: first, count: count)
                }
                try parts.add(pieceOf: piece(real), predicted: piece(predicted))
            }
            parts.finishClip()
        }
        #expect(try parts.result() == whole.result())
    }

    /// Clips one by one, all at once, or in any grouping: the same numbers.
    @Test(arguments: pixelMetrics) func grouping(name: String) throws {
        let (real, predicted) = (noise([6, 2, 16, 12, 3]), noise([6, 2, 16, 12, 3], seed: 2))
        let (whole, parts) = (try paired(name).makeAccumulator(), try paired(name).makeAccumulator())
        try whole.add(real: real, predicted: predicted)
        let (realClips, predictedClips) = (real.scalars(as: UInt8.self), predicted.scalars(as: UInt8.self))
        let size = realClips.count / 6
        for (first, count) in [(0, 1), (1, 3), (4, 2)] {
            let range = first * size..<(first + count) * size
            try parts.add(
                real: Tensor(Array(realClips[range]), shape: [count, 2, 16, 12, 3]),
                predicted: Tensor(Array(predictedClips[range]), shape: [count, 2, 16, 12, 3]))
        }
        #expect(try whole.result() == parts.result())
        #expect(try whole.result().clips == 6)
    }

    @Test func interval() throws {
        let accumulator = PairedAccumulator(try paired("mse"))
        for value in [0.21, 0.22, 0.23, 0.26] { accumulator.add(ClipMeasurement(value: value, perFrame: [value])) }
        let result = try accumulator.result()
        // Student's t of three degrees of freedom, from a table.
        let halfWidth = 3.182446305 * (0.0014 / 3).squareRoot() / 2
        let interval = try #require(result.interval)
        #expect(abs(result.value - 0.23) < 1e-12)
        #expect(abs(interval[0] - (0.23 - halfWidth)) < 1e-9 && abs(interval[1] - (0.23 + halfWidth)) < 1e-9)
    }

    @Test(
        "An interval of two clips keeps to what the metric can be",
        arguments: [
            ("mse", 0.001, 0.01, 0.0...1), ("mae", 0.5, 0.99, 0...1), ("mse:sum", 1, 90, 0 ... .infinity),
            ("psnr", 90, 100, 0...100), ("psnr", 1, 9, 0...100), ("ssim", 0.4, 0.99, -1...1), ("ssim", -0.9, 0, -1...1),
        ])
    func intervalsKeepToTheRange(name: String, first: Double, second: Double, range: ClosedRange<Double>) throws {
        let accumulator = PairedAccumulator(try paired(name))
        for value in [first, second] { accumulator.add(ClipMeasurement(value: value, perFrame: [value])) }
        let result = try accumulator.result()
        let interval = try #require(result.interval)
        // 12.7 times the standard error, which is half the difference, would go beyond one end at least.
        let halfWidth = 12.7062047 * (second - first) / 2
        #expect(abs(interval[0] - max(range.lowerBound, result.value - halfWidth)) < 1e-6 * halfWidth)
        #expect(abs(interval[1] - min(range.upperBound, result.value + halfWidth)) < 1e-6 * halfWidth)
        #expect(interval[0] == range.lowerBound || interval[1] == range.upperBound)
        #expect(interval[0] <= result.value && result.value <= interval[1])
    }

    @Test(
        "Student's t is the table's",
        arguments: [
            (1, 12.7062047362), (2, 4.3026527297), (3, 3.1824463053), (4, 2.7764451052), (9, 2.2621571628),
            (30, 2.0422724563),
            (99, 1.9842169516), (200, 1.9718962236), (201, 1.9718365), (1_000, 1.9623390808), (1_000_000, 1.9599663),
        ])
    func studentsT(degreesOfFreedom: Int, t: Double) {
        #expect(abs(StudentT.twoSided95(degreesOfFreedom: degreesOfFreedom) - t) < 1e-6)
    }

    @Test func theBetterOfTwo() throws {
        let real = bytes(100, [1, 1, 16, 16, 1])
        for name in pixelMetrics {
            let metric = try paired(name)
            let near = try metric.measure(real: real, predicted: bytes(101, [1, 1, 16, 16, 1]))[0]
            let far = try metric.measure(real: real, predicted: bytes(140, [1, 1, 16, 16, 1]))[0]
            #expect(metric.isBetter(near, than: far), "\(name)")
            #expect(!metric.isBetter(far, than: near), "\(name)")
        }
    }
}

@Suite struct MetricRegistryTests {
    @Test func names() throws {
        #expect(
            MetricRegistry.standard.names == [
                "psnr", "psnr:clip", "psnr:set", "ssim", "ssim:uniform", "mse", "mse:sum", "mae", "lpips",
                "lpips:vgg", "fvd", "fvd:styleganv", "fvd:videogpt", "fvd:tats", "kvd", "kvd:paper", "kvd:all",
            ])
        for name in pixelMetrics {
            #expect(try MetricRegistry.standard.metric(named: name).name == name)
        }
        #expect(try MetricRegistry.standard.metrics(listed: "ssim, psnr:set,ssim").map(\.name) == ["ssim", "psnr:set"])
    }

    @Test func unknownNames() throws {
        let slip = try #require(throws: MetricError.self) { _ = try MetricRegistry.standard.metric(named: "pnsr") }
        #expect(slip.description == "no metric is called 'pnsr'; did you mean 'psnr'?")
        let other = try #require(throws: MetricError.self) { _ = try MetricRegistry.standard.metric(named: "beauty!!") }
        #expect(other.description.hasPrefix("no metric is called 'beauty!!'; known are psnr, psnr:clip"))
    }

    /// A metric from outside the package: a set metric that compares brightness.
    @Test func furtherMetrics() throws {
        final class Brightness: Metric, SetMetricAccumulator {
            let name = "brightness"
            let convention = "difference of the sets' means"
            let higherIsBetter = false
            nonisolated(unsafe) var sums: [MetricSide: (Double, Int)] = [:]
            func makeAccumulator() -> any MetricAccumulator { Brightness() }
            func add(_ clips: Tensor, to side: MetricSide) throws {
                let (sum, count) = sums[side] ?? (0, 0)
                sums[side] = (sum + clips.scalars(as: UInt8.self).reduce(0) { $0 + Double($1) }, count + clips.count)
            }
            func result() throws -> MetricResult {
                let means = MetricSide.allCases.map { side in sums[side].map { $0.0 / Double($0.1) } ?? 0 }
                return MetricResult(
                    value: means[1] - means[0], convention: convention, higherIsBetter: false, clips: 1)
            }
        }
        var registry = MetricRegistry.standard
        registry.register("brightness") { _ in Brightness() }
        let accumulator = try registry.metric(named: "brightness").makeAccumulator()
        try accumulator.add(real: bytes(3, [1, 1, 2, 2, 1]), predicted: bytes(5, [1, 1, 2, 2, 1]))
        #expect(try accumulator.result().value == 2)
        let sides = try #require(accumulator as? any SetMetricAccumulator)
        try sides.add(bytes(7, [1, 1, 2, 2, 1]), to: .predicted)
        #expect(try accumulator.result().value == 3)
    }
}
