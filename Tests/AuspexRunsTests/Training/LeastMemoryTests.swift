import AuspexConfiguration
import AuspexModels
import AuspexSupport
import Testing

@Suite("The least memory of a step")
struct LeastMemoryTests {
    @Test("Sizes that overflow an Int get an answer at once") func absurdSizes() {
        var configuration = Configuration()
        configuration.changeModel(TrIVDGANConfiguration.self) { $0.channels = 1_000_000 }
        #expect(LeastMemory(configuration).parameterBytes > 1e15)
        configuration = Configuration()
        configuration.training.batch = 100_000_000
        #expect(LeastMemory(configuration).clipBytes > 1e13)
        configuration.changeModel(TrIVDGANConfiguration.self) { $0.channels = .max }
        configuration.model.contextFrames = .max
        configuration.model.predictedFrames = .max
        configuration.training.batch = .max
        configuration.training.accumulation = .max
        let most = LeastMemory(configuration).bytes
        #expect(most.isFinite && most > 1e60)
    }

    @Test("Weights grow with the square of the channels, clips with the batch") func grows() {
        var larger = Configuration()
        larger.changeModel(TrIVDGANConfiguration.self) { $0.channels *= 2 }
        larger.training.batch *= 3
        let (one, other) = (LeastMemory(Configuration()), LeastMemory(larger))
        #expect(other.parameterBytes > 3.9 * one.parameterBytes && other.parameterBytes < 4 * one.parameterBytes)
        #expect(other.clipBytes > 3 * one.clipBytes && other.clipBytes < 6 * one.clipBytes)
    }
}

@Suite("Amounts in human units")
struct HumanUnitsTests {
    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (7_440_000_000, "7.4 GB"), (2.31e15, "2.3 PB"), (128e6, "128 MB"),
        (5e22, "50,000 EB"),
    ]) func bytes(count: Double, words: String) { #expect(HumanUnits.bytes(count) == words) }

    @Test(arguments: [
        (0.004, "4 ms"), (0.35, "0.35 s"), (90, "90 s"), (150, "2.5 min"), (46_600, "13 h"), (4 * 86_400, "4 days"),
        (2.33e10, "738 years"), (2.33e12, "73,833 years"), (.infinity, "for ever"),
    ]) func durations(seconds: Double, words: String) { #expect(HumanUnits.duration(seconds: seconds) == words) }
}
