import AuspexLayers
import AuspexTensors

/// A decomposition: discriminators that each see a part of a clip.
public final class Discriminators: Layer {
    /// Their place here is part of the names of checkpoints' weights.
    public let networks: [any Discriminator]

    /// A decomposition of these discriminators, in the order of their names in checkpoints.
    public init(_ networks: [any Discriminator]) { self.networks = networks }

    /// Each discriminator's own: every one has a first and a last kernel.
    public var hiddenKernels: [Parameter] { networks.flatMap(\.hiddenKernels) }

    /// The discriminators of the configured views.
    public convenience init(
        _ configuration: DiscriminatorsConfiguration, for model: any ModelOptions,
        using initializer: inout Initializer
    ) {
        self.init(
            configuration.resolvedViews.map { view in
                ViewDiscriminator(
                    of: view, size: model.size, channels: configuration.channels ?? model.discriminatorChannels,
                    frameChannels: model.frameChannels, classes: model.classes, using: &initializer)
            })
    }
}
