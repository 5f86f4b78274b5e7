/// A way to compare features: its name as people write it, and how frames are prepared for the network.
protocol FeatureMetricVariant: RawRepresentable<String>, Sendable {
    var preparation: FramePreparation { get }
}

/// What every feature metric consists of: its variant, the network that computes the features, and the settings.
struct FeatureMetricParts<Variant: FeatureMetricVariant>: Sendable {
    let variant: Variant
    let extractor: FeatureExtractor
    let settings: MetricSettings

    /// With I3D, and the variant's preparation.
    ///
    /// - Throws: `FileError` with the remedy `fetchWeights` where the network's weights are missing and needed; damaged ones are noticed at the first clip.
    init(_ variant: Variant, settings: MetricSettings) throws {
        self.init(
            variant, settings: settings, extractor: try FeatureExtractor.shared(variant.preparation, for: settings))
    }

    /// With a network other than I3D.
    init(_ variant: Variant, settings: MetricSettings, extractor: FeatureExtractor) {
        self.variant = variant
        self.settings = settings
        self.extractor = extractor
    }
}
