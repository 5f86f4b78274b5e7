import AuspexConfiguration
import AuspexEvaluation
import AuspexRuns
import AuspexTensors
import Testing

@Suite("Benchmark")
struct BenchmarkTests {
    /// What PyTorch's counter (`torch.utils.flop_counter`, 2.15) gives for a step of the same model, 64×64, 5 → 11, ch 16, batch 4, two updates of the
    /// discriminators and one of the generator.
    @Test func aStepAsWrittenIsWhatPyTorchCounts() throws {
        let configuration = try Configuration(nil, assignments: ["model.channels=16", "training.batch=4"])
        let work = try StepCost(configuration).nominalGFLOP
        #expect(abs(work / 309.4 - 1) < 0.01, "\(work)")
    }

    /// 55.6 GFLOP for a clip of 16 frames is what PyTorch's counter gives for its port of I3D.
    @Test func aClipAsWrittenIsWhatPyTorchCounts() throws {
        var benchmark = try NetworkBenchmark()
        (benchmark.batch, benchmark.repeats) = (1, 1)
        let report = try benchmark.logits()
        #expect(abs(report.gflopAsWritten / 55.6 - 1) < 0.01, "\(report.gflopAsWritten)")
        #expect(report.gflopExecuted < report.gflopAsWritten * 1.1)
    }
}
