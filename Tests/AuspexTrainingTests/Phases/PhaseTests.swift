import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import TestSupport
import Testing

@Suite("A step is a list of phases")
struct PhaseTests {
    private func batch(of run: SmallRun, number: Int) throws -> TrainingBatch {
        let loader = try run.loader(from: number * run.training.batch)
        return TrainingBatch(
            clips: try loader.nextBatch().frames.pixelsAsValues(), contextFrames: run.model.contextFrames)
    }

    private func bits(_ trainer: AdversarialTrainer) -> [String: [UInt32]] {
        trainer.checkpoint.groups.values.reduce(into: [:]) { all, group in
            for (name, tensor) in group { all[name, default: []] += tensor.scalars.map(\.bitPattern) }
        }
    }

    /// Trains this many steps on numbered batches, and returns which batches each step took.
    private func train(_ trainer: AdversarialTrainer, _ run: SmallRun, steps: Int) throws -> [[Int]] {
        var taken = trainer.consumedBatches
        return try (0..<steps).map { _ in
            var numbers: [Int] = []
            #expect(trainer.consumedBatches == taken)
            let expected = trainer.batchesPerStep
            _ = try trainer.advance {
                defer { taken += 1 }
                numbers.append(taken)
                return try batch(of: run, number: taken)
            }
            #expect(numbers.count == expected)
            return numbers
        }
    }

    @Test("The list that the shorthand abbreviates gives the same bits") func shorthand() throws {
        var short = SmallRun(steps: 2)
        short.training.discriminatorSteps = 2
        short.training.pixelLoss = .l1
        short.training.pixelWeight = 10
        short.training.gradientClipping = 1
        short.training.warmUpSteps = 2
        var long = SmallRun(steps: 2)
        long.training.discriminatorSteps = TrainingConfiguration().discriminatorSteps
        long.training.phases = short.training.resolvedPhases
        try long.training.validate()
        let (a, b) = (short.makeTrainer(), long.makeTrainer())
        #expect(try train(a, short, steps: 2) == [[0, 1], [2, 3]])
        _ = try train(b, long, steps: 2)
        #expect(bits(a) == bits(b))
    }

