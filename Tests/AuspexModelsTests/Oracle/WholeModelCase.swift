import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining

/// A generator and its discriminators as the oracle's case has them, and what it gave to each update.
struct WholeModelCase: CustomTestStringConvertible {
    let name: String
    let configuration: TrIVDGANConfiguration
    let views: DiscriminatorsConfiguration
    let clips = 2

    var testDescription: String { name }

    /// Three frames of four: the draws count.
    static let tsruC: WholeModelCase = {
        var model = TrIVDGANConfiguration()
        model.unit = .tsruC
        (model.size, model.channels, model.contextFrames, model.predictedFrames) = (32, 2, 2, 4)
        model.latentSize = 6
        var views = DiscriminatorsConfiguration()
        views.views = [.frames(count: 3), .clip(scale: 2), .clip(crop: 2)]
        return WholeModelCase(name: "whole-tsru-c", configuration: model, views: views)
    }()

    /// The unchanged preset, on grey clips.
    static let convGRU: WholeModelCase = {
        var model = TrIVDGANConfiguration()
        model.unit = .convGRU
        (model.size, model.channels, model.contextFrames, model.predictedFrames) = (32, 2, 3, 5)
        (model.latentSize, model.frameChannels) = (5, 1)
        return WholeModelCase(name: "whole-conv-gru", configuration: model, views: DiscriminatorsConfiguration())
    }()

    static let all = [tsruC, convGRU]

    /// Both networks with the oracle's weights.
    func networks(_ golden: Golden) throws -> (generator: TrIVDGAN, discriminators: Discriminators) {
        var initializer = Initializer(seed: 1)
        let generator = TrIVDGAN(configuration, using: &initializer)
        let discriminators = Discriminators(views, for: configuration, using: &initializer)
        try golden.initialise(generator, as: "generator")
        try golden.initialise(discriminators, as: "discriminators")
        return (generator, discriminators)
    }

    func batch(_ number: Int) -> TrainingBatch {
        let video = Formula.clip(
            "\(name).clip.\(number)", batch: clips, time: configuration.contextFrames + configuration.predictedFrames,
            size: configuration.size.height, channels: configuration.frameChannels)
        return TrainingBatch(clips: video, contextFrames: configuration.contextFrames)
    }

    func noise(_ update: Int) -> Tensor {
        Formula.uniform("\(name).noise.\(update)", [clips, configuration.latentSize], times: 2)
    }

    /// The oracle's draws for an update: of frames, none, and of places.
    func draws(_ update: Int, _ golden: Golden) throws -> [ViewDraws] {
        let (frames, places) = (try golden["draws.frames"], try golden["draws.places"])
        let numbers = frames.scalars(as: Int32.self).map(Int.init)
        let corners = places.scalars(as: Int32.self).map(Int.init)
        let count = frames.shape[2]
        return [
            ViewDraws(
                frames: (0..<clips).map { clip in
                    Array(numbers[((update * clips + clip) * count)...].prefix(count))
                }),
            ViewDraws(),
            ViewDraws(
                places: (0..<clips).map { clip in
                    let first = (update * clips + clip) * 2
                    return (corners[first], corners[first + 1])
                }),
        ]
    }
}
