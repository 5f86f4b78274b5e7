import AuspexModels
import Testing

@Suite("Work as written")
struct WorkAsWrittenTests {
    private static let model: TrIVDGANConfiguration = {
        var model = TrIVDGANConfiguration()
        model.channels = 16
        return model
    }()

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
        let work = model.workAsWritten(clips: 1)
        #expect(work.forward == 2 * Double(products))
        #expect(work.weightGradients == work.forward)
        #expect(work.activationGradients + work.inputGradient == work.forward)
    }

    @Test func growsWithClips() {
        let judges = DiscriminatorsConfiguration()
        let (one, three) = (Self.model.workAsWritten(clips: 1), Self.model.workAsWritten(clips: 3))
        #expect(three.forward == 3 * one.forward)
        #expect(
            judges.workAsWritten(clips: 6, model: Self.model).activationGradients
                == 6 * judges.workAsWritten(clips: 1, model: Self.model).activationGradients)
    }
}
