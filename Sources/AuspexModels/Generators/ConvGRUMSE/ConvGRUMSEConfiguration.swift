import AuspexLayers
import AuspexSupport

/// Options of the plain recurrent baseline.
public struct ConvGRUMSEConfiguration: ModelOptions {
    public static let name = "conv-gru-mse"

    /// Height and width of frames, in pixels: at least 32, and multiples of the factor by which TrIVD-GAN's generator reduces them.
    @FrameSizeOption public var size = FrameSize(64)
    /// ch, the width that all layers' widths are multiples of.
    public var channels: Int = 32
    /// Tc, the frames that are given.
    public var contextFrames: Int = 5
    /// Tp, the frames that are predicted in training.
    public var predictedFrames: Int = 11
    /// Channels of a frame: 3 for RGB, 1 for grey or a radar field.
    public var frameChannels: Int = 3
    /// Whether an untrained unit keeps its state.
    public var startsStill: Bool = true
    /// Whether a unit's first state and its inputs are batch normalised.
    public var unitNorm: Bool = true

    /// The defaults.
    public init() {}

    public static let fieldDocumentation = [
        "size":
            "Frames in pixels: the side of a square, or [height, width]; at least 32, and multiples of 8, from 64 on of 16, from 128 on of 32, from 256 on of 64.",
        "channels": "The width that all layers' widths are multiples of.",
        "contextFrames": "Frames that are given.",
        "predictedFrames": "Frames that are predicted in training.",
        "frameChannels": "Channels of a frame: 3 for colour, 1 for grey.",
        "startsStill": "Whether an untrained unit keeps its state, for short trainings.",
        "unitNorm": "Whether a unit's first state and inputs are batch normalised, for short trainings.",
    ]

    public var discriminatorChannels: Int { channels }

    /// TrIVD-GAN's generator without any condition.
    var network: TrIVDGANConfiguration {
        var network = TrIVDGANConfiguration()
        network.unit = .convGRU
        network.size = size
        network.channels = channels
        network.contextFrames = contextFrames
        network.predictedFrames = predictedFrames
        network.frameChannels = frameChannels
        network.startsStill = startsStill
        network.unitNorm = unitNorm
        network.latentSize = 0
        return network
    }

    public func validate() throws(ModelConfigurationError) {
        var network = network
        network.latentSize = 1
        try network.validate()
    }

    public var leastSizes: [LeastModelSize] { network.leastSizes.filter { $0.field == "channels" } }

    /// A `ConvGRUMSE` of these options.
    public func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
        ConvGRUMSE(self, using: &initializer)
    }
}
