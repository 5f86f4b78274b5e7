import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import TestSupport
import Testing

@Suite struct AdversarialTrainerTests {
    private func batch(of run: SmallRun, number: Int = 0) throws -> TrainingBatch {
        let loader = try run.loader(from: number * run.training.batch)
        return TrainingBatch(
            clips: try loader.nextBatch().frames.pixelsAsValues(), contextFrames: run.model.contextFrames)
    }

    private func meanDifference(_ a: Tensor, _ b: Tensor) -> Float { mean(abs(a - b)).scalar }

    @Test func overfitsOneClip() throws {
        var run = SmallRun(steps: 200)
        run.model.channels = 4
        run.model.output = .move
        run.training.batch = 1
        run.training.pixelLoss = .l1
        run.training.pixelWeight = 100
        run.training.adversarialWeight = 0.1
        run.training.generatorLearningRate = 5e-3
        run.training.decay = .cosine
        let batch = try batch(of: run)
        let trainer = run.makeTrainer()
        var last = 0.0
        for _ in 0..<run.training.steps {
            last = try #require(try trainer.advance { batch }["generator/pixelLoss"])
        }
        // Well below the cost of a still prediction: the motion was learned, not only the picture.
        let still = CopyLast().future(
            of: batch.context, horizon: 2, drawnFrom: RandomStream(seed: 0, name: ""))
        #expect(last < 0.6 * Double(meanDifference(still, batch.future)), "\(last)")
    }

    @Test func recomputedActivationsGiveTheSameWeights() throws {
        let run = SmallRun(steps: 3)
        let (kept, recomputed) = (run.makeTrainer(), run.makeTrainer())
        recomputed.recomputesActivations = true
        for step in 0..<3 {
            let batch = try batch(of: run, number: step)
            _ = try kept.advance { batch }
            _ = try recomputed.advance { batch }
        }
        for (a, b) in zip(kept.generator.parameters, recomputed.generator.parameters) {
            #expect(a.parameter.value.scalars == b.parameter.value.scalars, "\(a.name)")
        }
        for (a, b) in zip(kept.discriminators.parameters, recomputed.discriminators.parameters) {
            #expect(a.parameter.value.scalars == b.parameter.value.scalars, "\(a.name)")
        }
        for (a, b) in zip(kept.generator.buffers, recomputed.generator.buffers) {
            #expect(a.buffer.value.scalars == b.buffer.value.scalars, "\(a.name)")
        }
    }

    /// Earlier versions built discriminators where nothing trained them, and saved them.
    @Test func checkpointsMayHoldDiscriminatorsThatNothingTrains() throws {
        var run = SmallRun(steps: 1)
        run.training.adversarialWeight = 0
        run.training.pixelLoss = .l1
        run.training.pixelWeight = 1
        let earlier = run.makeTrainer()
        let batch = try batch(of: run)
        _ = try earlier.advance { batch }
        let checkpoint = earlier.checkpoint
        #expect(checkpoint.groups[.weights]?.keys.contains { $0.hasPrefix("discriminators.") } == true)
        let now = AdversarialTrainer(
            generator: run.makeTrainer().generator, discriminators: Discriminators([]), configuration: run.training)
        try now.restore(checkpoint)
        #expect(now.step == 1)
        _ = try now.advance { batch }
        _ = try earlier.advance { batch }
        for (a, b) in zip(earlier.generator.parameters, now.generator.parameters) {
            #expect(a.parameter.value.scalars == b.parameter.value.scalars, "\(a.name)")
        }
    }

    /// Earlier versions called the discriminators' networks judges.
    @Test func checkpointsWithEarlierNamesAreRestored() throws {
        let run = SmallRun(steps: 2)
        let earlier = run.makeTrainer()
        let batch = try batch(of: run)
        _ = try earlier.advance { batch }
        var checkpoint = earlier.checkpoint
        for (group, tensors) in checkpoint.groups {
            checkpoint.groups[group] = Dictionary(
                uniqueKeysWithValues: tensors.map {
                    ($0.replacing("discriminators.networks.", with: "discriminators.judges."), $1)
                })
        }
        #expect(checkpoint.groups[.optimiser]?.keys.contains { $0.hasPrefix("discriminators.judges.0.") } == true)
        let now = run.makeTrainer()
        try now.restore(checkpoint)
        for trainer in [earlier, now] { _ = try trainer.advance { batch } }
        for (a, b) in zip(earlier.discriminators.parameters, now.discriminators.parameters) {
            #expect(a.parameter.value.scalars == b.parameter.value.scalars, "\(a.name)")
        }
    }

    @Test func recomputingTakesLessMemory() throws {
        var run = SmallRun(steps: 1)
        run.model.channels = 8
        run.model.predictedFrames = 8
        func peak(recomputing: Bool) throws -> Int {
            let trainer = run.makeTrainer()
            trainer.recomputesActivations = recomputing
            let batch = try batch(of: run)
            StoragePool.shared.resetPeak()
            let before = StoragePool.shared.statistics.liveBytes
            _ = try trainer.advance { batch }
            return StoragePool.shared.statistics.peakLiveBytes - before
        }
        let (kept, recomputed) = (try peak(recomputing: false), try peak(recomputing: true))
        #expect(Double(recomputed) < 0.8 * Double(kept), "\(recomputed) bytes instead of \(kept)")
    }

