import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors

extension ModelTests {
    /// Generators of other units and outputs against PyTorch: the prediction, and every gradient for a random upstream.
    @Suite struct GeneratorOracleTests {
        private static var small: TrIVDGANConfiguration {
            var model = TrIVDGANConfiguration()
            (model.size, model.channels, model.contextFrames, model.predictedFrames) = (32, 1, 2, 2)
            (model.latentSize, model.frameChannels) = (4, 1)
            return model
        }

        @Test func parallelUnitByFlowWithClassesMovesFrames() throws {
            var model = Self.small
            (model.unit, model.warp, model.mix, model.output, model.outputKernelSize) = (
                .tsruP, .flow, .previous, .move, 3
            )
            (model.classes, model.embeddingSize) = (3, 5)
            try check("generator-tsru-p", model, classes: [2, 0])
        }

        @Test func sequentialUnitByFiveKernelsOnTwoChannels() throws {
            var model = Self.small
            (model.unit, model.kernelSize, model.frameChannels, model.contextFrames) = (.tsruS, 5, 2, 1)
            try check("generator-tsru-s", model, classes: nil)
        }

        @Test func convolutionalLSTMWithNormsMovesFrames() throws {
            var model = Self.small
            (model.unit, model.output, model.unitNorm) = (.convLSTM, .move, true)
            try check("generator-conv-lstm", model, classes: nil)
        }

        private func check(_ name: String, _ model: TrIVDGANConfiguration, classes: [Int]?) throws {
            let golden = try Golden(name)
            var initializer = Initializer(seed: 1)
            let generator = TrIVDGAN(model, using: &initializer)
            try golden.initialise(generator, as: "generator")
            let context = Formula.clip(
                "\(name).clip", batch: 2, time: model.contextFrames, size: model.size.height,
                channels: model.frameChannels)
            let noise = Formula.uniform("\(name).noise", [2, model.latentSize], times: 2)
            let pass = Pass(.training, differentiating: generator.parameters)
            let output = generator(
                context: context, horizon: model.predictedFrames, noise: noise, classes: classes, pass
            ).frames
            expectClose(output, try golden["output"], "\(name): output", within: 1e-4)
            let gradients = pass.gradients(
                of: output, upstream: Formula.uniform("\(name).upstream", output.shape), for: generator.parameters)
            golden.expectGradients(generator.named(gradients), of: "generator", within: 5e-4)
        }
    }
}
