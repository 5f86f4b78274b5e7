import AuspexExperiments
import AuspexTraining
import Testing

@Suite("Benchmark", .serialized)
struct BenchmarkTests {
    /// What PyTorch's counter (`torch.utils.flop_counter`, 2.15) gives for a step of the same model, 64×64, 5 → 11, ch 16, batch 4, two updates of the
    /// judges and one of the generator.
    @Test func aStepAsWrittenIsWhatPyTorchCounts() throws {
        let work = try Benchmark(channels: 16, batch: 4).configuration.gflopOfStepAsWritten
        #expect(abs(work / 309 - 1) < 0.01, "\(work)")
    }

    @Test func aForecastOfMemoryIsNearWhatAStepTakes() throws {
        let configuration = try Configuration(
            "tiny", assignments: ["model.channels=2", "training.batch=5", "training.checkpointActivations=false"])
        let forecast = try TrainingForecast(configuration)
        let measured = try Benchmark(configuration).step().peakBytes
        let ratio = Double(forecast.peakBytes) / Double(measured)
        #expect((0.85...1.15).contains(ratio), "\(forecast.peakBytes) expected, \(measured) measured")
    }

    @Test func computingActivationsAgainTakesLessMemory() throws {
        let peaks = try ["false", "true"].map { again in
            let configuration = try Configuration(
                "tiny", assignments: ["model.channels=4", "training.checkpointActivations=\(again)"])
            return try Benchmark(configuration).step().peakBytes
        }
        #expect(peaks[1] < peaks[0], "\(peaks)")
    }
}
