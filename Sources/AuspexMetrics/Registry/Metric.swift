import AuspexTensors

/// Computes a number for predicted clips, under the name that users give on the command line: `metric` or `metric:variant`.
///
/// A metric is a description; what it has seen so far is in the accumulators it makes. Most metrics conform to `PairedMetric`, which requires only one function,
/// or to `FramewiseMetric` if they look at single frames; a metric that compares sets of clips makes an accumulator that conforms to `SetMetricAccumulator`.
/// `MetricRegistry` finds metrics by name.
public protocol Metric: Sendable {
    /// The whole name, `psnr:clip`.
    var name: String { get }
    /// What exactly is computed, in one line to be printed beside the number.
    var convention: String { get }
    /// Whether a larger value is a better prediction.
    var higherIsBetter: Bool { get }
    /// The metric's range, to which intervals are clipped. All numbers, unless the metric restricts it.
    var range: ClosedRange<Double> { get }

    /// An empty accumulator. Its memory does not grow with the clips it sees, or grows by a fixed number of features per clip.
    func makeAccumulator() -> any MetricAccumulator

    /// Checks whether this many clips of this many frames can be compared, before any long work.
    ///
    /// - Throws: what the accumulator would throw for them.
    func check(clips: Int, frames: Int) throws
}

extension Metric {
    public var range: ClosedRange<Double> { -.infinity ... .infinity }
    public func check(clips: Int, frames: Int) throws {}
}

/// The state of a metric over the clips it has seen.
public protocol MetricAccumulator: AnyObject {
    /// Takes clips and predictions of them, `[B, T, H, W, C]`, both uint8 or both float32 on the scale of `MetricSettings.peak`.
    ///
    /// - Throws: `MetricError` where shapes or types differ, a picture is too small, or a number is not finite.
    func add(real: Tensor, predicted: Tensor) throws

    /// The metric over all clips so far.
    ///
    /// - Throws: `MetricError` if there were too few clips.
    func result() throws -> MetricResult
}

/// One of two sets of clips.
public enum MetricSide: String, Sendable, CaseIterable {
    /// What predictions are compared with.
    case real
    /// What a model predicted.
    case predicted
}

/// An accumulator of a metric that compares two sets of clips, which may be unpaired and of different size.
public protocol SetMetricAccumulator: MetricAccumulator {
    /// Takes clips `[B, T, H, W, C]` of one set.
    func add(_ clips: Tensor, to side: MetricSide) throws
}

extension SetMetricAccumulator {
    public func add(real: Tensor, predicted: Tensor) throws {
        try add(real, to: .real)
        try add(predicted, to: .predicted)
    }
}

/// A metric that gives every prediction its own value, computed from the clip that it predicts.
public protocol PairedMetric: Metric {
    /// Measures each of B predictions: clips `[B, T, H, W, C]`.
    ///
    /// - Throws: `MetricError` as `MetricAccumulator.add`.
    func measure(real: Tensor, predicted: Tensor) throws -> [ClipMeasurement]

    /// Whether the result is the mean of the clips' values, and so has an interval.
    var isMeanOfClips: Bool { get }
    /// Turns the mean of measured values into the result; for nearly all metrics the mean itself.
    func summary(ofMean mean: Double) -> Double
    /// Whether a prediction is better than another of the same clip.
    func isBetter(_ first: ClipMeasurement, than second: ClipMeasurement) -> Bool
    /// Name and checksum of the network that the metric uses; nil if it uses none.
    var weights: String? { get }
    /// Notes for readers of the number.
    func notes(perfectFrames: Int, of frames: Int) -> [String]
}

extension PairedMetric {
    public var isMeanOfClips: Bool { true }
    public func summary(ofMean mean: Double) -> Double { mean }
    public func isBetter(_ first: ClipMeasurement, than second: ClipMeasurement) -> Bool {
        higherIsBetter ? first.value > second.value : first.value < second.value
    }
    public var weights: String? { nil }
    public func notes(perfectFrames: Int, of frames: Int) -> [String] { [] }
    public func makeAccumulator() -> any MetricAccumulator { PairedAccumulator(self) }
}

/// A paired metric that looks at single frames, so that a clip can be given in pieces: a film need not fit in memory.
public protocol FramewiseMetric: PairedMetric {
    /// A number for each frame of each clip, `[B][T]`, of clips `[B, T, H, W, C]`.
    ///
    /// - Throws: `MetricError` as `MetricAccumulator.add`.
    func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]]

    /// Combines the numbers of a prediction's frames; by default their mean.
    func measurement(ofFrames values: [Double]) -> ClipMeasurement
}

extension FramewiseMetric {
    public func measure(real: Tensor, predicted: Tensor) throws -> [ClipMeasurement] {
        try frameValues(real: real, predicted: predicted).map { measurement(ofFrames: $0) }
    }
    public func measurement(ofFrames values: [Double]) -> ClipMeasurement { ClipMeasurement(perFrame: values) }
}

/// A paired metric's result for one prediction.
public struct ClipMeasurement: Sendable, Equatable {
    /// The whole prediction's value.
    public var value: Double
    /// A value for each of its T frames.
    public var perFrame: [Double]
    /// Frames without any error.
    public var perfectFrames: Int

    /// A result for one prediction of `perFrame.count` frames.
    public init(value: Double, perFrame: [Double], perfectFrames: Int = 0) {
        self.value = value
        self.perFrame = perFrame
        self.perfectFrames = perfectFrames
    }

    /// A prediction whose value is the mean of its frames' values.
    init(perFrame: [Double], perfectFrames: Int = 0) {
        self.init(
            value: perFrame.reduce(0, +) / Double(perFrame.count), perFrame: perFrame, perfectFrames: perfectFrames)
    }
}
