/// A way to compare features: its name as people write it, and how frames are prepared for the network.
protocol FeatureMetricVariant: RawRepresentable<String>, Sendable {
    var preparation: FramePreparation { get }
}

/// What every metric of features is made of: which variant it is, the network that gives the features, and the settings.
struct FeatureMetricParts<Variant: FeatureMetricVariant>: Sendable {
    let variant: Variant
    let extractor: FeatureExtractor
    let settings: MetricSettings

    /// With I3D, and the variant's preparation.
    ///
    /// - Throws: `FileError` with the remedy `fetchWeights` where the network's weights are absent and needed; damaged ones are found by the first clip.
    init(_ variant: Variant, settings: MetricSettings) throws {
        self.init(
            variant, settings: settings, extractor: try FeatureExtractor.shared(variant.preparation, for: settings))
    }

    /// With another network than I3D.
    init(_ variant: Variant, settings: MetricSettings, extractor: FeatureExtractor) {
        self.variant = variant
        self.settings = settings
        self.extractor = extractor
    }
}
