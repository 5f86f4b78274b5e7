import AuspexTensors

/// A 3×3 convolution of two inputs side by side, `W * [h; x] + b`, whose halves can be had apart: `Wh * h` in the loop, `Wx * x + b` for all steps at once.
public final class SplitConvolution: Layer {
    /// `[k, k, first + second, outputs]`
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter
    public let norm: SpectralNorm
    private let firstChannels: Int
    private let firstHalf = Half()
    private let secondHalf = Half()

    /// Names a half among what a pass makes once.
    private final class Half {}

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

    /// One of a recurrent unit's: from its state and its input to something as wide as the state.
    public convenience init(stateChannels: Int, inputChannels: Int, using initializer: inout Initializer) {
        self.init(
            firstChannels: stateChannels, secondChannels: inputChannels, outputChannels: stateChannels,
            using: &initializer)
    }

    /// `Wh * h`, without the bias.
    public func first(_ h: Tensor, _ pass: Pass) -> Tensor {
        let kernel = pass.once(firstHalf) { pass in norm(weight, pass).sliced(2, from: 0, count: firstChannels) }
        return convolution(h, weight: kernel)
    }

    /// `Wx * x + b`.
    public func second(_ x: Tensor, _ pass: Pass) -> Tensor {
        let kernel = pass.once(secondHalf) { pass in
            norm(weight, pass).sliced(2, from: firstChannels, count: weight.value.shape[2] - firstChannels)
        }
        return convolution(x, weight: kernel, bias: pass.read(bias))
    }
}
