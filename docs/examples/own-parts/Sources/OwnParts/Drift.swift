import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors

/// A custom model: each frame is the frame before and what two convolutions add to it.
public final class Drift: VideoGenerator {
    /// What a configuration can say of the model. The stored properties are the keys of its section `model`.
    public struct Options: ModelOptions {
        public static let name = "drift"
        public static let fieldDocumentation = [
            "size": "Height and width of the frames, in pixels.", "contextFrames": "Frames that are given.",
            "predictedFrames": "Frames that are predicted.", "frameChannels": "Channels of a frame.",
            "width": "Channels between the two convolutions.",
        ]
        @FrameSizeOption public var size = 32
        public var contextFrames = 2
        public var predictedFrames = 4
        public var frameChannels = 3
        public var width = 16

        public init() {}

        public var discriminatorChannels: Int { width }

        /// Refuses a network that would take all memory, before it is made.
        public var leastSizes: [LeastModelSize] {
            let parameters = 9 * Double(width) * Double(frameChannels) * 2
            return [LeastModelSize(field: "width", value: width, parameters: parameters, advice: "lower it")]
        }

        public func validate() throws(ModelConfigurationError) {
            guard width > 0 else { throw ModelConfigurationError("model.width is \(width); expected 1 or more") }
        }

        public func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
            Drift(self, using: &initializer)
        }
    }

    public let options: Options
    /// One future for each context: nothing is drawn.
    public let latentSize = 0
    private let hidden: Convolution
    private let change: Convolution

    public init(_ options: Options, using initializer: inout Initializer) {
        self.options = options
        hidden = Convolution(
            inputChannels: options.frameChannels, outputChannels: options.width, spectralNorm: false,
            using: &initializer)
        change = Convolution(
            inputChannels: options.width, outputChannels: options.frameChannels, spectralNorm: false,
            using: &initializer)
    }

    public func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]?, _ pass: Pass
    ) -> GeneratorOutput {
        let shape = context.shape
        var frame = context.sliced(1, from: shape[1] - 1, count: 1).reshaped(to: [shape[0]] + shape[2...])
        var frames: [Tensor] = []
        for _ in 0..<horizon {
            frame = frame + change(hidden(frame, activation: .relu, pass), pass) * 0.1
            frames.append(frame)
        }
        return GeneratorOutput(frames: stacked(frames).transposed([1, 0, 2, 3, 4]))
    }
}
