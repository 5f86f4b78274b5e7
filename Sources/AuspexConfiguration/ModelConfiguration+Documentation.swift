import AuspexModels

extension NamedModel: ConfigurationDocumentedValue {}

extension DiscriminatorsConfiguration: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "preset": "The views of a paper; ignored if views are listed.",
            "views":
                "The views themselves, for example [{kind: frames, count: 8}, {kind: clip, scale: 2}, {kind: clip, crop: 2}].",
            "channels": "The width that the discriminators' widths are multiples of; null for the model's.",
        ]
    }
}

extension View: ConfigurationDefaulted, ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "kind": "Single frames of the predicted span, or the whole clip.",
            "count": "How many frames are drawn.",
            "scale": "By how much frames are made smaller.",
            "crop": "1/crop of height and width is seen, at full resolution.",
        ]
    }
}
