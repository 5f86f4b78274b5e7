import AuspexMetrics
import AuspexModels
import AuspexTensors
import AuspexVideo

/// Lets predictors continue the same test clips, and scores what they make of them beside what really followed.
public struct Evaluation {
    /// How many clips are predicted at once. Fixed, because the draws of a clip's future depend on its place in its batch.
    static let batch = 8

    public let plan: EvaluationProtocol
    private let metrics: [any Metric]

    /// - Throws: `MetricError` for a metric that does not exist.
    public init(_ plan: EvaluationProtocol) throws {
        self.plan = plan
        metrics = try plan.metrics.map { try MetricRegistry.standard.metric(named: $0) }
    }

    /// One clip of the test with everybody's first future, for whoever wants to keep pictures.
    public struct Example {
        public let index: Int
        public let clip: Clip
        public let picture: PredictionPicture
    }

    /// - Parameters:
    ///   - predictors: the model, and the baselines it should beat.
    ///   - source: where the test clips come from.
    ///   - request: how frames are taken; length and size come from the protocol.
    ///   - classNumbers: the model's number of each of the source's classes; nil for a model without.
    ///   - examples: is given every clip with its predictions.
    ///   - progress: is told how many clips are done, of how many.
    public func run(
        _ predictors: [any Predictor], on source: any ClipSource, request: ClipRequest, classNumbers: [Int]? = nil,
        examples: (Example) throws -> Void = { _ in }, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> EvaluationReport {
        var request = request
        request.frames = plan.contextFrames + plan.predictedFrames
        request.size = FrameSize(plan.size)
        let places = try source.places(for: request, atMost: plan.clips)
        let tallies = predictors.map { Tally($0, metrics) }
        var clipList: [EvaluationReport.TestClip] = []
        for first in stride(from: 0, to: places.count, by: Self.batch) {
            let clips = try places[first..<min(first + Self.batch, places.count)].map {
                try source.clip(at: $0, request: request)
            }
            let futures = try tallies.map { try predict(clips, first: first, with: $0, classNumbers: classNumbers) }
            for (number, clip) in clips.enumerated() {
                clipList.append(
                    .init(name: clip.name, startSeconds: clip.startSeconds, firstFrame: clip.frameIndices.first ?? 0))
                try examples(example(first + number, clip, futures.map { $0[number] }, tallies.map(\.predictor.name)))
            }
            progress(min(first + Self.batch, places.count), places.count)
        }
        return EvaluationReport(
            protocol: plan, source: source.description, clips: places.count,
            models: try Dictionary(uniqueKeysWithValues: tallies.map { ($0.predictor.name, try $0.scores()) }),
            clipList: clipList)
    }

    /// Predicts and scores one batch.
    ///
    /// - Returns: the first future of each clip, `[Tp, H, W, C]`, uint8.
    private func predict(
        _ clips: [Clip], first: Int, with tally: Tally, classNumbers: [Int]?
    ) throws -> [Tensor] {
        let values = stacked(clips.map { $0.frames.elementType == .uint8 ? $0.frames.pixelsAsValues() : $0.frames })
        let pixels = values.valuesAsPixels()
        let context = values.sliced(1, from: 0, count: plan.contextFrames)
        let truth = pixels.sliced(1, from: plan.contextFrames, count: plan.predictedFrames)
        let classes = classNumbers.map { numbers in clips.compactMap { $0.classIndex.map { numbers[$0] } } }
        // A baseline without draws gives the same future every time.
        let samples = tally.predictor is CopyLast ? 1 : plan.samples
        var predictions: [Tensor] = []
        for sample in 0..<samples {
            let stream = RandomStream(seed: plan.seed, name: "evaluation/\(sample)", step: first)
            predictions.append(
                tally.predictor.predict(
                    context: context, classes: classes, frames: plan.predictedFrames, randomness: stream
                ).valuesAsPixels())
        }
        try tally.add(
            truth: truth, predictions: predictions, context: pixels.sliced(1, from: 0, count: plan.contextFrames))
        return predictions[0].unstacked()
    }

    private func example(_ index: Int, _ clip: Clip, _ futures: [Tensor], _ names: [String]) -> Example {
        let pixels = clip.frames.elementType == .uint8 ? clip.frames : clip.frames.valuesAsPixels()
        let picture = PredictionPicture(
            context: pixels.sliced(0, from: 0, count: plan.contextFrames),
            predictions: zip(names, futures).map { .init(name: $0, frames: $1) },
            truth: pixels.sliced(0, from: plan.contextFrames, count: plan.predictedFrames),
            frameIntervalSeconds: clip.frameIntervalSeconds ?? MovingShapes.frameIntervalSeconds)
        return Example(index: index, clip: clip, picture: picture)
    }
}

/// One predictor's numbers so far.
private final class Tally {
    let predictor: any Predictor
    private var mean: [(metric: any Metric, accumulator: any MetricAccumulator)]
    private var best: [(metric: any PairedMetric, accumulator: PairedAccumulator)]
    private var worst: [(metric: any PairedMetric, accumulator: PairedAccumulator)]
    private var samples = 1

