import AuspexMetrics
import AuspexModels
import AuspexTensors
import AuspexVideo

/// One forecaster's numbers so far.
final class EvaluationTally {
    let forecaster: any Forecaster
    private let samples: Int
    private var distributions: [(metric: any Metric, accumulator: any MetricAccumulator)] = []
    private var paired: [PairedTally] = []
    private var motion: MotionTally?

    /// One paired metric: the mean over futures, and the best and the worst future of every clip.
    private final class PairedTally {
        let metric: any PairedMetric
        let mean: PairedAccumulator
        let best: PairedAccumulator
        let worst: PairedAccumulator
        /// Over all futures: a mean over them has no whole number of perfect frames.
        private var (perfectFrames, frames) = (0, 0)

        init(_ metric: any PairedMetric) {
            self.metric = metric
            (mean, best, worst) = (PairedAccumulator(metric), PairedAccumulator(metric), PairedAccumulator(metric))
        }

        /// Takes every future of a clip.
        func add(_ futures: [ClipMeasurement]) {
            mean.add(EvaluationTally.mean(of: futures))
            perfectFrames += futures.reduce(0) { $0 + $1.perfectFrames }
            frames += futures.reduce(0) { $0 + $1.perFrame.count }
            guard futures.count > 1 else { return }
            let ordered = futures.sorted { metric.isBetter($0, than: $1) }
            best.add(ordered[0])
            worst.add(ordered[ordered.count - 1])
        }

        func meanResult() throws -> MetricResult {
            var result = try mean.result()
            result.notes = metric.notes(perfectFrames: perfectFrames, of: frames)
            return result
        }
    }

    init(_ forecaster: any Forecaster, _ metrics: [any Metric], samples: Int) {
        self.forecaster = forecaster
        // For a forecaster without randomness another draw is the same future.
        self.samples = forecaster.isStochastic ? samples : 1
        for metric in metrics {
            if let metric = metric as? any PairedMetric {
                paired.append(PairedTally(metric))
            } else {
                distributions.append((metric, metric.makeAccumulator()))
            }
        }
    }

    /// Takes a batch of clips.
    ///
    /// - Parameters:
    ///   - truth: what really followed, `[B, Tp, H, W, C]`, in the format that metrics take.
    ///   - real: what metrics of whole clips compare with; one tensor for all forecasters, so that its features are computed once.
    ///   - whole: turns a prediction into what metrics of whole clips see of it.
    ///   - futures: draws future number s of the batch, `[B, Tp, H, W, C]`, in the same format. Only one is in memory at a time: a hundred would fill it.
    func add(truth: Tensor, real: Tensor, whole: (Tensor) -> Tensor, futures: (Int) -> Tensor) throws {
        let first = futures(0)
        if !distributions.isEmpty {
            // One tensor for all metrics: the cache finds a network's features by tensor identity.
            let shown = whole(first)
            for (_, accumulator) in distributions { try accumulator.add(real: real, predicted: shown) }
        }
        // By metric, clip and future.
        var measured = try paired.map { try $0.metric.measure(real: truth, predicted: first).map { [$0] } }
        for sample in 1..<max(samples, 1) {
            let future = futures(sample)
            for (number, tally) in paired.enumerated() {
                for (clip, found) in try tally.metric.measure(real: truth, predicted: future).enumerated() {
                    measured[number][clip].append(found)
                }
            }
        }
        for (tally, clips) in zip(paired, measured) {
            for futures in clips { tally.add(futures) }
        }
    }

    /// Takes the paths of a batch of clips: predicted ones `[B, T, H, W, 2]`, and true ones, nil for a clip that has none.
    func add(paths: Tensor, truths: [SceneMotion?]) {
        var tally = motion ?? MotionTally(steps: paths.shape[1])
        for (clip, truth) in zip(paths.unstacked(), truths) {
            if let truth { tally.add(clip, truth: truth) }
        }
        motion = tally
    }

    /// - Parameter shown: what metrics of whole clips saw, in words.
    func scores(distributionsOf shown: String) throws -> EvaluationReport.Scores {
        func results(_ result: (PairedTally) throws -> MetricResult) throws -> [String: MetricResult] {
            try Dictionary(uniqueKeysWithValues: paired.map { ($0.metric.name, try result($0)) })
        }
        var metrics = try results { try $0.meanResult() }
        for (metric, accumulator) in distributions {
            var result = try accumulator.result()
            result.convention += "; one future a clip, on \(shown)"
            metrics[metric.name] = result
        }
        return EvaluationReport.Scores(
            metrics: metrics, best: samples > 1 ? try results { try $0.best.result() } : nil,
            worst: samples > 1 ? try results { try $0.worst.result() } : nil, motion: motion?.scores)
    }

    private static func mean(of futures: [ClipMeasurement]) -> ClipMeasurement {
        guard futures.count > 1 else { return futures[0] }
        let count = Double(futures.count)
        return ClipMeasurement(
            value: futures.reduce(0) { $0 + $1.value } / count,
            perFrame: futures[0].perFrame.indices.map { frame in
                futures.reduce(0) { $0 + $1.perFrame[frame] } / count
            })
    }
}
