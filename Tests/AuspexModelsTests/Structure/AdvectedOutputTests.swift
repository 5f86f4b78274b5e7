import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

extension ModelTests {
    @Suite("Frames that optical flow carries along") struct AdvectedOutputTests {
        /// A pattern that moves by (1.25, −0.75) pixels a frame, `[2, frames, 32, 48, channels]`.
        private static func clip(frames: Int, channels: Int) -> Tensor {
            Tensor([2, frames, 32, 48, channels]) { values in
                var place = 0
                for clip in 0..<2 {
                    for frame in 0..<frames {
                        for y in 0..<32 {
                            for x in 0..<48 {
                                let (u, v) = (Float(y) - 1.25 * Float(frame), Float(x) + 0.75 * Float(frame))
                                for channel in 0..<channels {
                                    values[place] =
                                        0.6 * sin(0.5 * u + Float(channel)) * cos(0.4 * v + Float(clip)) + 0.2
                                        * sin(0.9 * v)
                                    place += 1
                                }
                            }
                        }
                    }
                }
            }
        }

        private static func model(channels: Int) -> TrIVDGANConfiguration {
            Tiny.model(size: FrameSize(height: 32, width: 48)) {
                ($0.output, $0.contextFrames, $0.predictedFrames, $0.frameChannels) = (.advect, 3, 5, channels)
            }
        }

        @Test("An untrained model is the flow baseline", arguments: [1, 3]) func untrained(channels: Int) {
            let model = Self.model(channels: channels)
            let context = Self.clip(frames: 3, channels: channels)
            let predicted = Tiny.generator(model)(
                context: context, horizon: 5, noise: Tiny.noise(model), Pass(.inference)
            ).frames
            let flow = FlowExtrapolation().future(
                of: context, horizon: 5, drawnFrom: RandomStream(seed: 0, name: "none"))
            #expect(mismatch(predicted, flow, absolute: 1e-5) == nil)
        }

        @Test("All its parts learn") func learns() {
            let model = Self.model(channels: 3)
            let generator = Tiny.generator(model)
            let clip = Self.clip(frames: 8, channels: 3)
            let truth = clip.sliced(1, from: 3, count: 5)
            func loss(_ pass: Pass) -> Tensor {
                let frames = generator(
                    context: clip.sliced(1, from: 0, count: 3), horizon: 5, noise: Tiny.noise(model), pass
                ).frames
                return mean(square(frames - truth))
            }
            let before = loss(Pass(.inference)).scalar
            // Two steps: the first moves what was zero, the second the layers before it.
            for _ in 0..<2 {
                let (_, gradients) = valueWithGradients(of: generator.parameters) { loss($0) }
                for (entry, gradient) in zip(generator.parameters, gradients) {
                    entry.parameter.value = entry.parameter.value - gradient * 0.05
                }
            }
            let (_, gradients) = valueWithGradients(of: generator.parameters) { loss($0) }
            for name in ["output.conv.weight", "output.conv.bias", "output.refine.weight", "output.refined.weight"] {
                let place = generator.parameters.firstIndex { $0.name == name } ?? 0
                #expect(generator.parameters[place].name == name && gradients[place].sumOfSquares > 0)
            }
            #expect(gradients.allSatisfy { $0.isFinite })
            let after = loss(Pass(.inference)).scalar
            #expect(after < before)
        }

        @Test func oneFrameShowsNoMotion() {
            var model = Self.model(channels: 3)
            model.contextFrames = 1
            let error = #expect(throws: ModelConfigurationError.self) { try model.validate() }
            #expect(error?.description.contains("model.contextFrames is 1: it must be at least 2") == true)
        }
    }
}
