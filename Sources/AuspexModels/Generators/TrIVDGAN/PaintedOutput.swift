import AuspexLayers
import AuspexTensors

/// Frames painted from scratch, `tanh(conv(features))`, as published.
public final class PaintedOutput: FrameOutput {
    /// From the features to the frames' channels, 3×3.
    public let conv: Convolution

    init(channels: Int, frameChannels: Int, using initializer: inout Initializer) {
        conv = Convolution(inputChannels: channels, outputChannels: frameChannels, using: &initializer)
    }

    public func callAsFunction(_ features: Tensor, context: Tensor, steps: Int, _ pass: Pass) -> GeneratorOutput {
        GeneratorOutput(frames: tanh(conv(features, pass)).unfolded(steps: steps))
    }
}
