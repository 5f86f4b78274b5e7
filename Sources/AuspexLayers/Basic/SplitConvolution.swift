import AuspexTensors

/// A convolution of a state and an input side by side: `W * [h; x] + b`, computed as `Wh * h + (Wx * x + b)`.
///
/// In a recurrent unit only `Wh * h` depends on the step before: `Wx * x + b` is computed for all steps at once, see `StepInput`.
public final class SplitConvolution: Layer {
    /// `[k, k, first + second, outputs]`
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter
    /// The spectral norm of the whole weight, both halves together.
    public let norm: SpectralNorm
    private let firstChannels: Int
    private let firstHalf = Half()
    private let secondHalf = Half()

    /// The key of a half among the values that a pass computes once.
    private final class Half {}

    /// Makes a k×k convolution with an orthogonal weight under spectral norm and a bias of 0.
    public init(
        firstChannels: Int, secondChannels: Int, outputChannels: Int, kernelSize: Int = 3,
        using initializer: inout Initializer
    ) {
        self.firstChannels = firstChannels
        weight = Parameter(
            initializer.orthogonal([kernelSize, kernelSize, firstChannels + secondChannels, outputChannels]))
        bias = Parameter(Tensor(zeros: [outputChannels]))
        norm = SpectralNorm(of: weight.value, using: &initializer)
    }

    /// A convolution of a recurrent unit: from its state and its input to a map as wide as the state.
    public convenience init(stateChannels: Int, inputChannels: Int, using initializer: inout Initializer) {
        self.init(
            firstChannels: stateChannels, secondChannels: inputChannels, outputChannels: stateChannels,
            using: &initializer)
    }

    /// - Parameters:
    ///   - h: `[B, H, W, first]`.
    ///   - x: `[B, H, W, second]`.
    /// - Returns: `[B, H, W, outputs]`.
    public func callAsFunction(_ h: Tensor, _ x: Tensor, _ pass: Pass) -> Tensor { first(h, pass) + second(x, pass) }

    /// The same for the input of a step.
    public func callAsFunction(_ h: Tensor, _ x: StepInput, _ pass: Pass) -> Tensor {
        let ofInput = x.mapped(by: self) { second($0, pass) }
        return first(h, pass) + ofInput
    }

    /// `Wh * h`, without the bias.
    private func first(_ h: Tensor, _ pass: Pass) -> Tensor {
        let kernel = pass.once(firstHalf) { pass in norm(weight, pass).sliced(2, from: 0, count: firstChannels) }
        return convolution(h, weight: kernel)
    }

    /// `Wx * x + b`.
    private func second(_ x: Tensor, _ pass: Pass) -> Tensor {
        let kernel = pass.once(secondHalf) { pass in
            norm(weight, pass).sliced(2, from: firstChannels, count: weight.value.shape[2] - firstChannels)
        }
        return convolution(x, weight: kernel, bias: pass.read(bias))
    }
}
