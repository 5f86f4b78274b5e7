import AuspexSupport
import CAuspexEngine

/// The parameters of a normalisation: statistics per channel, gain and bias per channel or per image and channel.
private struct Normalization {
    let gain: Tensor
    let mean: Tensor
    let variance: Tensor
    let epsilon: Float
    let relu: Bool
    /// gain / √(variance + epsilon) and bias − mean · scale, `[G, C]`: computed once for both directions.
    let scale: Tensor
    let shift: Tensor
    /// Whether the statistics are constants rather than computed from the numbers themselves.
    let given: Bool
    let images: Int
    let pixels: Int
    let channels: Int
    let groups: Int

    init(
        _ operation: String, _ x: Tensor, mean: Tensor, variance: Tensor, gain: Tensor, bias: Tensor, epsilon: Float,
        relu: Bool, given: Bool
    ) {
        let channels = x.shape[x.rank - 1]
        require(
            mean.shape == [channels] && variance.shape == [channels], operation,
            "statistics \(mean.shape) and \(variance.shape) do not fit the \(channels, "channel") of \(x.shape)")
        require(
            gain.rank == 2 && gain.shape == bias.shape && gain.shape[1] == channels && gain.shape[0] > 0
                && x.shape[0] % gain.shape[0] == 0, operation,
            "gain \(gain.shape) and bias \(bias.shape) are not [G, \(channels)] with G dividing the images of \(x.shape)"
        )
        self.channels = channels
        images = x.shape[0]
        pixels = x.shape[1..<x.rank - 1].reduce(1, *)
        groups = gain.shape[0]
        (self.gain, self.mean, self.variance) = (gain.detached(), mean.detached(), variance.detached())
        (self.epsilon, self.relu, self.given) = (epsilon, relu, given)
        let shift = Tensor(uninitialized: gain.shape)
        let (count, sides) = (gain.shape[0], channels)
        scale = Tensor(gain.shape) { scale in
            withFloats(mean, variance, gain, bias) { mean, variance, gain, bias in
                shift.withScratch {
                    ax_norm_coefficients(scale, $0, mean, variance, gain, bias, epsilon, count, sides)
                }
            }
        }
        self.shift = shift
    }

    func forward(_ x: Tensor) -> Tensor {
        Tensor(x.shape) { out in
            withFloats(x, scale, shift) {
                ax_norm_forward(out, $0, $1, $2, relu ? 1 : 0, images, pixels, channels, groups)
            }
        }
    }

    /// The gradients of x (if needed), gain and bias.
    func backward(_ upstream: Tensor, _ x: Tensor, wantsArgument: Bool) -> [Tensor?] {
        let atX = wantsArgument ? Tensor(uninitialized: x.shape) : nil
        let atGain = Tensor(uninitialized: gain.shape)
        let atBias = Tensor(uninitialized: gain.shape)
        let scratch = Tensor(uninitialized: [ax_norm_backward_scratch(images, pixels, channels)])
        withExtendedLifetime((atX, atGain, atBias, scratch)) {
            withFloats(of: [upstream, x, mean, variance, gain, scale, shift]) { inputs in
                ax_norm_backward(
                    atX?.rawPointer.assumingMemoryBound(to: Float.self),
                    atGain.rawPointer.assumingMemoryBound(to: Float.self),
                    atBias.rawPointer.assumingMemoryBound(to: Float.self), inputs[0], inputs[1], inputs[2], inputs[3],
                    inputs[4], inputs[5], inputs[6], epsilon, relu ? 1 : 0, given ? 1 : 0, images, pixels, channels,
                    groups, scratch.rawPointer.assumingMemoryBound(to: Float.self))
            }
        }
        return [atX, atGain, atBias]
    }
}

/// Mean and biased variance of each channel.
///
/// - Parameter x: `[…, C]` with at least one number per channel.
/// - Returns: two tensors `[C]`, off the tape.
package func channelStatistics(_ x: Tensor) -> (mean: Tensor, variance: Tensor) {
    require(x.rank >= 2 && x.count > 0, "channelStatistics", "\(x.shape) has no numbers a channel")
    let channels = x.shape[x.rank - 1]
    let rows = x.count / channels
    let variance = Tensor(uninitialized: [channels])
    let scratch = Tensor(uninitialized: [ax_batch_statistics_scratch(rows, channels)])
    let mean = Tensor([channels]) { mean in
        withFloats(x) { x in
            variance.withScratch { variance in
                scratch.withScratch { ax_batch_statistics(mean, variance, x, rows, channels, $0) }
            }
        }
    }
    return (mean, variance)
}

/// Batch normalisation, `(x − mean) / √(variance + ε) · gain + bias` with the statistics of x over images and pixels, then ReLU if asked for:
/// one pass for the statistics and one for the rest, and likewise backward.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, float32, N·H·W at least 1. If time is folded into N, time-major: image n = t·B + b.
///   - gain: `[G, C]`; image n uses row n mod G, so G is 1, or B for gains per clip.
///   - bias: `[G, C]`.
/// - Returns: the output `[N, H, W, C]`, and the mean and biased variance `[C]`, off the tape, for running statistics.
/// - Source: Ioffe and Szegedy 2015, arXiv:1502.03167; gains per clip as in Brock et al. 2019, arXiv:1809.11096, appendix B.
public func batchNormalized(
    _ x: Tensor, gain: Tensor, bias: Tensor, epsilon: Float, relu: Bool
) -> (output: Tensor, mean: Tensor, variance: Tensor) {
    require(x.rank >= 2, "batchNormalized", "\(x.shape) has no images and channels")
    let (mean, variance) = channelStatistics(x)
    let output = normalize(
        "batchNormalized", x, mean: mean, variance: variance, gain: gain, bias: bias, epsilon: epsilon, relu: relu,
        given: false)
    return (output, mean, variance)
}

/// Normalises by given statistics, which are constants for the gradient; otherwise as `batchNormalized`.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, float32.
///   - mean: `[C]`.
///   - variance: `[C]`, biased.
///   - gain: `[G, C]`; image n uses row n mod G.
///   - bias: `[G, C]`.
public func normalized(
    _ x: Tensor, mean: Tensor, variance: Tensor, gain: Tensor, bias: Tensor, epsilon: Float, relu: Bool
) -> Tensor {
    require(x.rank >= 2, "normalized", "\(x.shape) has no images and channels")
    return normalize(
        "normalized", x, mean: mean, variance: variance, gain: gain, bias: bias, epsilon: epsilon, relu: relu,
        given: true)
}

private func normalize(
    _ operation: String, _ x: Tensor, mean: Tensor, variance: Tensor, gain: Tensor, bias: Tensor, epsilon: Float,
    relu: Bool, given: Bool
) -> Tensor {
    let norm = Normalization(
        operation, x, mean: mean, variance: variance, gain: gain, bias: bias, epsilon: epsilon, relu: relu,
        given: given)
    let (argument, wantsArgument) = (x.detached(), x.isTracked)
    return norm.forward(argument).recorded(operation, from: x, gain, bias) { upstream in
        norm.backward(upstream, argument, wantsArgument: wantsArgument)
    }
}
