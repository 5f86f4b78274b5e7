import AuspexLayers
import AuspexTensors

/// From a generator's last features to frames.
///
/// - `paint`: `tanh(conv(features))`, as published.
/// - `move`: `frame(t) = m ⊙ w(frame(t−1); k) + (1 − m) ⊙ tanh(p)`: kernels k, mask m and paint p come from the features, and the first frame moved is
///   the context's last. The TSRU's idea at the frame itself; kin to Finn et al. 2016, arXiv:1605.07157 (CDNA), and Ebert et al. 2017, arXiv:1710.05268 (SNA).
public final class FrameOutput: Layer {
    /// From the features to paint, and for `move` kernels and a mask beside it, 3×3.
    public let conv: Convolution
    /// How often a kernel's logits count: the spectral norm keeps them within about 1 of each other, from which softmax makes a blur.
    private static let sharpness: Float = 4
    private let form: TrIVDGANConfiguration.Output
    private let taps: Int
    private let frameChannels: Int

    init(_ configuration: TrIVDGANConfiguration, using initializer: inout Initializer) {
        form = configuration.output
        frameChannels = configuration.frameChannels
        taps = configuration.outputKernelSize * configuration.outputKernelSize
        let outputs = form == .paint ? frameChannels : taps + 1 + frameChannels
        conv = Convolution(inputChannels: configuration.channels, outputChannels: outputs, using: &initializer)
        if form == .move {
            // An untrained model keeps what it sees, at its place.
            let kernel = IdentityInitialization.kernel(size: configuration.outputKernelSize).map { $0 / Self.sharpness }
            let paint = [Float](repeating: 0, count: frameChannels)
            conv.bias.value = Tensor(kernel + [IdentityInitialization.gate] + paint, shape: [outputs])
        }
    }

    /// - Parameters:
    ///   - features: `[Tp·B, H, W, ch]`, folded time-major.
    ///   - lastFrame: the context's last, `[B, H, W, C]`.
    /// - Returns: `[B, Tp, H, W, C]`.
    func callAsFunction(_ features: Tensor, lastFrame: Tensor, steps: Int, _ pass: Pass) -> Tensor {
        let maps = conv(features, pass)
        let batch = lastFrame.shape[0]
        let timeMajor = [steps, batch] + maps.shape[1...3]
        switch form {
        case .paint: return tanh(maps).reshaped(to: timeMajor).transposed([1, 0, 2, 3, 4])
        case .move:
            func part(_ first: Int, _ count: Int) -> Tensor { maps.sliced(3, from: first, count: count) }
            func bySteps(_ x: Tensor) -> [Tensor] { x.reshaped(to: timeMajor.dropLast() + [x.shape[3]]).unstacked() }
            let kernels = bySteps(part(0, taps) * Self.sharpness)
            let masks = bySteps(sigmoid(part(taps, 1)))
            let paints = bySteps(tanh(part(taps + 1, frameChannels)))
            var frames: [Tensor] = []
            var frame = lastFrame
            for t in 0..<steps {
                let moved = warpedByKernels(frame, logits: kernels[t])
                frame = paints[t] + masks[t] * (moved - paints[t])
                frames.append(frame)
            }
            return stacked(frames).transposed([1, 0, 2, 3, 4])
        }
    }
}
