import AuspexMetrics
import AuspexTensors

/// A custom metric: the mean squared error of the worst frame of each clip, on the scale 0…1.
public struct WorstFrameError: FramewiseMetric {
    public let name = "mse:worst"
    public let convention = "squared error on the scale 0…1, mean over pixels and channels of each clip's worst frame"
    public let higherIsBetter = false
    public let range = 0.0...1.0
    private let peak: Double

    public init(settings: MetricSettings = MetricSettings()) { peak = settings.peak }

    /// Mean squared errors, `[B][T]`.
    public func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]] {
        guard real.rank == 5, real.shape == predicted.shape, real.elementType == predicted.elementType else {
            throw MetricError.mismatch(
                metric: name,
                found: "\(real.elementType) \(real.shape) and \(predicted.elementType) \(predicted.shape)",
                expected: "two of one type and one shape [B, T, H, W, C]")
        }
        let difference =
            real.elementType == .uint8
            ? (real.pixelsAsValues() - predicted.pixelsAsValues()) * 0.5
            : (real - predicted) * Float(1 / peak)
        return mean(square(difference), along: [2, 3, 4]).unstacked().map { $0.scalars.map(Double.init) }
    }

    public func measurement(ofFrames values: [Double]) -> ClipMeasurement {
        ClipMeasurement(value: values.max() ?? 0, perFrame: values)
    }
}
