import AuspexConfiguration
import AuspexEvaluation
import AuspexLayers
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexTraining
import Testing

@Suite("What a run will cost")
struct TrainingForecastTests {
    private static func small(accumulation: Int = 1) -> Configuration {
        var configuration = Configuration()
        configuration.model.size = 32
        configuration.changeModel(TrIVDGANConfiguration.self) { $0.channels = 2 }
        configuration.training.batch = 3
        configuration.training.accumulation = accumulation
        configuration.training.discriminatorSteps = 1
        return configuration
    }

    /// In a process of its own: the pool is the whole program's.
    @Test("Memory is that of a real step, with all micro-batches that it holds") func memoryOfAStep() async {
        await #expect(processExitsWith: .success) {
            for accumulation in [1, 12] {
                let configuration = Self.small(accumulation: accumulation)
                let cost = try StepCost(configuration)
                StoragePool.shared.trim()
                precondition(StoragePool.shared.statistics.liveBytes == 0)
                StoragePool.shared.resetPeak()
                _ = try Benchmark(configuration).oneStep()
                let peak = StoragePool.shared.statistics.peakLiveBytes
                let ratio = Double(cost.peakTensorBytes) / Double(peak)
                precondition((0.9...1.1).contains(ratio), "\(accumulation): \(ratio)")
                precondition(cost.storageBytes >= cost.peakTensorBytes)
            }
        }
    }

    @Test("The largest preset is counted as easily as the smallest", arguments: Presets.names) func presets(
        name: String
    ) throws {
        let configuration = try Configuration(name)
        let cost = try StepCost(configuration)
        let least = LeastMemory(configuration)
        #expect(Double(cost.peakTensorBytes) > least.bytes)
        #expect(Double(cost.peakTensorBytes) < 200 * least.bytes)
        guard configuration.model is TrIVDGANConfiguration else { return }
        // What is counted from shapes is what a hand-written formula gives, but for parts of the first unit's input that are computed once.
        let nominal = cost.step.nominalFLOP * cost.repeats * 1e-9
        let ratio = nominal / configuration.gflopOfStepAsWritten
        #expect((0.93...1.03).contains(ratio), "\(ratio)")
    }

    @Test(
        "Every unit, output and decomposition can be counted, and costs more than the bound",
        arguments: RecurrentUnitRegistry.standard.kinds)
    func everyUnit(unit: RecurrentUnitKind) throws {
        for preset in DiscriminatorsConfiguration.Preset.allCases {
            var configuration = Self.small()
            configuration.changeModel(TrIVDGANConfiguration.self) { model in
                model.unit = unit
                model.output = preset == .dvd ? .move : .paint
                model.classes = preset == .fast ? 3 : 0
            }
            configuration.discriminators.preset = preset
            let cost = try StepCost(configuration)
            #expect(Double(cost.peakTensorBytes) > LeastMemory(configuration).bytes)
            #expect(cost.step.executedFLOP > 0 && cost.generatorParameters > 0)
        }
    }

    @Test("A forecast has every number, and says in human units what it means") func summary() throws {
        let forecast = try TrainingForecast(Self.small(accumulation: 3))
        #expect(forecast.secondsPerStep > 0 && forecast.gflopPerStep > 0)
        #expect(forecast.totalSeconds == forecast.secondsPerStep * 100_000)
        #expect(forecast.peakResidentBytes > forecast.peakBytes && forecast.peakBytes > 0)
        var long = forecast
        (long.secondsPerStep, long.totalSeconds, long.peakResidentBytes) = (46_600, 2.33e10, 900_000_000_000)
        let lines = long.summary(steps: 500_000, memory: 8e9)
        #expect(lines.contains { $0.hasPrefix("a step:        13 h, expected") })
        #expect(lines.contains { $0.contains("738 years for 500000 steps, expected: choose a smaller preset") })
        #expect(lines.contains { $0.contains("900 GB, expected") })
        #expect(lines.contains { $0.hasPrefix("this process may use 8 GB: lower training.batch") })
        #expect(
            !forecast.summary(steps: 1, memory: 1e12).contains {
                $0.contains("smaller preset") && $0.contains("may use")
            })
    }

    @Test("Sizes that no machine holds are refused at once, with what they would need") func refusals() throws {
        for (key, change) in [
            ("model.channels", { $0.changeModel(TrIVDGANConfiguration.self) { $0.channels = 1_000_000 } }),
            ("training.batch", { $0.training.batch = 100_000_000 }),
        ] as [(String, (inout Configuration) -> Void)] {
            var configuration = Self.small()
            change(&configuration)
            let error = #expect(throws: ConfigurationError.self) { try TrainingForecast(configuration) }
            #expect(error?.description.contains(key) == true && error?.description.contains("B of memory") == true)
        }
    }
}
