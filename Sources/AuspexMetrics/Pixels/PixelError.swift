import AuspexTensors

/// Mean squared and mean absolute error of pixels on the scale 0…1.
///
/// - Source: `mse:sum` adds up a frame's pixels and channels instead of averaging, as OpenSTL (Tan et al. 2023) prints them.
public struct PixelError: FramewiseMetric {
    /// Which error, and whether a frame's numbers are averaged or added up.
    public enum Variant: String, Sendable, CaseIterable {
        /// Squared error, mean over pixels and channels.
        case squared = "mse"
        /// Squared error, sum over a frame's pixels and channels.
        case squaredSum = "mse:sum"
        /// Absolute error, mean over pixels and channels.
        case absolute = "mae"
    }

    /// Which error is computed.
    public let variant: Variant
    private let settings: MetricSettings

    /// Makes a metric; of the settings it reads `peak`.
    public init(_ variant: Variant, settings: MetricSettings = MetricSettings()) {
        self.variant = variant
        self.settings = settings
    }

    public var name: String { variant.rawValue }
    /// False: 0 for equal frames.
    public var higherIsBetter: Bool { false }
    public var range: ClosedRange<Double> { 0...(variant == .squaredSum ? .infinity : 1) }
    public var convention: String {
        let what =
            switch variant {
            case .squared: "squared error, mean over pixels and channels"
            case .squaredSum: "squared error, sum over a frame's pixels and channels"
            case .absolute: "absolute error, mean over pixels and channels"
            }
        return "\(what), averaged over frames and clips; pixels scaled to 0…1 by 255 (float clips: \(settings.peak))"
    }

    public func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]] {
        let pairs = try FramePairs(metric: name, real: real, predicted: predicted, settings: settings)
        let peak = pairs.peak
        return try pairs.map { pair in
            switch variant {
            case .squared: pair.squaredError / (peak * peak) / Double(pair.count)
            case .squaredSum: pair.squaredError / (peak * peak)
            case .absolute: pair.absoluteError / peak / Double(pair.count)
            }
        }
    }
}
