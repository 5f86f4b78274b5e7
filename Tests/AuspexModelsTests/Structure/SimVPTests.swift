import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import Testing

extension ModelTests {
    @Suite struct SimVPTests {
        private static func configuration(_ change: (inout SimVPConfiguration) -> Void = { _ in }) -> SimVPConfiguration
        {
            var small = SimVPConfiguration()
            (small.size, small.contextFrames, small.predictedFrames) = (16, 2, 2)
            (small.spatialChannels, small.temporalChannels, small.temporalBlocks) = (8, 16, 2)
            change(&small)
            return small
        }

        private static func network(_ configuration: SimVPConfiguration) -> SimVP {
            var initializer = Initializer(seed: 3)
            return SimVP(configuration, using: &initializer)
        }

        /// OpenSTL's Moving MNIST model at ten frames; its own count of parameters.
        @Test func publishedSize() {
            var published = SimVPConfiguration()
            (published.contextFrames, published.predictedFrames, published.frameChannels) = (10, 10, 1)
            _ = ShapePass.count { #expect(Self.network(published).parameterCount == expectedCount(published)) }
        }

        /// By the paper's formulae, counted by hand: every convolution's weights and biases, and two numbers a normalised channel.
        private func expectedCount(_ c: SimVPConfiguration) -> Int {
            let (s, t, clip) = (c.spatialChannels, c.temporalChannels, c.contextFrames * c.spatialChannels)
            let halves = c.spatialBlocks / 2
            let encoder = 9 * c.frameChannels * s + 3 * s + (c.spatialBlocks - 1) * (9 * s * s + 3 * s)
            let decoder =
                halves * (9 * s * 4 * s + 6 * s) + halves * (9 * s * s + 3 * s) + s * c.frameChannels + c.frameChannels
            func inception(_ inputs: Int, _ outputs: Int) -> Int {
                let taps = c.inceptionKernels.reduce(0) { $0 + $1 * $1 }
                return inputs * t / 2 + t / 2 + taps * (t / 2 / c.groups) * outputs
                    + c.inceptionKernels.count * 3 * outputs
            }
            let n = c.temporalBlocks
            let down = inception(clip, t) + (n - 1) * inception(t, t)
            let up = inception(t, t) + (n - 2) * inception(2 * t, t) + inception(2 * t, clip)
            return encoder + decoder + down + up
        }

        @Test func predictsAnyNumberOfFrames() {
            let network = Self.network(Self.configuration())
            let context = Formula.clip("context", batch: 3, time: 2, size: 16, channels: 3)
            let five = network(context: context, steps: 5, Pass(.inference))
            #expect(five.shape == [3, 5, 16, 16, 3] && five.isFinite)
            for steps in 1...4 {
                let fewer = network(context: context, steps: steps, Pass(.inference))
                #expect(fewer.scalars == five.sliced(1, from: 0, count: steps).scalars)
            }
            let second = network(context: five.sliced(1, from: 0, count: 2), steps: 2, Pass(.inference))
            #expect(second.scalars == five.sliced(1, from: 2, count: 2).scalars)
        }

        @Test func clipsDoNotSeeEachOther() {
            let network = Self.network(Self.configuration())
            let context = Formula.clip("context", batch: 3, time: 2, size: 16, channels: 3)
            let together = network(context: context, steps: 2, Pass(.inference))
            let alone = network(context: context.sliced(0, from: 1, count: 1), steps: 2, Pass(.inference))
            expectClose(alone, together.sliced(0, from: 1, count: 1), "a clip alone", within: 1e-5)
        }

        @Test func beginsAsOpenSTLDoes() throws {
            let network = Self.network(Self.configuration { $0.temporalChannels = 64 })
            let values = network.parameterValues
            func deviation(_ name: String) throws -> Float {
                let weight = try #require(values[name]).scalars
                return (weight.reduce(0) { $0 + $1 * $1 } / Float(weight.count)).squareRoot()
            }
            #expect(abs(try deviation("encoder.blocks.1.convolution.weight") - 0.02) < 2e-3)
            #expect(try deviation("encoder.blocks.1.convolution.bias") == 0)
            // Uniform within ±1/√(k² · channels of a group): 32 / 8 · 49 for the kernel of 7.
            let branch = "translator.down.1.branches.2.convolution."
            let bound = 1 / Float(4 * 49).squareRoot()
            for part in ["weight", "bias"] {
                #expect(try #require(values[branch + part]).magnitude <= bound)
                #expect(abs(try deviation(branch + part) / bound - 1 / Float(3).squareRoot()) < 0.1)
            }
            #expect(try deviation("decoder.blocks.0.norm.gain") == 1)
        }

        @Test func recomputingTakesLessMemory() {
            func peak(_ recomputes: Bool) -> Int {
                ShapePass.count {
                    let network = Self.network(Self.configuration())
                    let pass = Pass(
                        .training, differentiating: network.parameters, recomputesActivations: recomputes)
                    let frames = network(context: Tensor(zeros: [2, 2, 16, 16, 3]), steps: 2, pass)
                    _ = pass.gradients(of: mean(square(frames)), for: network.parameters)
                }.peakLiveBytes
            }
            #expect(peak(true) < peak(false))
        }

        private static let refusals: [(String, @Sendable (inout SimVPConfiguration) -> Void)] = [
            ("model.size is 30: its sides must be multiples of 4", { $0.size = 30 }),
            ("model.size is [8, 0]: its sides must be multiples of 4", { $0.size = FrameSize(height: 8, width: 0) }),
            ("model.spatialBlocks is 3: it must be even", { $0.spatialBlocks = 3 }),
            ("model.spatialBlocks is 64: it must be from 2 to 32", { $0.spatialBlocks = 64 }),
            ("model.spatialChannels is 9: it must be even", { $0.spatialChannels = 9 }),
            ("model.temporalBlocks is 1: it must be from 2", { $0.temporalBlocks = 1 }),
            ("model.temporalChannels is 17: it must be even", { $0.temporalChannels = 17 }),
            ("model.inceptionKernels[1] is 4: it must be odd", { $0.inceptionKernels = [3, 4] }),
            ("model.inceptionKernels is []: it must be at least one", { $0.inceptionKernels = [] }),
            ("model.groups is 3: it must be a divisor of 8, half of model.temporalChannels", { $0.groups = 3 }),
            (
                "model.groups is 8: it must be a divisor of 12, which is model.contextFrames · model.spatialChannels",
                { ($0.contextFrames, $0.spatialChannels) = (3, 4) }
            ),
            ("model.predictedFrames is -1: it must be from 1", { $0.predictedFrames = -1 }),
        ]

        @Test(arguments: refusals.indices) func refuses(_ number: Int) throws {
            let (message, change) = Self.refusals[number]
            #expect(throws: Never.self) { try Self.configuration().validate() }
            let error = #expect(throws: ModelConfigurationError.self) { try Self.configuration(change).validate() }
            #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "nothing")")
        }
    }
}
