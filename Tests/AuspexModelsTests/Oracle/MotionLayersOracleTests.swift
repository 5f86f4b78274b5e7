import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import Testing

extension ModelTests {
    /// Motion layers against PyTorch in double precision (`tools/oracles/motion_layers.py`): forward, every loss, every gradient, ten of Adam's steps.
    @Suite struct MotionLayersOracleTests {
        struct Case: CustomTestStringConvertible {
            let name: String
            let height: Int
            let width: Int
            let configuration: MotionLayersConfiguration
            var testDescription: String { name }

            init(_ name: String, _ sides: (Int, Int), _ change: (inout MotionLayersConfiguration) -> Void) {
                self.name = name
                (height, width) = sides
                var configuration = MotionLayersConfiguration()
                change(&configuration)
                self.configuration = configuration
            }

            private func numbers(_ part: String, _ step: Int, _ shape: [Int]) -> Tensor {
                Formula.uniform("\(name).\(part).\(step)", [2] + shape.dropLast() + [height, width] + shape.suffix(1))
            }

            private func shares(_ part: String, _ step: Int, _ shape: [Int]) -> Tensor {
                numbers(part, step, shape) * 0.5 + 0.5
            }

            /// One of ten batches: clips in [−1, 1], prior motion, and targets.
            func batch(_ step: Int) -> (context: Tensor, future: Tensor, prior: Tensor, targets: FutureTargets) {
                let (given, wanted) = (configuration.contextFrames, configuration.predictedFrames)
                let channels = configuration.frameChannels
                let video = numbers("clip", step, [given + wanted, channels])
                let targets = FutureTargets(
                    tracks: numbers("tracks", step, [wanted, 2]) * 3, trust: shares("trust", step, [wanted, 1]),
                    still: shares("still", step, [channels]), stillWeight: shares("stillWeight", step, [1]),
                    foreground: shares("foreground", step, [1]))
                return (
                    video.sliced(1, from: 0, count: given), video.sliced(1, from: given, count: wanted),
                    numbers("prior", step, [2]) * 1.5, targets
                )
            }

            func network() throws -> MotionLayers {
                try configuration.validate()
                var initializer = Initializer(seed: 1)
                let network = MotionLayers(configuration, using: &initializer)
                var parameters: [String: Tensor] = [:]
                for (name, value) in network.parameterValues {
                    let isGain = name.hasSuffix("norm.gain")
                    let numbers = Formula.numbers("motion.\(name)", value.count)
                        .map { Float(Double($0) * scale(name, value.shape) + (isGain ? 1 : 0)) }
                    parameters[name] = Tensor(numbers, shape: value.shape)
                }
                try network.load(parameters: parameters)
                return network
            }

            /// How large the formula's numbers are: rollouts that go nowhere wild.
            private func scale(_ name: String, _ shape: [Int]) -> Double {
                if name.hasSuffix("bias") || name.hasSuffix("norm.gain") { return 1 / 16 }
                if ["rollout.output.weight", "rollout.start.weight"].contains(name) { return 1 / 16 }
                if name == "head.convolution.weight" { return 1 / 8 }
                return (3 / Double(shape.dropLast().reduce(1, *))).squareRoot()
            }
        }

        static let cases = [
            Case("motion-layers", (32, 32)) {
                $0.predictedFrames = 4
                ($0.widths, $0.headChannels, $0.rolloutWidths) = ([4, 8, 12, 16], 10, [12, 8])
            },
            Case("motion-layers-grey", (16, 24)) {
                ($0.contextFrames, $0.predictedFrames, $0.frameChannels) = (2, 3, 1)
                ($0.widths, $0.headChannels, $0.rolloutWidths) = ([3, 6, 8, 8], 5, [8, 6])
            },
        ]

        private struct Step {
            let output: GeneratorOutput
            let terms: [(name: String, value: Float)]
            let loss: Float
            let gradients: [Tensor]
        }

        private func step(
            _ network: MotionLayers, _ motionCase: Case, _ number: Int, progress: Double = 0, recomputes: Bool = false
        ) -> Step {
            let batch = motionCase.batch(number)
            let pass = Pass(.training, differentiating: network.parameters, recomputesActivations: recomputes)
            let output = network(
                context: batch.context, steps: motionCase.configuration.predictedFrames, prior: batch.prior, pass)
            // Of frames in [0, 1], as the recipe counts.
            let pixels = mean(abs(output.frames - batch.future)) * 0.5
            let own = network.losses(of: output, targets: batch.targets, progress: progress)
            let loss = own.reduce(pixels) { $0 + $1.value * $1.weight }
            return Step(
                output: output,
                terms: [("pixels", pixels.scalar)] + own.map { ($0.name, $0.value.scalar * $0.weight) },
                loss: loss.scalar, gradients: pass.gradients(of: loss, for: network.parameters))
        }

        /// The batch of which every ReLU's side is clear: next to zero rounding decides, and a gradient jumps.
        private func clearBatch(_ golden: Golden) throws -> Int { Int(try golden["batch"].scalars[0]) }

        @Test(arguments: cases) func predicts(_ motionCase: Case) throws {
            let golden = try Golden(motionCase.name)
            let found = step(try motionCase.network(), motionCase, try clearBatch(golden))
            expectClose(found.output.frames, try golden["output"], "\(motionCase.name): output", within: 5e-5)
            for name in [
                GeneratorOutput.displacement, GeneratorOutput.canvas, GeneratorOutput.opacity, MotionLayers.alphaLogits,
            ] {
                let map = try #require(found.output.maps[name])
                expectClose(map, try golden[name], "\(motionCase.name): \(name)", within: 5e-5)
            }
            for (name, value) in found.terms {
                expectClose(
                    Tensor(value), try golden["loss.\(name)"], "\(motionCase.name): loss.\(name)", within: 1e-5)
            }
        }

        @Test(arguments: cases, [false, true])
        func hasTheOraclesGradients(_ motionCase: Case, recomputes: Bool) throws {
            let (golden, network) = (try Golden(motionCase.name), try motionCase.network())
            let found = step(network, motionCase, try clearBatch(golden), recomputes: recomputes)
            golden.expectGradients(network.named(found.gradients), of: "motion", within: 5e-4)
        }

        @Test(arguments: cases) func tenStepsHaveTheOraclesLosses(_ motionCase: Case) throws {
            let network = try motionCase.network()
            let adam = Adam(network.parameters, beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
            var losses: [Float] = []
            for number in 0..<10 {
                let found = step(network, motionCase, number, progress: Double(number) / 10)
                adam.update(found.gradients, learningRate: 1e-3)
                losses.append(found.loss)
            }
            // Adam's first steps have the size of the rate whatever the gradient: rounding of the smallest gradients shows.
            expectClose(
                Tensor(losses, shape: [10]), try Golden(motionCase.name)["losses"],
                "\(motionCase.name): losses of ten steps", within: 5e-4)
        }
    }
}
