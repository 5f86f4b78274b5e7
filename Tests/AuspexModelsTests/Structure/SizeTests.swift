import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors

extension ModelTests {
    /// Every size, decomposition and channel count builds and runs.
    @Suite struct SizeTests {
        @Test(arguments: TrIVDGANConfiguration.sizes, DiscriminatorsConfiguration.Preset.allCases)
        func everySizeRunsWithEveryDecomposition(size: Int, preset: DiscriminatorsConfiguration.Preset) throws {
            let model = Tiny.model(size: size)
            try model.validate()
            let discriminators = Tiny.discriminators(preset, for: model)
            let video = Formula.clip("video", batch: 2, time: 4, size: size, channels: 3)
            let shape = ClipShape(clips: 2, size: size, contextFrames: 1, predictedFrames: 3)
            for discriminator in discriminators.judges {
                let draws = discriminator.draws(for: shape, from: RandomStream(seed: 1, name: "views"))
                let view = try #require(discriminator as? ViewDiscriminator).view
                let seen = view.applied(to: video, draws)
                let side = view.side(of: size)
                #expect(Array(seen.shape[2...]) == [side, side, 3], "\(discriminator.name)")
                let scores = discriminator(video, draws: draws, classes: nil, Pass(.training))
                #expect(scores.shape == [2])
                #expect(scores.isFinite)
            }
        }

        @Test(arguments: TrIVDGANConfiguration.sizes, TrIVDGANConfiguration.Output.allCases)
        func everySizePredicts(size: Int, output: TrIVDGANConfiguration.Output) {
            let model = Tiny.model(size: size) { $0.output = output }
            let generator = Tiny.generator(model)
            let frames = generator(
                context: Tiny.context(model), horizon: model.predictedFrames, noise: Tiny.noise(model), Pass(.training)
            ).frames
            #expect(frames.shape == [2, 3, size, size, 3])
            #expect(frames.scalars.allSatisfy { abs($0) <= 1 })
        }

        @Test(arguments: [1, 2, 4], TrIVDGANConfiguration.Output.allCases)
        func anyNumberOfChannelsRuns(channels: Int, output: TrIVDGANConfiguration.Output) {
            let model = Tiny.model {
                $0.frameChannels = channels
                $0.output = output
            }
            let frames = Tiny.generator(model)(
                context: Tiny.context(model), horizon: model.predictedFrames, noise: Tiny.noise(model), Pass(.training)
            ).frames
            #expect(frames.shape == [2, 3, 32, 32, channels])
            let discriminators = Tiny.discriminators(.mocogan, for: model)
            let video = joined([Tiny.context(model), frames], along: 1)
            let score = discriminators.judges[1](video, draws: ViewDraws(), classes: nil, Pass(.training))
            #expect(score.isFinite)
        }

        @Test(arguments: [0, 16, 48, 512]) func otherSizesAreRefusedByName(size: Int) {
            var model = TrIVDGANConfiguration()
            model.size = size
            let error = #expect(throws: ModelConfigurationError.self) { try model.validate() }
            #expect(
                error?.description.contains("model.size is \(size): it must be a power of two from 32 to 256") == true)
        }

        @Test func clipsTooShortToHalveAreRefused() throws {
            let model = Tiny.model { $0.predictedFrames = 2 }
            let error = #expect(throws: ModelConfigurationError.self) {
                try DiscriminatorsConfiguration().validate(for: model)
            }
            #expect(error?.description.contains("looks at clips of 3 frames") == true)
            var frames = DiscriminatorsConfiguration()
            frames.views = [.frames(count: 8), .clip(scale: 4)]
            try frames.validate(for: model)
        }

        @Test func viewsThatLeaveNothingToSeeAreRefused() {
            var views = DiscriminatorsConfiguration()
            views.views = [.frames(count: 8), .clip(scale: 8, crop: 2)]
            let error = #expect(throws: ModelConfigurationError.self) { try views.validate(for: Tiny.model()) }
            #expect(error?.description.contains("discriminators.views[1]") == true)
        }
    }
}
