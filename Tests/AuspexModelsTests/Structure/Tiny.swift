import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors

/// Small models by configuration, for tests of structure.
enum Tiny {
    static func model(size: FrameSize = 32, _ change: (inout TrIVDGANConfiguration) -> Void = { _ in })
        -> TrIVDGANConfiguration
    {
        var model = TrIVDGANConfiguration()
        (model.size, model.channels, model.contextFrames, model.predictedFrames) = (size, 1, 1, 3)
        model.latentSize = 3
        change(&model)
        return model
    }

    static func generator(_ model: TrIVDGANConfiguration) -> TrIVDGAN {
        var initializer = Initializer(seed: 7)
        return TrIVDGAN(model, using: &initializer)
    }

    static func discriminators(
        _ preset: DiscriminatorsConfiguration.Preset, for model: TrIVDGANConfiguration
    ) -> Discriminators {
        var configuration = DiscriminatorsConfiguration()
        configuration.preset = preset
        var initializer = Initializer(seed: 8)
        return Discriminators(configuration, for: model, using: &initializer)
    }

    static func context(_ model: TrIVDGANConfiguration, clips: Int = 2) -> Tensor {
        Formula.clip(
            "context", batch: clips, time: model.contextFrames, size: model.size.height, channels: model.frameChannels)
    }

    static func noise(_ model: TrIVDGANConfiguration, clips: Int = 2) -> Tensor {
        Formula.uniform("noise", [clips, model.latentSize], times: 2)
    }
}

extension Layer {
    /// Every parameter's and buffer's bits, by name.
    var bits: [String: [UInt32]] {
        parameterValues.merging(bufferValues) { a, _ in a }.mapValues { $0.scalars.map(\.bitPattern) }
    }

    /// The names whose bits differ from those of before.
    func changed(since before: [String: [UInt32]]) -> Set<String> {
        Set(bits.filter { before[$0.key] != $0.value }.keys)
    }
}
