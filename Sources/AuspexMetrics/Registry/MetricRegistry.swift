import AuspexPretrained
import AuspexSupport
import AuspexTensors

/// What metrics need to know besides the clips.
public struct MetricSettings: Sendable, Equatable {
    /// The largest value of a float32 clip, whose smallest is 0; uint8 clips always have 255.
    public var peak: Double
    /// Seed for random subsets and intervals.
    public var seed: UInt64
    /// Where networks' weights are.
    public var weights: WeightsStore
    /// Where features of known clips are kept; nil recomputes all of them.
    public var cache: FeatureCache?
    /// Whether networks must be present. False if all features are given: metrics that use features then work without them.
    public var needsNetworks: Bool
    /// Whether intervals are computed that need many repetitions of the metric.
    public var wantsIntervals: Bool
    /// The element type of I3D's products; published values use float32.
    public var precision: I3D.Precision

    /// Settings, all of which have defaults.
    public init(
        peak: Double = 255, seed: UInt64 = 0, weights: WeightsStore = .standard, cache: FeatureCache? = nil,
        needsNetworks: Bool = true, wantsIntervals: Bool = true, precision: I3D.Precision = .float32
    ) {
        self.peak = peak
        self.seed = seed
        self.weights = weights
        self.cache = cache
        self.needsNetworks = needsNetworks
        self.wantsIntervals = wantsIntervals
        self.precision = precision
    }
}

/// Metrics by name.
///
/// A new metric is one file with a type conforming to `Metric`, and one line in `standard`; programs that use the package register theirs with `register`.
public struct MetricRegistry: Sendable {
    /// Makes a metric for some settings; throws where a network's weights are missing or damaged.
    public typealias Maker = @Sendable (MetricSettings) throws -> any Metric

    private var makers: [String: Maker] = [:]
    /// The names, in the order they were registered.
    public private(set) var names: [String] = []

    /// No metrics yet.
    public init() {}

    /// The metrics of this package.
    public static let standard: MetricRegistry = {
        var registry = MetricRegistry()
        for variant in PSNR.Variant.allCases { registry.register(variant.rawValue) { PSNR(variant, settings: $0) } }
        for variant in SSIM.Variant.allCases { registry.register(variant.rawValue) { SSIM(variant, settings: $0) } }
        for variant in PixelError.Variant.allCases {
            registry.register(variant.rawValue) { PixelError(variant, settings: $0) }
        }
        for variant in LPIPS.Variant.allCases {
            registry.register(variant.rawValue) { try LPIPS(variant, settings: $0) }
        }
        for variant in FrechetVideoDistance.Variant.allCases {
            registry.register(variant.rawValue) { try FrechetVideoDistance(variant, settings: $0) }
        }
        for variant in KernelVideoDistance.Variant.allCases {
            registry.register(variant.rawValue) { try KernelVideoDistance(variant, settings: $0) }
        }
        return registry
    }()

    /// Adds a metric under its name, replacing an earlier one.
    public mutating func register(_ name: String, make: @escaping Maker) {
        if makers.updateValue(make, forKey: name) == nil { names.append(name) }
    }

    /// - Throws: `MetricError.unknown`, naming the nearest known name; or an error from making the metric.
    public func metric(named name: String, settings: MetricSettings = MetricSettings()) throws -> any Metric {
        guard let make = makers[name] else {
            throw MetricError.unknown(name: name, nearest: NearestName.of(name, among: names), known: names)
        }
        return try make(settings)
    }

    /// The metrics of a user's list, `psnr,ssim`: each once, in order.
    public func metrics(listed list: String, settings: MetricSettings = MetricSettings()) throws -> [any Metric] {
        var seen = Set<String>()
        let wanted = list.split(separator: ",").map { $0.trimmingSpaces() }.filter { seen.insert($0).inserted }
        return try wanted.map { try metric(named: $0, settings: settings) }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
