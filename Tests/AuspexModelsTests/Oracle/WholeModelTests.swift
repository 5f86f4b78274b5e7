import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Testing

extension ModelTests {
    /// Generator and discriminators against PyTorch in double precision: forward, both losses' gradients, ten steps.
    ///
    /// The tolerances are float32's, shares of each tensor's largest magnitude; PyTorch's own float32 is that far from its double to within a factor of a few (the
    /// numbers are in the JSON beside each golden file).
    @Suite struct WholeModelTests {
        /// The oracle stores gradients at this batch and this update's noise and draws: `AT` in `whole_model.py`.
        private let at = 3

        @Test(arguments: WholeModelCase.all) func predictsAndScores(_ model: WholeModelCase) throws {
            let golden = try Golden(model.name)
            let (generator, discriminators) = try model.networks(golden)
            let batch = model.batch(at)
            let predicted = generator(
                context: batch.context, horizon: model.configuration.predictedFrames, noise: model.noise(at),
                Pass(.training)
            ).frames
            expectClose(predicted, try golden["output"], "\(model.name): output", within: 5e-5)
            let real = joined([batch.context, batch.future], along: 1)
            let both = joined([real, joined([batch.context, predicted], along: 1)], along: 0)
            let scores = zip(discriminators.networks, try model.draws(at, golden)).map {
                $0(both, draws: $1.doubled, classes: nil, Pass(.training))
            }
            expectClose(stacked(scores), try golden["scores"], "\(model.name): scores", within: 1e-5)
        }

        @Test(arguments: WholeModelCase.all, [false, true])
        func discriminatorsHaveTheOraclesGradients(_ model: WholeModelCase, recomputes: Bool) throws {
            let golden = try Golden(model.name)
            let (generator, discriminators) = try model.networks(golden)
            let batch = model.batch(at)
            let predicted = generator(
                context: batch.context, horizon: model.configuration.predictedFrames, noise: model.noise(at),
                Pass(.training)
            ).frames
            let result = DiscriminatorGradients(
                of: discriminators, on: batch, predicted: predicted, draws: try model.draws(at, golden),
                recomputesActivations: recomputes)
            let losses = Tensor(result.outcomes.map(\.loss), shape: [3])
            expectClose(
                losses, try golden["losses.discriminators"], "\(model.name): discriminator losses", within: 1e-5)
            golden.expectGradients(
                discriminators.named(result.gradients), of: "discriminators", within: 5e-5)
        }

        @Test(arguments: WholeModelCase.all, [false, true])
        func generatorHasTheOraclesGradients(_ model: WholeModelCase, recomputes: Bool) throws {
            let golden = try Golden(model.name)
            let (generator, discriminators) = try model.networks(golden)
            let result = GeneratorGradients(
                of: generator, against: discriminators, on: model.batch(at), noise: model.noise(at),
                draws: try model.draws(at, golden), recomputesActivations: recomputes)
            let losses = Tensor(result.losses.map(\.value), shape: [3])
            expectClose(losses, try golden["losses.generator"], "\(model.name): generator losses", within: 1e-5)
            golden.expectGradients(generator.named(result.gradients), of: "generator", within: 5e-4)
            let statistics = golden.tensors(under: "statistics.")
            let own = generator.bufferValues.keys.filter { $0.contains("statistics") }
            #expect(Set(statistics.keys) == Set(own))
            for (name, expected) in statistics {
                let found = try #require(generator.bufferValues[name])
                expectClose(found, expected, "\(model.name): \(name)", within: 1e-5)
            }
        }

        /// Ten steps of two updates of the discriminators and one of the generator.
        ///
        /// By PyTorch, these mistakes move the losses by so much of the largest: β₂ of 0.99 by 8e-4, an epsilon of 1e-6 by 4e-5, discriminators that iterate
        /// their spectral norms twice by 4e-3, the batch before the last in the generator's turn by 3e-2. Float32 stays within 1e-6.
        @Test(arguments: WholeModelCase.all) func tenStepsHaveTheOraclesLosses(_ model: WholeModelCase) throws {
            let golden = try Golden(model.name)
            let (generator, discriminators) = try model.networks(golden)
            let forGenerator = Adam(generator.parameters, beta1: 0, beta2: 0.999, epsilon: 1e-8)
            let forDiscriminators = Adam(discriminators.parameters, beta1: 0, beta2: 0.999, epsilon: 1e-8)
            var losses: [Float] = []
            for step in 0..<10 {
                for turn in 0..<2 {
                    let update = 3 * step + turn
                    let batch = model.batch(2 * step + turn)
                    let predicted = generator(
                        context: batch.context, horizon: model.configuration.predictedFrames,
                        noise: model.noise(update), Pass(.training)
                    ).frames
                    let result = DiscriminatorGradients(
                        of: discriminators, on: batch, predicted: predicted, draws: try model.draws(update, golden))
                    forDiscriminators.update(result.gradients, learningRate: 5e-4)
                    losses += result.outcomes.map(\.loss)
                }
                let update = 3 * step + 2
                let result = GeneratorGradients(
                    of: generator, against: discriminators, on: model.batch(2 * step + 1), noise: model.noise(update),
                    draws: try model.draws(update, golden))
                forGenerator.update(result.gradients, learningRate: 1e-4)
                losses += result.losses.map(\.value)
            }
            let expected = try golden["losses"]
            let found = Tensor(losses, shape: [10, 3, 3])
            expectClose(found, expected, "\(model.name): losses of ten steps", within: 1e-5)
        }
    }
}
