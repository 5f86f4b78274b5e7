import AuspexLayers
import AuspexTensors

/// The block of encoder and decoder: convolution 3×3 → group norm of two groups → SiLU.
///
/// To halve the side, the convolution has stride 2; to double it, the convolution makes four times the channels, which become
/// pixels. Weights begin normal with a standard deviation of 0.02 and biases at 0, as in OpenSTL, which truncates the normal a hundred deviations away.
/// Source: Gao et al. 2022, arXiv:2206.05099, section 3.2; SiLU and group norm of two groups as in OpenSTL's `ConvSC`.
public final class SpatialBlock: Layer {
    /// How a block changes the side of an image.
    public enum Resampling: Sendable {
        /// Keeps both sides.
        case none
        /// Halves both, by a stride of 2.
        case halves
        /// Doubles both, by pixels out of channels.
        case doubles

        /// Every second of an encoder's blocks halves the side; a decoder uses the same list in reverse, and doubles.
        static func alternating(_ count: Int, _ resampling: Resampling) -> [Resampling] {
            (0..<count).map { $0 % 2 == 1 ? resampling : .none }
        }
    }

    /// 3×3; to four times the outputs where the block doubles the sides.
    public let convolution: Convolution
    /// Group norm of two groups.
    public let norm: GroupNorm
    private let resampling: Resampling

    /// Makes a block; `outputChannels` must be even, as the norm has two groups.
    public init(
        inputChannels: Int, outputChannels: Int, resampling: Resampling, using initializer: inout Initializer
    ) {
        self.resampling = resampling
        convolution = Convolution(
            inputChannels: inputChannels, outputChannels: outputChannels * (resampling == .doubles ? 4 : 1),
            stride: resampling == .halves ? 2 : 1, spectralNorm: false, initialization: .normal(deviation: 0.02),
            using: &initializer)
        norm = GroupNorm(groups: 2, channels: outputChannels)
    }

    /// - Parameter x: `[N, H, W, inputChannels]`.
    /// - Returns: `[N, H', W', outputChannels]`, each side as it was, halved or doubled.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        var y = convolution(x, pass)
        if resampling == .doubles { y = pixelShuffled(y, factor: 2) }
        return norm(y, activation: .silu, pass)
    }
}
