import AuspexLayers
import AuspexTensors

/// Each frame is the one before it, moved and painted over: `frame(t) = m ⊙ w(frame(t−1); k) + (1 − m) ⊙ tanh(p)`.
///
/// Kernels k, mask m and paint p come from the features, and the first moved frame is the context's last. The TSRU's idea applied to the frame itself; related to
/// Finn et al. 2016, arXiv:1605.07157 (CDNA), and Ebert et al. 2017, arXiv:1710.05268 (SNA).
public final class MovedOutput: FrameOutput {
    /// From the features to kernels, mask and paint, 3×3.
    public let conv: Convolution
    /// The factor of a kernel's logits: the spectral norm keeps them within about 1 of each other, and softmax would then give a blur.
    private static let sharpness: Float = 4
    private let taps: Int
    private let frameChannels: Int

    init(channels: Int, frameChannels: Int, kernelSize: Int, using initializer: inout Initializer) {
        self.frameChannels = frameChannels
        taps = kernelSize * kernelSize
        let outputs = taps + 1 + frameChannels
        conv = Convolution(inputChannels: channels, outputChannels: outputs, using: &initializer)
        // An untrained model keeps the last frame unchanged.
        let kernel = IdentityInitialization.kernel(size: kernelSize).map { $0 / Self.sharpness }
        let paint = [Float](repeating: 0, count: frameChannels)
        conv.bias.value = Tensor(kernel + [IdentityInitialization.gate] + paint, shape: [outputs])
    }

    public func callAsFunction(_ features: Tensor, context: Tensor, steps: Int, _ pass: Pass) -> GeneratorOutput {
        let maps = conv(features, pass)
        let timeMajor = [steps, maps.shape[0] / steps] + maps.shape[1...2]
        func part(_ first: Int, _ count: Int) -> Tensor { maps.sliced(3, from: first, count: count) }
        func bySteps(_ x: Tensor) -> [Tensor] { x.reshaped(to: timeMajor + [x.shape[3]]).unstacked() }
        let kernels = bySteps(part(0, taps) * Self.sharpness)
        let masks = bySteps(sigmoid(part(taps, 1)))
        let paints = bySteps(tanh(part(taps + 1, frameChannels)))
        var frames: [Tensor] = []
        var frame = context.lastFrame
        for t in 0..<steps {
            let moved = warpedByKernels(frame, logits: kernels[t])
            frame = paints[t] + masks[t] * (moved - paints[t])
            frames.append(frame)
        }
        return GeneratorOutput(frames: stacked(frames).transposed([1, 0, 2, 3, 4]))
    }
}
