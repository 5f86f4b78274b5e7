import AuspexEvaluation
import AuspexMetrics
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Synchronization
import TestSupport
import Testing

@Suite("How an evaluation uses its metrics")
struct EvaluationMetricsTests {
    private static let plan = EvaluationProtocol(
        name: "test", size: 32, contextFrames: 3, predictedFrames: 4, clips: 10)
    private static let request = ClipRequest(frames: 1, size: FrameSize(8))

    /// Nothing moves, so the last frame that is given is what follows.
    private static let still: MovingShapes = {
        var options = MovingShapes.Options()
        options.speeds = 0...0
        return MovingShapes(options)
    }()

    /// Applies the change for the future's number to the last frame.
    private final class Variations: Forecaster {
        let name = "model"
        private(set) var calls = 0
        private let change: (_ future: Int, _ pixel: Int, _ value: Float) -> Float

        init(_ change: @escaping (_ future: Int, _ pixel: Int, _ value: Float) -> Float) { self.change = change }

        func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
            let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
            return { [self] randomness in
                calls += 1
                let future = Int(randomness.name.split(separator: "/")[1])!
                let values = last.scalars.enumerated().map { change(future, $0 / 3, $1) }
                return joined([Tensor](repeating: Tensor(values, shape: last.shape), count: horizon), along: 1)
            }
        }
    }

    /// Brighter as a whole, which SSIM forgives; slightly chequered, which PSNR forgives; grey, which no metric does.
    private static var tastes: Variations {
        Variations { future, pixel, value in
            switch future {
            case 0: value + 0.3
            case 1: value + ((pixel / 32 + pixel % 32).isMultiple(of: 2) ? 0.1 : -0.1)
            default: value > 0 ? -0.8 : 0.8
            }
        }
    }

    @Test("The best and the worst future are each metric's own, with the interval over clips") func bestOfEach() throws
    {
        var plan = Self.plan
        (plan.samples, plan.metrics) = (3, ["psnr", "ssim"])
        let report = try Evaluation(plan).run([Self.tastes], on: Self.still, request: Self.request)
        // By hand: every future of every clip, measured alone.
        let metrics: [any PairedMetric] = [PSNR(), SSIM()]
        let request = ClipRequest(frames: 7, size: FrameSize(32))
        var values = [[[Double]]](repeating: [], count: metrics.count)
        for item in 0..<plan.clips {
            let frames = try Self.still.clip(at: ClipPlace(item: item), request: request).frames
            let clip = frames.reshaped(to: [1] + frames.shape)
            let context = clip.sliced(1, from: 0, count: 3).pixelsAsValues()
            let futures = (0..<3).map { number in
                Self.tastes.future(
                    of: context, horizon: 4,
                    drawnFrom: RandomStream(seed: 0, name: "by-hand/\(number)")
                ).valuesAsPixels()
            }
            for (number, metric) in metrics.enumerated() {
                values[number].append(
                    try futures.map {
                        try metric.measure(real: clip.sliced(1, from: 3, count: 4), predicted: $0)[0].value
                    })
            }
        }
        let favourites = values.map { $0.map { clip in clip.indices.max { clip[$0] < clip[$1] } } }
        #expect(favourites[0] != favourites[1], "the test needs metrics that disagree")
        let scores = try #require(report.models["model"])
        for (metric, clips) in zip(plan.metrics, values) {
            let range = metric == "psnr" ? 0.0...100 : -1...1
            try expect(scores.metrics[metric], isOver: clips.map { $0.reduce(0, +) / 3 }, within: range)
            try expect(scores.best?[metric], isOver: clips.map { $0.max()! }, within: range)
            try expect(scores.worst?[metric], isOver: clips.map { $0.min()! }, within: range)
        }
    }

    private func expect(
        _ result: MetricResult?, isOver values: [Double], within range: ClosedRange<Double>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try #require(result, sourceLocation: sourceLocation)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        // Student's t of nine degrees of freedom.
        try #require(values.count == 10)
        let half = 2.2621571628 * deviation / count.squareRoot()
        #expect(abs(result.value - mean) < 1e-9, sourceLocation: sourceLocation)
        let interval = try #require(result.interval, sourceLocation: sourceLocation)
        #expect(half > 0, sourceLocation: sourceLocation)
        #expect(abs(interval[0] - max(range.lowerBound, mean - half)) < 1e-8, sourceLocation: sourceLocation)
        #expect(abs(interval[1] - min(range.upperBound, mean + half)) < 1e-8, sourceLocation: sourceLocation)
    }

    @Test("Frames without error are counted over all futures, and also for the best") func perfectFrames() throws {
        var plan = Self.plan
        (plan.samples, plan.metrics) = (10, ["psnr"])
        let onePerfect = Variations { future, _, value in future == 4 ? value : value > 0 ? value - 0.5 : value + 0.5 }
        let report = try Evaluation(plan).run([onePerfect], on: Self.still, request: Self.request)
        #expect(report.allNotes.contains { $0.hasPrefix("model, psnr: 40 of 400 frames have no error") })
        #expect(report.allNotes.contains { $0.hasPrefix("model, best of 10, psnr: 40 of 40 frames have no error") })
        #expect(!report.allNotes.contains { $0.contains("worst") })
    }

    @Test("For a clipped interval, ± is the distance to its farther end") func cutInterval() throws {
        var report = try Evaluation(Self.plan).run([CopyLast()], on: Self.still, request: Self.request)
        report.models["copy-last"]?.metrics["mse"] = MetricResult(
            value: 4, interval: [0, 10], convention: "", higherIsBetter: false, clips: 10)
        #expect(report.table.contains("4.000 ±6.000"))
        report.models["copy-last"]?.metrics["ssim"] = MetricResult(
            value: 0.875, interval: [0.5, 1], convention: "", higherIsBetter: true, clips: 10)
        #expect(report.table.contains("±0.375"))
    }

    /// Counts clips that go through a network of 400 pixels.
    private final class CountedNetwork: @unchecked Sendable {
        private let seen = Mutex(0)
        private var extractors: [ObjectIdentifier?: FeatureExtractor] = [:]
        var clips: Int { seen.withLock { $0 } }

        /// `fvd` and `kvd` on one extractor, as the standard ones are.
        var registry: MetricRegistry {
            var registry = MetricRegistry.standard
            registry.register("fvd") {
                FrechetVideoDistance(.published, settings: $0, extractor: self.extractor($0))
            }
            registry.register("kvd") { KernelVideoDistance(.subsets, settings: $0, extractor: self.extractor($0)) }
            return registry
        }

        private func extractor(_ settings: MetricSettings) -> FeatureExtractor {
            let key = settings.cache.map { ObjectIdentifier($0) }
            if let extractor = extractors[key] { return extractor }
            let extractor = FeatureExtractor(
                preparation: .published, featureSize: 400, cache: settings.cache, checksum: "of a test"
            ) { clips in
                self.seen.withLock { $0 += clips.shape[0] }
                let rows = clips.reshaped(to: [clips.shape[0], clips.count / clips.shape[0]])
                return rows.sliced(1, from: 0, count: 400)
            }
            extractors[key] = extractor
            return extractor
        }
    }

    @Test("Several metrics of features take every clip through the network once, and a second evaluation takes none")
    func oneNetworkPass() throws {
        let folder = try TemporaryFolder()
        let network = CountedNetwork()
        var plan = Self.plan
        (plan.contextFrames, plan.metrics) = (5, ["fvd", "kvd"])
        func evaluate(_ cache: FeatureCache?) throws -> EvaluationReport {
            try Evaluation(plan, registry: network.registry, cache: cache).run(
                [Variations { _, _, value in value / 2 }, CopyLast(), FlowExtrapolation()], on: Self.still,
                request: Self.request)
        }
        let first = try evaluate(nil)
        // Ten real clips, and ten of each forecaster.
        #expect(network.clips == 40)
        // Nothing moves, so both baselines' clips are the real ones, and known by their pixels.
        let second = try evaluate(FeatureCache(folder: folder.file("features")))
        #expect(network.clips == 60)
        let third = try evaluate(FeatureCache(folder: folder.file("features")))
        #expect(network.clips == 60)
        #expect(first.models.mapValues(\.metrics) == second.models.mapValues(\.metrics))
        #expect(first.models.mapValues(\.metrics) == third.models.mapValues(\.metrics))
    }

    /// Mean absolute difference of clips of two sets in order, on the scale 0…1: the value shows which frames it was given.
    private struct SetError: Metric {
        let name = "set-error"
        let convention = "of a test"
        let higherIsBetter = false
        func makeAccumulator() -> any MetricAccumulator { Accumulator() }

        final class Accumulator: SetMetricAccumulator {
            private var clips: [MetricSide: [Tensor]] = [:]
            func add(_ clips: Tensor, to side: MetricSide) { self.clips[side, default: []].append(clips) }
            func result() -> MetricResult {
                let (real, predicted) = (clips[.real] ?? [], clips[.predicted] ?? [])
                let differences = zip(real, predicted).flatMap { pair in
                    zip(pair.0.pixelsAsValues().scalars, pair.1.pixelsAsValues().scalars).map {
                        Double(abs($0 - $1)) / 2
                    }
                }
                return MetricResult(
                    value: differences.reduce(0, +) / Double(differences.count), convention: "of a test",
                    higherIsBetter: false, clips: predicted.reduce(0) { $0 + $1.shape[0] },
                    notes: ["\(real.first?.shape[1] ?? 0) real and \(predicted.first?.shape[1] ?? 0) predicted frames"])
            }
        }
    }

    @Test("Metrics of sets see one future per clip, on context + prediction or the prediction alone") func sets() throws
    {
        var registry = MetricRegistry.standard
        registry.register("set-error") { _ in SetError() }
        var plan = Self.plan
        (plan.samples, plan.metrics) = (3, ["set-error", "mae"])
        func result(_ frames: EvaluationProtocol.DistributionFrames) throws -> MetricResult {
            plan.distributionFrames = frames
            let report = try Evaluation(plan, registry: registry).run(
                [Self.tastes, CopyLast()], on: Self.still, request: Self.request)
            #expect(report.models["copy-last"]?.metrics["set-error"]?.value == 0)
            #expect(report.models["model"]?.best?["set-error"] == nil)
            #expect(report.metricsWithCurves == ["mae"])
            return try #require(report.models["model"]?.metrics["set-error"])
        }
        // The first future alone.
        var single = plan
        (single.samples, single.metrics) = (1, ["mae"])
        let alone = try Evaluation(single).run([Self.tastes], on: Self.still, request: Self.request)
        let error = try #require(alone.models["model"]?.metrics["mae"]?.value)
        let (whole, part) = (try result(.contextAndPrediction), try result(.prediction))
        #expect(abs(part.value - error) < 1e-6 && part.clips == 10)
        #expect(abs(whole.value - error * 4 / 7) < 1e-6 && whole.clips == 10)
        #expect(whole.notes == ["7 real and 7 predicted frames"] && part.notes == ["4 real and 4 predicted frames"])
        #expect(whole.convention == "of a test; one future a clip, on context + prediction (3 + 4 = 7 frames)")
        #expect(part.convention == "of a test; one future a clip, on the prediction alone (4 frames)")
    }

    @Test("Clips that a distance cannot take are refused before anything is predicted") func before() throws {
        let registry = try ScoringFixtures().registry
        let model = Variations { $2 }
        func refusal(_ change: (inout EvaluationProtocol) -> Void) throws -> String {
            var plan = Self.plan
            (plan.contextFrames, plan.metrics) = (5, ["psnr", "fvd"])
            change(&plan)
            let error = #expect(throws: MetricError.self) {
                try Evaluation(plan, registry: registry).run([model], on: Self.still, request: Self.request)
            }
            return error?.description ?? ""
        }
        #expect(try refusal { $0.clips = 1 }.contains("fvd: found one real clip, expected at least two"))
        #expect(
            try refusal { $0.distributionFrames = .prediction }.contains(
                "fvd: found clips of 4 frames, expected at least 9"))
        #expect(try refusal { $0.contextFrames = 4 }.contains("clips of 8 frames"))
        #expect(try refusal { ($0.metrics, $0.clips) = (["kvd"], 1) }.contains("kvd: found one real clip"))
        #expect(model.calls == 0)
        var plan = Self.plan
        (plan.contextFrames, plan.metrics) = (5, ["fvd", "kvd"])
        let report = try Evaluation(plan, registry: registry).run([model], on: Self.still, request: Self.request)
        #expect(report.models["model"]?.metrics["fvd"]?.clips == 10)
    }

    @Test("If a network of the protocol's metrics is missing, both remedies are named") func withoutNetworks() throws {
        var registry = MetricRegistry.standard
        registry.register("fvd") { _ in
            throw FileError(
                .missing, path: "i3d", found: "no weights", expected: "the network",
                advice: "get it with 'auspex weights fetch i3d'")
        }
        var model = TrIVDGANConfiguration()
        model.contextFrames = 1
        let plan = try EvaluationProtocol.named("bair", for: model)
        func refusal(chosen: Bool) -> String {
            let error = #expect(throws: FileError.self) {
                try Evaluation(plan, registry: registry, metricsWereChosen: chosen)
            }
            return error?.description ?? ""
        }
        #expect(
            refusal(chosen: false).hasSuffix(
                "or ask for psnr,ssim only"))
        #expect(refusal(chosen: true).hasSuffix("get it with 'auspex weights fetch i3d'"))
    }
}
