import AuspexVideo

/// A source that gives a share of the training clips.
public struct MixedSource: Codable, Sendable, Equatable {
    /// A file, a folder, a list, an array or `synthetic:NAME`.
    public var source = ""
    /// How many of the training clips come from it, above 0 and at most 1.
    public var share = 0.0

    /// A source that has yet to be named.
    public init() {}
}

extension MixedSource: ConfigurationDefaulted, ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "source": "A video file, a folder of them, a text or CSV list, or synthetic:NAME.",
            "share": "How many of the training clips come from it, above 0 and at most 1.",
        ]
    }
}

/// The share of the training clips that each change is made to.
public struct AugmentationConfiguration: Codable, Sendable, Equatable {
    /// Mirrored left to right.
    public var mirrored = 0.0
    /// Turned by a quarter, a half or three quarters; oblong frames by a half alone.
    public var turned = 0.0
    /// Played backwards.
    public var reversed = 0.0
    /// Channels change places, and brightness and contrast change; not for fields.
    public var recoloured = 0.0

    /// Changes nothing.
    public init() {}

    /// Every share, by the field's name.
    var shares: [(field: String, share: Double)] {
        [("mirrored", mirrored), ("turned", turned), ("reversed", reversed), ("recoloured", recoloured)]
    }

    /// The changes that these shares ask for.
    package var values: ClipAugmentation {
        var values = ClipAugmentation()
        (values.mirrored, values.turned) = (mirrored, turned)
        (values.reversed, values.recoloured) = (reversed, recoloured)
        return values
    }
}

extension AugmentationConfiguration: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "mirrored": "Mirrored left to right.",
            "turned": "Turned by a quarter, a half or three quarters; oblong frames by a half alone.",
            "reversed": "Played backwards.",
            "recoloured": "Channels change places, and brightness and contrast change; fields keep their values.",
        ]
    }
}
