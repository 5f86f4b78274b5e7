import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining

extension ModelTests {
    /// Each side of a training step moves its own weights only, and a prediction moves nothing.
    @Suite struct SeparationTests {
        private let model = Tiny.model { $0.channels = 2 }

        private func batch() -> TrainingBatch {
            TrainingBatch(
                clips: Formula.clip("clips", batch: 2, time: 4, size: 32, channels: 3), contextFrames: 1)
        }

        private func draws(_ discriminators: Discriminators) -> [ViewDraws] {
            let shape = ClipShape(clips: 2, size: 32, contextFrames: 1, predictedFrames: 3)
            return discriminators.networks.map { $0.draws(for: shape, from: RandomStream(seed: 1, name: "views")) }
        }

        @Test func aDiscriminatorStepLeavesTheGeneratorAlone() {
            let (generator, discriminators) = (Tiny.generator(model), Tiny.discriminators(.trivd, for: model))
            let (ofGenerator, ofDiscriminators) = (generator.bits, discriminators.bits)
            let batch = batch()
            let predicted = generator(
                context: batch.context, horizon: 3, noise: Tiny.noise(model), Pass(.training)
            ).frames
            let result = DiscriminatorGradients(
                of: discriminators, on: batch, predicted: predicted, draws: draws(discriminators))
            Adam(discriminators.parameters, beta1: 0, beta2: 0.999, epsilon: 1e-8)
                .update(result.gradients, learningRate: 1e-3)
            // The generator's pass was one in training: its spectral norms followed, its statistics and weights did not.
            let moved = generator.changed(since: ofGenerator)
            #expect(moved.allSatisfy { $0.hasSuffix("norm.u") || $0.hasSuffix("norm.v") }, "\(moved.sorted())")
            let changed = discriminators.changed(since: ofDiscriminators)
            let weights = Set(discriminators.parameters.map(\.name).filter { $0.hasSuffix("weight") })
            #expect(weights.subtracting(changed) == [])
        }

        @Test func aGeneratorStepLeavesTheDiscriminatorsAlone() {
            let (generator, discriminators) = (Tiny.generator(model), Tiny.discriminators(.trivd, for: model))
            let (ofGenerator, ofDiscriminators) = (generator.bits, discriminators.bits)
            let result = GeneratorGradients(
                of: generator, against: discriminators, on: batch(), noise: Tiny.noise(model),
                draws: draws(discriminators))
            Adam(generator.parameters, beta1: 0, beta2: 0.999, epsilon: 1e-8)
                .update(result.gradients, learningRate: 1e-3)
            let moved = discriminators.changed(since: ofDiscriminators)
            #expect(moved.allSatisfy { $0.hasSuffix("orm.u") || $0.hasSuffix("orm.v") }, "\(moved.sorted())")
            let changed = generator.changed(since: ofGenerator)
            let followers = Set(
                generator.parameters.map(\.name).filter { $0.hasSuffix("weight") }
                    + generator.buffers.map(\.name).filter { $0.contains("statistics") })
            #expect(followers.subtracting(changed) == [])
        }

        @Test func aPredictionMovesNothingAndSeesEachClipAlone() {
            let generator = Tiny.generator(model)
            let (context, noise) = (Tiny.context(model, clips: 3), Tiny.noise(model, clips: 3))
            let before = generator.bits
            let together = generator(
                context: context, horizon: 2, noise: noise, Pass(.inference)
            ).frames
            for clip in 0..<3 {
                let alone = generator(
                    context: context.sliced(0, from: clip, count: 1), horizon: 2,
                    noise: noise.sliced(0, from: clip, count: 1), Pass(.inference)
                ).frames
                expectClose(alone, together.sliced(0, from: clip, count: 1), "clip \(clip)", within: 1e-5)
            }
            #expect(generator.changed(since: before) == [])
        }

        @Test func aRecordedPredictionIsTheUnrecordedOne() {
            let generator = Tiny.generator(model)
            let plain = generator(
                context: Tiny.context(model), horizon: 2, noise: Tiny.noise(model), Pass(.inference)
            ).frames
            for recomputes in [false, true] {
                let pass = Pass(
                    .inference, differentiating: generator.parameters, recomputesActivations: recomputes)
                let recorded = generator(
                    context: Tiny.context(model), horizon: 2, noise: Tiny.noise(model), pass
                ).frames
                #expect(recorded.scalars == plain.scalars)
            }
        }
    }
}
