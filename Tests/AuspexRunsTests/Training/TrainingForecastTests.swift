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

    /// In a separate process: the pool belongs to the whole program.
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
        // No network works more or less in a training step than by itself.
        let ratio = cost.nominalGFLOP / Self.gflopOfNetworks(configuration)
        #expect(abs(ratio - 1) < 1e-9, "\(ratio)")
    }

    /// GFLOP of a training step put together from its networks': the discriminators' updates on real and predicted clips together, then the
    /// generator's; and no unneeded gradient.
    private static func gflopOfNetworks(_ configuration: Configuration) -> Double {
        let (clips, microBatches) = (configuration.training.batch, Double(configuration.training.accumulation))
        let generator = NominalFLOPs(ofPredictionBy: configuration.model, clips: clips)
        var step = generator.forward + generator.weightGradients + generator.activationGradients
        let isJudged = configuration.training.resolvedPhases.contains { $0.network == .discriminators }
        guard isJudged else { return step * microBatches * 1e-9 }
        let updates = Double(configuration.training.discriminatorSteps)
        step += updates * generator.forward
        for position in configuration.discriminators.resolvedViews.indices {
            let both = judging(position, configuration, clips: 2 * clips)
            let predicted = judging(position, configuration, clips: clips)
            step += updates * (both.forward + both.weightGradients + both.activationGradients)
            step += predicted.forward + predicted.activationGradients + predicted.inputGradients
        }
        return step * microBatches * 1e-9
    }

    /// The work of the discriminator at a position.
    private static func judging(_ position: Int, _ configuration: Configuration, clips: Int) -> NominalFLOPs {
        let model = configuration.model
        return NominalFLOPs {
            var blank = Initializer.blank
            let discriminators = Discriminators(configuration.discriminators, for: model, using: &blank)
            let discriminator = discriminators.networks[position]
            let shape = ClipShape(
                clips: clips, size: model.size, contextFrames: model.contextFrames,
                predictedFrames: model.predictedFrames)
            let draws = discriminator.draws(for: shape, from: RandomStream(seed: 1, name: "views"))
            let video = model.shape(clips: clips, frames: model.clipFrames)
            return NominalFLOPs.Run(of: discriminator, inputs: [video]) { inputs, pass in
                let classes = model.classes > 0 ? [Int](repeating: 0, count: clips) : nil
                return discriminator(inputs[0], draws: draws, classes: classes, pass)
            }
        }
    }

    @Test("Recomputed activations are more work, but not nominal work") func recomputation() throws {
        var configuration = Self.small()
        let kept = try StepCost(configuration)
        configuration.training.checkpointActivations = true
        let again = try StepCost(configuration)
        #expect(abs(again.nominalGFLOP / kept.nominalGFLOP - 1) < 1e-12)
        #expect(again.step.executedFLOP > 1.1 * kept.step.executedFLOP)
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

    @Test("Sizes too large for any machine are refused at once, with the memory that they would need") func refusals()
        throws
    {
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
