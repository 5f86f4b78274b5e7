import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import Testing

extension ModelTests {
    /// SimVP against PyTorch in double precision (`tools/oracles/simvp.py`): forward, every gradient, ten of Adam's steps.
    @Suite struct SimVPOracleTests {
        struct Case: CustomTestStringConvertible {
            let name: String
            let configuration: SimVPConfiguration
            var testDescription: String { name }

            init(_ name: String, _ change: (inout SimVPConfiguration) -> Void) {
                self.name = name
                var configuration = SimVPConfiguration()
                change(&configuration)
                self.configuration = configuration
            }

            /// The context and the frames after it, of one of ten batches.
            func batch(_ step: Int) -> (context: Tensor, future: Tensor) {
                let (given, wanted) = (configuration.contextFrames, configuration.predictedFrames)
                let video = Formula.clip(
                    "\(name).clip.\(step)", batch: 2, time: given + wanted, size: configuration.size.height,
                    channels: configuration.frameChannels)
                return (video.sliced(1, from: 0, count: given), video.sliced(1, from: given, count: wanted))
            }

            func network(_ golden: Golden) throws -> SimVP {
                try configuration.validate()
                var initializer = Initializer(seed: 1)
                let network = SimVP(configuration, using: &initializer)
                try golden.initialise(network, as: "simvp")
                return network
            }
        }

        static let cases = [
            Case("simvp") {
                ($0.size, $0.contextFrames, $0.predictedFrames, $0.frameChannels) = (16, 3, 3, 1)
                ($0.spatialChannels, $0.temporalChannels, $0.temporalBlocks, $0.groups) = (4, 8, 3, 2)
            },
            // Fed its own frames twice, and cut.
            Case("simvp-longer") {
                ($0.size, $0.contextFrames, $0.predictedFrames, $0.frameChannels) = (8, 2, 5, 3)
                ($0.spatialChannels, $0.temporalChannels, $0.spatialBlocks, $0.temporalBlocks) = (2, 8, 2, 2)
                ($0.inceptionKernels, $0.groups) = ([3, 5], 4)
            },
            Case("simvp-shorter") {
                ($0.size, $0.contextFrames, $0.predictedFrames, $0.frameChannels) = (8, 4, 2, 1)
                ($0.spatialChannels, $0.temporalChannels, $0.spatialBlocks, $0.temporalBlocks) = (4, 16, 2, 2)
                ($0.inceptionKernels, $0.groups) = ([1, 7], 8)
            },
        ]

        private func loss(
            _ network: SimVP, _ simVPCase: Case, _ step: Int, recomputes: Bool = false
        ) -> (value: Float, gradients: [Tensor]) {
            let (context, future) = simVPCase.batch(step)
            let result = valueWithGradients(of: network.parameters, recomputesActivations: recomputes) { pass in
                mean(square(network(context: context, steps: simVPCase.configuration.predictedFrames, pass) - future))
            }
            return (result.value.scalar, result.gradients)
        }

        @Test(arguments: cases) func predicts(_ simVPCase: Case) throws {
            let golden = try Golden(simVPCase.name)
            let network = try simVPCase.network(golden)
            let predicted = network(
                context: simVPCase.batch(0).context, steps: simVPCase.configuration.predictedFrames, Pass(.inference))
            expectClose(predicted, try golden["output"], "\(simVPCase.name): output", within: 1e-5)
        }

        @Test(arguments: cases, [false, true])
        func hasTheOraclesGradients(_ simVPCase: Case, recomputes: Bool) throws {
            let golden = try Golden(simVPCase.name)
            let network = try simVPCase.network(golden)
            let found = loss(network, simVPCase, 0, recomputes: recomputes)
            golden.expectGradients(network.named(found.gradients), of: "simvp", within: 5e-4)
        }

        @Test(arguments: cases) func tenStepsHaveTheOraclesLosses(_ simVPCase: Case) throws {
            let golden = try Golden(simVPCase.name)
            let network = try simVPCase.network(golden)
            let adam = Adam(network.parameters, beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
            var losses: [Float] = []
            for step in 0..<10 {
                let found = loss(network, simVPCase, step)
                adam.update(found.gradients, learningRate: 1e-3)
                losses.append(found.value)
            }
            expectClose(
                Tensor(losses, shape: [10]), try golden["losses"], "\(simVPCase.name): losses of ten steps",
                within: 1e-5)
        }
    }
}