    /// In a separate process: the pool belongs to the whole program.
    @Test func memoryOfLargerStepsIsGivenBack() async {
        await #expect(processExitsWith: .success) {
            let run = SmallRun(steps: 3)
            let trainer = run.makeTrainer()
            func idleBytes(afterStepOf clips: Int) throws -> Int {
                let frames = run.model.contextFrames + run.model.predictedFrames
                let values = RandomStream(seed: 1, name: "clips")
                    .uniform(run.model.shape(clips: clips, frames: frames))
                let batch = TrainingBatch(clips: values, contextFrames: run.model.contextFrames)
                _ = try trainer.advance { batch }
                return StoragePool.shared.statistics.idleBytes
            }
            let large = try idleBytes(afterStepOf: 8)
            _ = try idleBytes(afterStepOf: 1)
            let small = try idleBytes(afterStepOf: 1)
            precondition(small < large / 2, "\(small) of \(large) bytes are still kept")
        }
    }

    @Test func accumulationAveragesMicroBatches() throws {
        // Twice the same micro-batch of discriminators alone is the update of one: their loss has no batch statistics, and only the draws differ, so they are
        // pinned.
        var run = SmallRun(steps: 1)
        run.views = [.clip(scale: 2)]
        let batch = try batch(of: run)
        let discriminators = run.makeTrainer().discriminators
        let predicted = batch.future * 0.5
        let one = DiscriminatorGradients(of: discriminators, on: batch, predicted: predicted, draws: [ViewDraws()])
        let other = run.makeTrainer().discriminators
        let both = TrainingBatch(
            context: joined([batch.context, batch.context], along: 0),
            future: joined([batch.future, batch.future], along: 0))
        let doubled = DiscriminatorGradients(
            of: other, on: both, predicted: joined([predicted, predicted], along: 0), draws: [ViewDraws()])
        #expect(abs(one.outcomes[0].loss - doubled.outcomes[0].loss) < 1e-5)
        for (a, b) in zip(one.gradients, doubled.gradients) {
            #expect(mismatch(a, b, absolute: 1e-6, relative: 1e-3) == nil)
        }
    }

    @Test func averagesStartWhenTheyAreTold() throws {
        var run = SmallRun(steps: 3)
        run.training.averaging.startStep = 2
        run.training.averaging.decay = 0.75
        let trainer = run.makeTrainer()
        let name = "output.conv.weight"
        func value() throws -> Tensor {
            try #require(trainer.generator.parameters.first { $0.name == name }).parameter.value.copied()
        }
        for step in 0..<2 {
            let batch = try batch(of: run, number: step)
            _ = try trainer.advance { batch }
            #expect(trainer.averaged.state[name]?.scalars == (try value().scalars))
        }
        let second = try value()
        let batch = try batch(of: run, number: 2)
        _ = try trainer.advance { batch }
        // The first averaged step keeps 2/11, not yet the configured 0.75.
        let expected = second * Float(2.0 / 11) + (try value()) * Float(9.0 / 11)
        let average = try #require(trainer.averaged.state[name])
        #expect(mismatch(average, expected, absolute: 1e-7, relative: 1e-5) == nil)
    }

    /// With β₁ = 0 Adam's first moment is the gradient of the update, so the penalty's part is a difference of two.
    @Test(arguments: [1, 2]) func orthogonalPenaltyCountsOnceAnUpdate(accumulation: Int) throws {
        var run = SmallRun(steps: 1)
        run.training.accumulation = accumulation
        run.training.adversarialWeight = 0
        run.training.pixelLoss = .l1
        run.training.pixelWeight = 1e-3
        let batch = try batch(of: run)
        func update(penalty: Double) throws -> (gradients: [String: Tensor], report: StepReport) {
            run.training.orthogonalPenalty = penalty
            let trainer = run.makeTrainer()
            let report = try trainer.advance { batch }
            return (trainer.checkpoint.groups[.optimiser, default: [:]], report)
        }
        let (without, with) = (try update(penalty: 0), try update(penalty: 0.5))
        #expect(without.report["generator/orthogonalPenalty"] == nil)
        let trainer = run.makeTrainer()
        var sum = 0.0
        for entry in trainer.generator.parameters {
            let name = "generator.\(entry.name).mean"
            let (a, b) = (try #require(without.gradients[name]), try #require(with.gradients[name]))
            let weight = entry.parameter.value
            guard entry.name.hasSuffix(".weight"), weight.rank >= 2 else {
                #expect(a.scalars == b.scalars, "\(name) has no filters")
                continue
            }
            let tape = Tape()
            let leaf = tape.watch(weight)
            let penalty = orthogonalPenalty(leaf)
            sum += Double(penalty.scalar)
            let expected = tape.gradients(of: penalty, upstream: Tensor(0.5), at: [leaf])[0]
            #expect(mismatch(b - a, expected, absolute: 1e-5, relative: 1e-3) == nil, "\(name)")
        }
        let reported = try #require(with.report["generator/orthogonalPenalty"])
        #expect(abs(reported / sum - 1) < 1e-5)
    }

    @Test func clippedGradientsHaveTheLimitAsNorm() throws {
        var run = SmallRun(steps: 1)
        run.training.gradientClipping = 1e-3
        // With β₂ = 0 Adam's step has the sign of the gradient alone; clipping must not change which way weights go, only the moments.
        let clipped = run.makeTrainer()
        run.training.gradientClipping = nil
        let free = run.makeTrainer()
        let batch = try batch(of: run)
        let report = try clipped.advance { batch }
        _ = try free.advance { batch }
        let norm = try #require(report["discriminator/gradientNorm"])
        #expect(norm > 1e-3)
        let squares = { (trainer: AdversarialTrainer) -> Double in
            trainer.checkpoint.groups[.optimiser, default: [:]]
                .filter { $0.key.hasPrefix("discriminators.") && $0.key.hasSuffix(".square") }
                .reduce(0) { $0 + Double(sum($1.value).scalar) }
        }
        // v = (1 − β₂) g² after one update.
        let ratio = squares(clipped) / squares(free)
        #expect(abs(ratio / (1e-6 / (norm * norm)) - 1) < 1e-2, "\(ratio)")
    }
}
