import AuspexLayers
import AuspexTensors

/// A decomposition: discriminators that each see a part of a clip.
public final class Discriminators: Layer {
    /// Their index here is part of the weights' names in checkpoints.
    public let networks: [any Discriminator]

    /// A decomposition of these discriminators, in the order of their names in checkpoints.
    public init(_ networks: [any Discriminator]) { self.networks = networks }

    /// The hidden kernels of each discriminator: every one has its own first and last kernel.
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
