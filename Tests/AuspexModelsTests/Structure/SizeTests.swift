import Testing

import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors

extension ModelTests {
    /// Every size, decomposition and channel count builds and runs.
    @Suite struct SizeTests {
        @Test(arguments: TrIVDGANConfiguration.sizes, DiscriminatorsConfiguration.Preset.allCases)
        func everySizeRunsWithEveryDecomposition(size: Int, preset: DiscriminatorsConfiguration.Preset) throws {
            let model = Tiny.model(size: FrameSize(size))
            try model.validate()
            let discriminators = Tiny.discriminators(preset, for: model)
            let video = Formula.clip("video", batch: 2, time: 4, size: size, channels: 3)
            let shape = ClipShape(clips: 2, size: FrameSize(size), contextFrames: 1, predictedFrames: 3)
            for discriminator in discriminators.networks {
                let draws = discriminator.draws(for: shape, from: RandomStream(seed: 1, name: "views"))
                let view = try #require(discriminator as? ViewDiscriminator).view
                let seen = view.applied(to: video, draws)
                #expect(Array(seen.shape[2...]) == view.size(of: FrameSize(size)).sides + [3], "\(discriminator.name)")
                let scores = discriminator(video, draws: draws, classes: nil, Pass(.training))
                #expect(scores.shape == [2])
                #expect(scores.isFinite)
            }
        }

        @Test(arguments: TrIVDGANConfiguration.sizes, TrIVDGANConfiguration.Output.allCases)
        func everySizePredicts(size: Int, output: TrIVDGANConfiguration.Output) {
            let model = Tiny.model(size: FrameSize(size)) { ($0.output, $0.contextFrames) = (output, 2) }
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
                ($0.output, $0.contextFrames) = (output, 2)
            }
            let frames = Tiny.generator(model)(
                context: Tiny.context(model), horizon: model.predictedFrames, noise: Tiny.noise(model), Pass(.training)
            ).frames
            #expect(frames.shape == [2, 3, 32, 32, channels])
            let discriminators = Tiny.discriminators(.mocogan, for: model)
            let video = joined([Tiny.context(model), frames], along: 1)
            let score = discriminators.networks[1](video, draws: ViewDraws(), classes: nil, Pass(.training))
            #expect(score.isFinite)
        }

        @Test(arguments: [
            (FrameSize(0), "model.size is 0: both sides must be at least 32"),
            (FrameSize(height: 64, width: 24), "model.size is [64, 24]: both sides must be at least 32"),
            (
                FrameSize(44),
                "model.size is 44: its sides must be multiples of 8, as the generator halves a frame 3 times"
            ),
            (FrameSize(44), "the nearest is 48"),
            (FrameSize(height: 72, width: 130), "multiples of 16, as the generator halves a frame 4 times"),
            (FrameSize(height: 72, width: 130), "the nearest is [80, 128]"),
            (FrameSize(1 << 31), "model.size is \(1 << 31): its sides must be multiples of 64"),
        ])
        func sizesThatCannotBeHalvedAreRefusedByName(size: FrameSize, text: String) {
            var model = TrIVDGANConfiguration()
            model.size = size
            let error = #expect(throws: ModelConfigurationError.self) { try model.validate() }
            #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
        }

        /// Height and width are never mixed up: transposed frames give transposed results.
        @Test(arguments: [FrameSize(height: 32, width: 48), FrameSize(height: 72, width: 40), FrameSize(48)])
        func rectanglesAreTrainedOn(size: FrameSize) throws {
            let model = Tiny.model(size: size) { $0.output = .move }
            try model.validate()
            #expect(model.smallestMap == size / 8)
            let generator = Tiny.generator(model)
            let context = Formula.uniform("context", model.shape(clips: 2, frames: 1))
            let frames = generator(
                context: context, horizon: model.predictedFrames, noise: Tiny.noise(model), Pass(.training)
            ).frames
            #expect(frames.shape == model.shape(clips: 2, frames: 3) && frames.isFinite)
            let discriminators = Tiny.discriminators(.trivd, for: model)
            let shape = ClipShape(clips: 2, size: size, contextFrames: 1, predictedFrames: 3)
            for (position, discriminator) in discriminators.networks.enumerated() {
                let draws = discriminator.draws(for: shape, from: RandomStream(seed: 1, name: "views/\(position)"))
                for place in draws.places {
                    #expect((0...size.height / 2).contains(place.top) && (0...size.width / 2).contains(place.left))
                }
                let video = joined([context, frames], along: 1)
                let (score, gradients) = valueWithGradients(of: discriminator.parameters) {
                    sum(discriminator(video, draws: draws, classes: nil, $0))
                }
                #expect(score.isFinite && gradients.allSatisfy(\.isFinite), "\(discriminator.name)")
            }
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
