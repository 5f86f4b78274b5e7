import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// Running means over clips and, for each predicted step, over the frames at that step.
public final class PairedAccumulator: MetricAccumulator {
    private let metric: any PairedMetric
    /// Of the clips' values.
    private var total = RunningSpread()
    /// Of the frames at each predicted step.
    private var steps: [RunningSpread] = []
    private var perfectFrames = 0
    /// The numbers so far, one per frame, of a pair of clips that is still incomplete.
    private var unfinished: [Double] = []

    /// Nothing seen yet.
    public init(_ metric: any PairedMetric) { self.metric = metric }

    public func add(real: Tensor, predicted: Tensor) throws {
        for measurement in try metric.measure(real: real, predicted: predicted) { add(measurement) }
    }

    /// Whether a pair of clips may be added in pieces.
    public var takesPieces: Bool { metric is any FramewiseMetric }

    /// Adds some frames of a pair of clips, `[1, T, H, W, C]`, that follow those added before; `finishClip` ends the pair.
    ///
    /// - Throws: as `add(real:predicted:)`.
    public func add(pieceOf real: Tensor, predicted: Tensor) throws {
        guard let metric = metric as? any FramewiseMetric else {
            stopProgram("PairedAccumulator", "\(metric.name) needs whole clips")
        }
        unfinished += try metric.frameValues(real: real, predicted: predicted).flatMap { $0 }
    }

    /// Ends a pair of clips that was added in pieces.
    public func finishClip() {
        guard let metric = metric as? any FramewiseMetric, !unfinished.isEmpty else { return }
        add(metric.measurement(ofFrames: unfinished))
        unfinished = []
    }

    /// Takes existing measurements: the best of several predictions, for example.
    public func add(_ measurement: ClipMeasurement) {
        total.add(measurement.value)
        for (step, value) in measurement.perFrame.enumerated() {
            if step == steps.count { steps.append(RunningSpread()) }
            steps[step].add(value)
        }
        perfectFrames += measurement.perfectFrames
    }

    /// The 95% interval of the mean of all clips; nil for a single clip.
    private var interval: [Double]? {
        guard metric.isMeanOfClips, total.count > 1 else { return nil }
        return interval(of: total)
    }

    /// The 95% interval of each step's mean over clips; nil if a step has too few.
    private var stepIntervals: [[Double]]? {
        guard metric.isMeanOfClips, !steps.isEmpty, steps.allSatisfy({ $0.count > 1 }) else { return nil }
        return steps.map(interval)
    }

    /// By Student's t, clipped to the metric's range.
    private func interval(of values: RunningSpread) -> [Double] {
        let halfWidth = StudentT.twoSided95(degreesOfFreedom: values.count - 1) * (values.standardError ?? 0)
        let range = metric.range
        return [max(range.lowerBound, values.mean - halfWidth), min(range.upperBound, values.mean + halfWidth)]
    }

    public func result() throws -> MetricResult {
        guard total.count > 0 else { throw MetricError.noClips(metric: metric.name) }
        return MetricResult(
            value: metric.summary(ofMean: total.mean),
            interval: interval,
            perStep: steps.map { metric.summary(ofMean: $0.sum / Double($0.count)) },
            convention: metric.convention, higherIsBetter: metric.higherIsBetter, clips: total.count,
            weights: metric.weights,
            notes: metric.notes(perfectFrames: perfectFrames, of: steps.reduce(0) { $0 + $1.count }),
            perStepInterval: stepIntervals)
    }
}
