import AuspexTensors

/// How a state is moved: by weighted neighbourhoods, or by a displacement at each pixel.
public enum Warp: String, Codable, Sendable, CaseIterable {
    /// By a separate K×K kernel at each pixel, whose weights sum to 1.
    case kernel
    /// By bilinear sampling at a displacement (dy, dx), in pixels.
    case flow
}

/// `ĥ = w(h; θ)`, `θ = f(h, x)`: predicts a motion from state and input, and moves the state by it.
///
/// `f` is conv 3×3 → ReLU → conv 3×3. With kernels θ has K² channels, softmax over them at each pixel; with flow it has two, (dy, dx) in pixels.
/// Source: Luc et al. 2020, arXiv:2003.04035, section 3.2.
public final class MotionTransform: Layer {
    /// The first convolution of f, 3×3 over state and input.
    public let hiddenMotion: SplitConvolution
    /// The second convolution of f, 3×3, to K² logits or to (dy, dx).
    public let motion: Convolution
    private let warp: Warp

    /// Makes a transform.
    ///
    /// - Parameters:
    ///   - warp: how the state is moved.
    ///   - kernelSize: K of the kernels, odd; ignored if the state is moved by flow.
    ///   - startsStill: whether untrained kernels leave the state nearly where it is.
    public init(
        stateChannels: Int, inputChannels: Int, warp: Warp, kernelSize: Int, startsStill: Bool = false,
        using initializer: inout Initializer
    ) {
        self.warp = warp
        hiddenMotion = SplitConvolution(
            stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
        motion = Convolution(
            inputChannels: stateChannels, outputChannels: warp == .kernel ? kernelSize * kernelSize : 2,
            using: &initializer)
        if startsStill, warp == .kernel {
            motion.bias.value = Tensor(
                IdentityInitialization.kernel(size: kernelSize), shape: [kernelSize * kernelSize])
        }
    }

    /// The moved state, `[B, H, W, C]`.
    public func callAsFunction(_ h: Tensor, _ x: StepInput, _ pass: Pass) -> Tensor {
        let θ = motion(relu(hiddenMotion(h, x, pass)), pass)
        return switch warp {
        case .kernel: warpedByKernels(h, logits: θ)
        case .flow: warpedByFlow(h, flow: θ)
        }
    }
}
