import AuspexGraphics
import AuspexMetrics
import AuspexModels
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// Has forecasters continue the same test clips, and scores their predictions against what really followed.
public struct Evaluation {
    /// How many clips are predicted at once. Fixed, because the draws of a clip's future depend on its place in its batch.
    static let batch = 8

    /// What is asked of the forecasters; each metric once.
    public let plan: EvaluationProtocol
    private let registry: MetricRegistry
    /// For 8-bit pixels.
    private let pixelMetrics: [any Metric]
    private let cache: FeatureCache?

    /// - Parameters:
    ///   - registry: maps names to metrics.
    ///   - cache: where features of known clips are kept; nil computes all of them.
    ///   - metricsWereChosen: whether the caller chose the metrics. If the protocol did, errors say how to leave a metric out.
    /// - Throws: `MetricError` for a metric that does not exist, `FileError` with the remedy `fetchWeights` where a network's weights are absent.
    public init(
        _ plan: EvaluationProtocol, registry: MetricRegistry = .standard, cache: FeatureCache? = nil,
        metricsWereChosen: Bool = true
    ) throws {
        var plan = plan
        var seen: Set<String> = []
        plan.metrics = plan.metrics.filter { seen.insert($0).inserted }
        self.plan = plan
        let settings = MetricSettings(seed: plan.seed, cache: cache)
        self.cache = cache
        var metrics: [any Metric] = []
        var absent: FileError?
        for name in plan.metrics {
            do {
                metrics.append(try registry.metric(named: name, settings: settings))
            } catch let error as FileError where error.kind == .missing && !metricsWereChosen {
                absent = absent ?? error
            }
        }
        if let absent {
            throw FileError(
                absent.kind, path: absent.path, found: absent.found, expected: absent.expected,
                advice: absent.advice + ", or ask for \(metrics.map(\.name).joined(separator: ",")) only",
                remedies: absent.remedies + [.metrics(metrics.map(\.name))])
        }
        pixelMetrics = metrics
        self.registry = registry
    }

    /// The protocol's metrics for frames of a format: float frames have another peak than bytes.
    private func metrics(for format: FrameFormat) throws -> [any Metric] {
        if format.elementType == .uint8 { return pixelMetrics }
        let settings = MetricSettings(peak: format.peak, seed: plan.seed, cache: cache)
        return try plan.metrics.map { try registry.metric(named: $0, settings: settings) }
    }

    /// What every table states about the model.
    public static var baselines: [any Forecaster] { Baselines.usual }

    /// One test clip with every forecaster's first future, for callers that keep pictures.
    public struct Example {
        /// Number of the clip in the test, counted from 0.
        public let index: Int
        /// The whole clip: context and what really followed.
        public let clip: Clip
        /// The context, every forecaster's first future, and the truth.
        public let picture: PredictionPicture
    }

