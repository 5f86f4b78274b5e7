import AuspexLayers
import AuspexTensors

/// A decomposition: views of a clip, each with its judge.
public final class Discriminators: Layer {
    public let judges: [ViewDiscriminator]
    public let views: [View]

    public init(
        _ configuration: DiscriminatorsConfiguration, for model: ModelConfiguration,
        using initializer: inout Initializer
    ) {
        views = configuration.resolvedViews
        judges = views.map { view in
            ViewDiscriminator(
                of: view.kind, side: view.side(of: model.size), channels: configuration.channels ?? model.channels,
                frameChannels: model.frameChannels, classes: model.classes, using: &initializer)
        }
    }
}
