import AuspexStatistics
import AuspexTensors

/// Kernel Video Distance: the unbiased squared maximum mean discrepancy of I3D's logits. May be negative where sets are alike.
///
/// - Source: Unterthiner et al. 2018, arXiv:1812.01717, section 3.2; subsets as kernel inception distances are reported (Bińkowski et al. 2018).
public struct KernelVideoDistance: FeatureMetric {
    /// Which kernel, and over which parts of the sets.
    public enum Variant: String, FeatureMetricVariant, CaseIterable {
        /// Kernel `(x·y / 400 + 1)³`, mean over 100 random subsets.
        case subsets = "kvd"
        /// The FVD paper's kernel `(x·y + 1)³`, mean over 100 random subsets.
        case paper = "kvd:paper"
        /// Kernel `(x·y / 400 + 1)³`, all clips at once.
        case all = "kvd:all"

        package var preparation: FramePreparation { .published }
    }

    /// How many random subsets the value is a mean over.
    public static let subsets = 100
    /// The most clips of each set in a subset.
    public static let subsetSize = 1000

    let parts: FeatureMetricParts<Variant>
    /// Which kernel and subsets are used.
    public var variant: Variant { parts.variant }

    /// - Throws: `FileError` with the remedy `fetchWeights` where the network's weights are missing and needed; damaged ones are noticed at the first clip.
    public init(_ variant: Variant = .subsets, settings: MetricSettings = MetricSettings()) throws {
        parts = try FeatureMetricParts(variant, settings: settings)
    }

    /// With a network other than I3D.
    package init(_ variant: Variant, settings: MetricSettings, extractor: FeatureExtractor) {
        parts = FeatureMetricParts(variant, settings: settings, extractor: extractor)
    }

    public var name: String { variant.rawValue }
    /// False: about 0 for sets of one distribution.
    public var higherIsBetter: Bool { false }
    public func makeAccumulator() -> any MetricAccumulator { FeatureAccumulator(self) }
    public func check(clips: Int, frames: Int) throws { try checkNumbers(clips: clips, frames: frames) }
    public var convention: String {
        let kernel = variant == .paper ? "(x·y + 1)³" : "(x·y / 400 + 1)³"
        let over =
            variant == .all
            ? "all clips at once"
            : "mean over \(Self.subsets) random subsets of min(\(Self.subsetSize), clips) of each set"
        return "unbiased squared MMD of \(settings.precision.logitsSummary), kernel \(kernel), \(over); "
            + variant.preparation.summary
    }

    func result(real: ClipFeatures, predicted: ClipFeatures) throws -> MetricResult {
        KernelDistance.result(
            real, predicted, kernel: variant == .paper ? .plain : .scaled,
            overSubsets: variant == .all ? nil : (Self.subsets, Self.subsetSize),
            from: RandomStream(seed: settings.seed, name: name), convention: convention)
    }
}