    /// The small error first, then discriminators: they move from their first step on and not before.
    @Test func oneAfterTheOther() throws {
        var run = SmallRun(steps: 4)
        var pixels = PhaseConfiguration()
        (pixels.loss, pixels.until) = ([LossTerm(.mse)], 2)
        pixels.optimizer.name = .adamw
        var discriminators = PhaseConfiguration()
        (discriminators.network, discriminators.from, discriminators.repeats) = (.discriminators, 2, 2)
        discriminators.loss = [LossTerm(.leastSquares)]
        var generator = PhaseConfiguration()
        (generator.from, generator.batch) = (2, .last)
        generator.loss = [LossTerm(.leastSquares, weight: 0.1), LossTerm(.l1, weight: 10)]
        generator.optimizer.name = .sgd
        generator.optimizer.learningRate = 1e-3
        run.training.discriminatorSteps = TrainingConfiguration().discriminatorSteps
        run.training.phases = [pixels, discriminators, generator]
        try run.training.validate()
        #expect(run.training.hasDiscriminators && run.training.hasPixelLoss)
        let trainer = run.makeTrainer()
        let before = trainer.discriminators.parameterValues
        #expect(try train(trainer, run, steps: 2) == [[0], [1]])
        for (name, value) in trainer.discriminators.parameterValues {
            #expect(value.scalars == before[name]?.scalars, "\(name)")
        }
        // A run that is stopped here and resumed is the same run.
        let checkpoint = trainer.checkpoint
        let resumed = run.makeTrainer()
        try resumed.restore(checkpoint)
        #expect(try train(trainer, run, steps: 2) == [[2, 3], [4, 5]])
        _ = try train(resumed, run, steps: 2)
        #expect(bits(trainer) == bits(resumed))
        #expect(
            trainer.discriminators.parameterValues.contains { $0.value.scalars != before[$0.key]?.scalars })
    }

    @Test("Muon resumes from a checkpoint with the bits of a run that was never stopped, for both networks") func muon()
        throws
    {
        var run = SmallRun(steps: 4)
        var discriminators = PhaseConfiguration()
        (discriminators.network, discriminators.loss) = (.discriminators, [LossTerm(.hinge)])
        var generator = PhaseConfiguration()
        (generator.batch, generator.loss) = (.last, [LossTerm(.hinge), LossTerm(.l1, weight: 10)])
        generator.optimizer.name = .muon
        (generator.optimizer.learningRate, generator.optimizer.gradientClipping) = (0.02, 1)
        discriminators.optimizer = generator.optimizer
        run.training.discriminatorSteps = TrainingConfiguration().discriminatorSteps
        run.training.phases = [discriminators, generator]
        try run.training.validate()
        let trainer = run.makeTrainer()
        _ = try train(trainer, run, steps: 2)
        let (checkpoint, before) = (trainer.checkpoint, bits(trainer))
        let optimizerState = checkpoint.groups[.optimiser] ?? [:]
        for network in ["generator", "discriminators"] {
            #expect(optimizerState.contains { $0.key.hasPrefix(network) && $0.key.hasSuffix(".momentum") })
            #expect(optimizerState.contains { $0.key.hasPrefix(network) && $0.key.hasSuffix(".square") })
        }
        let resumed = run.makeTrainer()
        try resumed.restore(checkpoint)
        _ = try train(trainer, run, steps: 2)
        _ = try train(resumed, run, steps: 2)
        #expect(bits(trainer) == bits(resumed))
        #expect(bits(trainer) != before)
    }

    /// A plan's last word is its discriminators': the checkpoint with the highest PSNR would be one from before them.
    @Test func whatIsSelected() {
        var training = TrainingConfiguration()
        var pixels = PhaseConfiguration()
        pixels.loss = [LossTerm(.mse)]
        training.phases = [pixels]
        #expect(training.effectiveSelect == .psnr)
        var (discriminators, generator) = (PhaseConfiguration(), PhaseConfiguration())
        discriminators.network = .discriminators
        discriminators.loss = [LossTerm(.hinge)]
        generator.loss = [LossTerm(.hinge), LossTerm(.l1)]
        training.phases = [pixels, discriminators, generator]
        #expect(training.effectiveSelect == .last)
        training.phases = []
        (training.pixelLoss, training.pixelWeight) = (.l1, 1)
        #expect(training.effectiveSelect == .psnr)
    }

    @Test("A rate that falls to the run's end depends on the run's length") func rates() {
        var training = TrainingConfiguration()
        #expect(!training.ratesDependOnSteps)
        training.decay = .cosine
        #expect(training.ratesDependOnSteps)
        training.decay = .constant
        var phase = PhaseConfiguration()
        phase.schedule.name = .oneCycle
        training.phases = [phase]
        #expect(training.ratesDependOnSteps)
        training.phases[0].until = 50
        #expect(!training.ratesDependOnSteps)
    }

    @Test("Steps of several kinds are counted, each as often as it occurs") func kinds() {
        var training = TrainingConfiguration()
        training.steps = 100
        #expect(training.kindsOfStep.map(\.steps) == [100])
        var (first, second) = (PhaseConfiguration(), PhaseConfiguration())
        first.until = 60
        (second.from, second.until) = (40, 1_000)
        training.phases = [first, second]
        #expect(training.kindsOfStep.map(\.first) == [0, 40, 60])
        #expect(training.kindsOfStep.map(\.steps) == [40, 20, 40])
    }

    @Test("A phase that reuses the last clips takes fresh ones if there are none") func lastOfNone() throws {
        var run = SmallRun(steps: 2)
        var phase = PhaseConfiguration()
        (phase.loss, phase.batch, phase.repeats) = ([LossTerm(.l1)], .last, 3)
        run.training.phases = [phase]
        #expect(try train(run.makeTrainer(), run, steps: 2) == [[0], [1]])
    }

    @Test func refusals() {
        var good = PhaseConfiguration()
        good.loss = [LossTerm(.mse)]
        func refusal(
            _ change: (inout TrainingConfiguration, inout PhaseConfiguration) -> Void
        ) -> String {
            var (training, phase) = (TrainingConfiguration(), good)
            change(&training, &phase)
            training.phases = [phase]
            let error = #expect(throws: TrainingConfigurationError.self) { try training.validate() }
            return error?.description ?? ""
        }
        let cases: [(String, (inout TrainingConfiguration, inout PhaseConfiguration) -> Void)] = [
            (
                "training.gradientClipping is 1.0; expected nothing where training.phases",
                { training, _ in
                    training.gradientClipping = 1
                }
            ),
            ("training.phases[0].loss is empty", { $1.loss = [] }),
            (
                "training.phases is a list whose generator has an adversarial loss from step 0",
                {
                    $1.loss = [LossTerm(.hinge)]
                }
            ),
            (
                "training.phases[0].schedule.warmUpSteps is 5; expected 0 for one-cycle",
                {
                    $1.schedule.name = .oneCycle
                    $1.schedule.warmUpSteps = 5
                }
            ),
            ("training.phases[0].optimizer.momentum is 0.5; expected its default", { $1.optimizer.momentum = 0.5 }),
            (
                "training.phases[0].optimizer.adamLearningRate is 0.5; expected its default: muon alone has one",
                { $1.optimizer.adamLearningRate = 0.5 }
            ),
            (
                "training.phases[0].optimizer.adamWeightDecay is -0.5; expected 0 or more",
                {
                    $1.optimizer.name = .muon
                    $1.optimizer.adamWeightDecay = -0.5
                }
            ),
            (
                "training.phases[0].optimizer.beta1 is 0.5; expected its default",
                {
                    $1.optimizer.name = .sgd
                    $1.optimizer.beta1 = 0.5
                }
            ),
            (
                "training.phases[0].loss[0].weight is 0.5; expected 1 where the network is discriminators",
                {
                    $1.network = .discriminators
                    $1.loss = [LossTerm(.hinge, weight: 0.5)]
                }
            ),
            ("training.phases[0].repeats is 0; expected 1 to 1000", { $1.repeats = 0 }),
            ("training.phases[0].until is 3; expected a step after from, which is 3", { ($1.from, $1.until) = (3, 3) }),
            ("training.phases is a list with nothing to do at step 0", { $1.from = 3 }),
            ("training.phases is a list with nothing to do at step 7", { $1.until = 7 }),
            (
                "training.phases is a list without the generator",
                {
                    $1.network = .discriminators
                    $1.loss = [LossTerm(.hinge)]
                }
            ),
            ("training.phases[0].loss[0].name is mse; expected hinge", { $1.network = .discriminators }),
            (
                "training.phases[0].optimizer.weightDecay is 0.1; expected 0 for adam",
                { $1.optimizer.weightDecay = 0.1 }
            ),
            ("training.phases[0].loss[0].weight is 0.0", { $1.loss = [LossTerm(.mse, weight: 0)] }),
            (
                "training.phases[0].loss is a list with several adversarial losses",
                {
                    $1.loss = [LossTerm(.hinge), LossTerm(.leastSquares)]
                }
            ),
        ]
        for (beginning, change) in cases {
            let text = refusal(change)
            #expect(text.hasPrefix(beginning), "\(text)")
        }
        let several = refusal { training, _ in
            training.beta1 = 0.5
            (training.pixelLoss, training.pixelWeight) = (.l1, 100)
        }
        #expect(several.hasPrefix("training.beta1 is 0.5; expected nothing where training.phases are listed"))
        #expect(several.hasSuffix("leave it out, and so training.pixelLoss, training.pixelWeight"))
    }
}
