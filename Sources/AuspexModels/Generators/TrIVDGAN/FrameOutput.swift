import AuspexLayers
import AuspexTensors

/// Turns a generator's last features into frames, either painted from scratch or moved from earlier frames.
public protocol FrameOutput: Layer {
    /// - Parameters:
    ///   - features: `[Tp·B, H, W, ch]`, folded time-major.
    ///   - context: the given frames, `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - steps: Tp.
    /// - Returns: frames `[B, Tp, H, W, C]`, in [−1, 1], and maps for inspection.
    func callAsFunction(_ features: Tensor, context: Tensor, steps: Int, _ pass: Pass) -> GeneratorOutput
}

extension TrIVDGANConfiguration {
    func makeOutput(using initializer: inout Initializer) -> any FrameOutput {
        switch output {
        case .paint: PaintedOutput(channels: channels, frameChannels: frameChannels, using: &initializer)
        case .move:
            MovedOutput(
                channels: channels, frameChannels: frameChannels, kernelSize: outputKernelSize, using: &initializer)
        case .advect: AdvectedOutput(channels: channels, frameChannels: frameChannels, using: &initializer)
        }
    }
}

extension Tensor {
    /// From `[Tp·B, H, W, C]`, folded time-major, to clips `[B, Tp, H, W, C]`.
    func unfolded(steps: Int) -> Tensor {
        reshaped(to: [steps, shape[0] / steps] + shape[1...]).transposed([1, 0, 2, 3, 4])
    }
}
