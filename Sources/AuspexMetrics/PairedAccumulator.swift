import AuspexTensors

/// Running means over clips and, for each predicted step, over the frames at that step.
public final class PairedAccumulator: MetricAccumulator {
    private let metric: any PairedMetric
    private var clips = 0
    private var mean = 0.0
    /// Sum of squared deviations from the mean.
    private var spread = 0.0
    private var stepSums: [Double] = []
    private var stepCounts: [Int] = []
    private var perfectFrames = 0
    /// Of a pair of clips that is still coming, a number for each frame.
    private var unfinished: [Double] = []

    public init(_ metric: any PairedMetric) { self.metric = metric }

    public func add(real: Tensor, predicted: Tensor) throws {
        for measurement in try metric.measure(real: real, predicted: predicted) { add(measurement) }
    }

    /// Whether a pair of clips may come in pieces.
    public var takesPieces: Bool { metric is any FramewiseMetric }

    /// Takes some frames of a pair of clips, `[1, T, H, W, C]`, that follow on those that came before; `finishClip` ends the pair.
    ///
    /// - Throws: as `add(real:predicted:)`.
    public func add(pieceOf real: Tensor, predicted: Tensor) throws {
        guard let metric = metric as? any FramewiseMetric else {
            stopProgram("PairedAccumulator", "\(metric.name) needs whole clips")
        }
        unfinished += try metric.frameValues(real: real, predicted: predicted).flatMap { $0 }
    }

    /// Ends the pair of clips whose pieces came.
    public func finishClip() {
        guard let metric = metric as? any FramewiseMetric, !unfinished.isEmpty else { return }
        add(metric.measurement(ofFrames: unfinished))
        unfinished = []
    }

    /// Takes what was measured already: the best of several predictions, for example.
    public func add(_ measurement: ClipMeasurement) {
        // Welford's recurrence: sums of squares would cancel for values like 30.01, 30.02, ….
        clips += 1
        let deviation = measurement.value - mean
        mean += deviation / Double(clips)
        spread += deviation * (measurement.value - mean)
        for (step, value) in measurement.perFrame.enumerated() {
            if step == stepSums.count {
                stepSums.append(0)
                stepCounts.append(0)
            }
            stepSums[step] += value
            stepCounts[step] += 1
        }
        perfectFrames += measurement.perfectFrames
    }

    /// The 95% interval of the mean by Student's t, cut off at the ends of what the metric can be.
    private var interval: [Double]? {
        guard metric.isMeanOfClips, clips > 1 else { return nil }
        let standardError = (spread / Double(clips - 1) / Double(clips)).squareRoot()
        let halfWidth = StudentT.twoSided95(degreesOfFreedom: clips - 1) * standardError
        let range = metric.range
        return [max(range.lowerBound, mean - halfWidth), min(range.upperBound, mean + halfWidth)]
    }

    public func result() throws -> MetricResult {
        guard clips > 0 else { throw MetricError.noClips(metric: metric.name) }
        return MetricResult(
            value: metric.summary(ofMean: mean),
            interval: interval,
            perStep: zip(stepSums, stepCounts).map { metric.summary(ofMean: $0 / Double($1)) },
            convention: metric.convention, higherIsBetter: metric.higherIsBetter, clips: clips,
            weights: metric.weights,
            notes: metric.notes(perfectFrames: perfectFrames, of: stepCounts.reduce(0, +)))
    }
}