    /// - Parameters:
    ///   - forecasters: the model, and the baselines it should beat. A forecaster that needs more context than the protocol gives is left out, and the report
    ///     says so.
    ///   - source: where the test clips come from.
    ///   - request: how frames were taken in training; length, size and usually the step come from the protocol.
    ///   - sameClips: exactly the clips of an earlier report; nil spreads the protocol's number of clips evenly over the source's own held-out list.
    ///   - classNumbers: the model's number for each of the source's classes; nil for a model without classes.
    ///   - examples: is given every clip with its predictions.
    ///   - looking: is given how many files were searched for clips, of how many.
    ///   - progress: is given how many clips are done, of how many.
    /// - Throws: `VideoError` where clips cannot be had or differ from those of the list, `MetricError` where they cannot be scored.
    public func run(
        _ forecasters: [any Forecaster], on source: any ClipSource, request: ClipRequest,
        sameClips: FixedClipList? = nil, classNumbers: [Int]? = nil,
        examples: (Example) throws -> Void = { _ in }, looking: (Int, Int) -> Void = { _, _ in },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> EvaluationReport {
        var request = request
        request.frames = plan.contextFrames + plan.predictedFrames
        request.size = plan.size
        request.crop = .centre
        let stepInTraining = request.step
        if let stride = plan.frameStride { request.step = .stride(stride) }
        let frames = EvaluationReport.Frames(request)
        let format = try source.format(for: request)
        let metrics = try metrics(for: format)
        let places =
            try sameClips?.places(in: source, for: plan)
            ?? source.places(for: request, atMost: plan.clips, progress: looking)
        for metric in metrics { try metric.check(clips: places.count, frames: plan.distributionFrameCount) }
        let able = forecasters.filter { $0.fewestContextFrames <= plan.contextFrames }
        let tallies = able.map { EvaluationTally($0, metrics, samples: plan.samples) }
        var kept: [EvaluationReport.TestClip] = []
        var spacing = FrameSpacing(request)
        for first in stride(from: 0, to: places.count, by: Self.batch) {
            let batch = first..<min(first + Self.batch, places.count)
            var motions: [SceneMotion?] = []
            let clips = try batch.compactMap { number -> Clip? in
                // A list of clips is scored completely or not at all; clips of a source that cannot be read are left out.
                let clip =
                    sameClips == nil
                    ? try source.readableClip(at: places[number], request: request)
                    : try source.clip(at: places[number], request: request)
                guard let clip else { return nil }
                // Metrics were made for the source's format, which sets their peak.
                guard clip.format == format else {
                    throw VideoError(
                        .badSource, clip.name,
                        "gives \(clip.format), where \(source.description) as a whole gives \(format): evaluate clips of one format at a time"
                    )
                }
                let found = EvaluationReport.TestClip(clip, at: places[number])
                try sameClips?.check(number, found, for: plan, frames: frames)
                kept.append(found)
                spacing.take(clip)
                motions.append(try source.motion(at: places[number], request: request, from: plan.contextFrames - 1))
                return clip
            }
            guard !clips.isEmpty else { continue }
            let futures = try predict(
                ClipBatch(joining: clips), motions: motions, first: first, with: tallies, classNumbers: classNumbers)
            for (number, clip) in clips.enumerated() {
                try examples(example(first + number, clip, futures.map { $0[number] }, able.map(\.name)))
            }
            progress(batch.upperBound, places.count)
            StoragePool.shared.endStep()
        }
        if kept.count < places.count {
            // If none can be read, the first one's error says why.
            if kept.isEmpty { _ = try source.clip(at: places[0], request: request) }
            for metric in metrics { try metric.check(clips: kept.count, frames: plan.distributionFrameCount) }
        }
        return EvaluationReport(
            version: ProgramVersion.current, machine: .current, protocol: plan, frames: frames,
            source: source.description,
            clips: kept.count,
            models: try Dictionary(
                uniqueKeysWithValues: tallies.map { ($0.forecaster.name, try $0.scores(distributionsOf: shown)) }),
            published: Dictionary(
                uniqueKeysWithValues: plan.metrics.map { metric in
                    (metric, PublishedValue.values(of: metric, protocol: plan.name))
                }
            ).filter { !$0.value.isEmpty },
            notes: notes(
                on: kept.count, unreadable: places.count - kept.count, of: source, stepInTraining: stepInTraining,
                leftOut: forecasters.filter { forecaster in
                    !able.contains { $0 === forecaster }
                }) + spacing.notes(on: source.description) + source.valueNotes
                + (sameClips?.notes(for: plan, frames: frames, format: format) ?? []), clipList: kept)
    }

    /// What metrics of whole clips get to see.
    private var shown: String {
        let (context, predicted) = (plan.contextFrames, plan.predictedFrames)
        return switch plan.distributionFrames {
        case .contextAndPrediction:
            "context + prediction (\(context) + \(predicted) = \(plan.distributionFrameCount) frames)"
        case .prediction: "the prediction alone (\(predicted, "frame"))"
        }
    }

    /// Predicts and scores one batch.
    ///
    /// - Parameter motions: true paths of each clip's pixels; nil if they are not known.
    /// - Returns: for every forecaster the first future of each clip, `[Tp, H, W, C]`, in the batch's format.
    private func predict(
        _ batch: ClipBatch, motions: [SceneMotion?], first: Int, with tallies: [EvaluationTally], classNumbers: [Int]?
    ) throws -> [[Tensor]] {
        let context = batch.input(batch.frames.sliced(1, from: 0, count: plan.contextFrames))
        let clips = batch.format.measured(batch.frames)
        let seen = clips.sliced(1, from: 0, count: plan.contextFrames)
        let truth = clips.sliced(1, from: plan.contextFrames, count: plan.predictedFrames)
        let isWhole = plan.distributionFrames == .contextAndPrediction
        let classes = classNumbers.map { numbers in (batch.classes ?? []).map { numbers[$0] } }
        func stream(_ sample: Int) -> RandomStream {
            RandomStream(seed: plan.seed, name: "evaluation/\(sample)", step: first)
        }
        return try tallies.map { tally in
            if motions.contains(where: { $0 != nil }), let follower = tally.forecaster as? any MotionForecaster,
                let paths = follower.paths(
                    of: context, horizon: plan.predictedFrames, classes: classes, drawnFrom: stream(0))
            {
                tally.add(paths: paths, truths: motions)
            }
            let sampler = tally.forecaster.futures(of: context, horizon: plan.predictedFrames, classes: classes)
            var firstFuture: Tensor?
            try tally.add(
                truth: truth, real: isWhole ? clips : truth,
                whole: { isWhole ? joined([seen, $0], along: 1) : $0 },
                futures: { sample in
                    let future = batch.input.inverse(sampler(stream(sample)))
                    firstFuture = firstFuture ?? future
                    return batch.format.measured(future)
                })
            return firstFuture?.unstacked() ?? []
        }
    }

    private func notes(
        on clips: Int, unreadable: Int, of source: any ClipSource, stepInTraining: ClipRequest.FrameStep,
        leftOut: [any Forecaster]
    ) -> [String] {
        var notes: [String] = []
        if unreadable > 0 {
            notes.append(
                "\(unreadable) of \(clips + unreadable, "clip") \(unreadable == 1 ? "is" : "are") left out, because \(unreadable == 1 ? "its file" : "their files") cannot be read: the numbers are for the rest"
            )
        } else if clips < plan.clips {
            notes.append("\(source.description) has \(clips, "clip"), fewer than the \(plan.clips) asked for")
        }
        for forecaster in leftOut {
            notes.append(
                "\(forecaster.name) is left out: it needs \(forecaster.fewestContextFrames) frames of context, the protocol gives \(plan.contextFrames)"
            )
        }
        if let problem = cache?.problem { notes.append("features are not cached: \(problem)") }
        guard plan.name != EvaluationProtocol.heldOutName else { return notes }
        let deviations = plan.deviations
        if !deviations.isEmpty { notes.append("not \(plan.name) as published: \(deviations.joined(separator: ", "))") }
        if let step = plan.otherStep(inTraining: stepInTraining) {
            notes.append(
                "\(plan.name) takes \(EvaluationReport.Frames.inWords(.stride(plan.frameStride ?? 1))), the model was trained on \(step)"
            )
        }
        if plan.metrics.contains(where: { !PublishedValue.values(of: $0, protocol: plan.name).isEmpty }),
            let note = PublishedValue.samplesNote(protocol: plan.name, samples: plan.samples)
        {
            notes.append(note)
        }
        if !plan.testData.isEmpty {
            notes.append(
                "\(plan.name) is defined for \(plan.testData): the program cannot check that \(source.description) is that"
            )
        }
        return notes
    }

    private func example(_ index: Int, _ clip: Clip, _ futures: [Tensor], _ names: [String]) -> Example {
        let picture = PredictionPicture(
            context: clip.frames.sliced(0, from: 0, count: plan.contextFrames),
            predictions: zip(names, futures).map { .init(name: $0, frames: $1) },
            truth: clip.frames.sliced(0, from: plan.contextFrames, count: plan.predictedFrames), format: clip.format,
            frameIntervalSeconds: clip.frameIntervalSeconds ?? MovingShapes.frameIntervalSeconds)
        return Example(index: index, clip: clip, picture: picture)
    }
}