    init(_ predictor: any Predictor, _ metrics: [any Metric]) {
        self.predictor = predictor
        mean = metrics.map { ($0, $0.makeAccumulator()) }
        let paired = metrics.compactMap { $0 as? any PairedMetric }
        best = paired.map { ($0, PairedAccumulator($0)) }
        worst = paired.map { ($0, PairedAccumulator($0)) }
    }

    /// Takes a batch `[B, Tp, H, W, C]` with S predictions of it, all uint8.
    func add(truth: Tensor, predictions: [Tensor], context: Tensor) throws {
        samples = predictions.count
        for (metric, accumulator) in mean {
            guard let paired = metric as? any PairedMetric, let accumulator = accumulator as? PairedAccumulator else {
                // Metrics of whole clips see context and future, one future a clip.
                try accumulator.add(
                    real: joined([context, truth], along: 1), predicted: joined([context, predictions[0]], along: 1))
                continue
            }
            let measured = try predictions.map { try paired.measure(real: truth, predicted: $0) }
            for clip in 0..<truth.shape[0] {
                let futures = measured.map { $0[clip] }
                accumulator.add(Self.mean(of: futures))
                guard samples > 1 else { continue }
                let ordered = futures.sorted { paired.isBetter($0, than: $1) }
                best.first { $0.metric.name == metric.name }?.accumulator.add(ordered[0])
                worst.first { $0.metric.name == metric.name }?.accumulator.add(ordered[ordered.count - 1])
            }
        }
    }

    func scores() throws -> EvaluationReport.Scores {
        func results(_ all: [(name: String, accumulator: any MetricAccumulator)]) throws -> [String: MetricResult] {
            try Dictionary(uniqueKeysWithValues: all.map { ($0.name, try $0.accumulator.result()) })
        }
        return EvaluationReport.Scores(
            metrics: try results(mean.map { ($0.metric.name, $0.accumulator) }),
            best: samples > 1 ? try results(best.map { ($0.metric.name, $0.accumulator) }) : nil,
            worst: samples > 1 ? try results(worst.map { ($0.metric.name, $0.accumulator) }) : nil)
    }

    private static func mean(of futures: [ClipMeasurement]) -> ClipMeasurement {
        guard futures.count > 1 else { return futures[0] }
        let count = Double(futures.count)
        return ClipMeasurement(
            value: futures.reduce(0) { $0 + $1.value } / count,
            perFrame: futures[0].perFrame.indices.map { frame in
                futures.reduce(0) { $0 + $1.perFrame[frame] } / count
            }, perfectFrames: futures.reduce(0) { $0 + $1.perfectFrames } / futures.count)
    }
}
