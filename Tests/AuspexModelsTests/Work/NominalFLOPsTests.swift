import AuspexLayers
import AuspexModels
import Testing

@Suite("Nominal work")
struct NominalFLOPsTests {
    private static let model: TrIVDGANConfiguration = {
        var model = TrIVDGANConfiguration()
        model.channels = 16
        return model
    }()

    private func work(of model: TrIVDGANConfiguration, clips: Int) -> NominalFLOPs {
        NominalFLOPs {
            var blank = Initializer.blank
            let context = model.shape(clips: clips, frames: model.contextFrames)
            let generator = TrIVDGAN(model, using: &blank)
            return NominalFLOPs.Run(of: generator, inputs: [context, [clips, model.latentSize]]) { inputs, pass in
                generator(context: inputs[0], horizon: model.predictedFrames, noise: inputs[1], pass).frames
            }
        }
    }

    /// A discriminator of whole clips of `model`.
    private func judging(clips: Int) -> NominalFLOPs {
        let model = Self.model
        return NominalFLOPs {
            var blank = Initializer.blank
            let discriminator = ViewDiscriminator(
                of: .clip(), size: model.size, channels: model.channels, frameChannels: model.frameChannels,
                using: &blank)
            let video = model.shape(clips: clips, frames: model.clipFrames)
            return NominalFLOPs.Run(of: discriminator, inputs: [video]) { inputs, pass in
                discriminator.scores(of: inputs[0], pass)
            }
        }
    }

    /// Equal but for the rounding of doubles: what an identity saves is counted as a ratio.
    private func expectSame(_ a: Double, _ b: Double, _ location: SourceLocation = #_sourceLocation) {
        #expect(a > 0 && abs(a / b - 1) < 1e-12, "\(a), not \(b)", sourceLocation: location)
    }

    /// One after another, layer by layer, of the smallest of everything: 32×32, one clip, one frame in and out, one channel.
    @Test func ofOneFrameByHand() {
        var model = TrIVDGANConfiguration()
        (model.size, model.channels, model.contextFrames, model.predictedFrames) = (32, 1, 1, 1)
        (model.frameChannels, model.latentSize, model.unit) = (1, 1, .convGRU)
        // Products of the encoder's blocks, with what each reads and writes: 32 → 16 → 8 → 4.
        let encoder =
            1024 * 9 * (1 * 2 + 2 * 2) + 256 * 2
            + 256 * 9 * (2 * 4 + 4 * 4) + 256 * 2 * 4
            + 64 * 9 * (4 * 8 + 8 * 8) + 64 * 4 * 8
        let first = 16 * 8
        func stage(_ places: Int, _ width: Int, _ next: Int) -> Int {
            let unit = places * 9 * (width * width + 3 * 2 * width * width)
            let same = places * 9 * 2 * width * width + 4 * width
            let larger = 4 * places * (9 * (width * next + next * next) + width * next) + 2 * (width + next)
            return unit + same + larger
        }
        let products = encoder + first + stage(16, 8, 4) + stage(64, 4, 2) + stage(256, 2, 1) + 1024 * 9
        let work = work(of: model, clips: 1)
        expectSame(work.forward, 2 * Double(products))
        expectSame(work.weightGradients, work.forward)
        expectSame(work.activationGradients + work.inputGradients, work.forward)
    }

    /// The input's gradient is that of the layers which read the input: a discriminator's first convolution and shortcut.
    @Test func ofADiscriminatorsInputByHand() {
        let model = Self.model
        let (frames, pixels) = (model.contextFrames + model.predictedFrames, Int(model.size.pixelCount))
        let shortcut = frames / 2 * pixels / 4
        let products = (frames * pixels * 27 + shortcut) * model.frameChannels * model.channels
        expectSame(judging(clips: 1).inputGradients, 2 * Double(products))
    }

    @Test func growsWithClips() {
        expectSame(work(of: Self.model, clips: 3).forward, 3 * work(of: Self.model, clips: 1).forward)
        expectSame(judging(clips: 6).activationGradients, 6 * judging(clips: 1).activationGradients)
    }
}
