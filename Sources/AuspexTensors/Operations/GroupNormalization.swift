import AuspexSupport
import CAuspexEngine

/// An activation applied to a group norm's output in the same pass over memory.
public enum NormActivation: Sendable, Equatable {
    /// Nothing.
    case identity
    /// `x · σ(x)`
    case silu
    /// `x` from 0 up, `slope · x` below.
    case leakyReLU(slope: Float)

    fileprivate var kernel: (ax_norm_activation, slope: Float) {
        switch self {
        case .identity: (ax_norm_identity, 0)
        case .silu: (ax_norm_silu, 0)
        case .leakyReLU(let slope): (ax_norm_leaky_relu, slope)
        }
    }
}

/// Group normalisation, `ρ((x − mean) / √(variance + ε) · gain + bias)` with the statistics of each image over its pixels and each of G equal
/// blocks of channels: one pass for the statistics and one for the rest, and likewise backward.
///
/// - Parameters:
///   - x: `[N, H, W, C]`, float32, at least one pixel.
///   - groups: G, which divides C.
///   - gain: `[C]`.
///   - bias: `[C]`.
///   - activation: ρ.
/// - Returns: `[N, H, W, C]`.
/// - Source: Wu and He 2018, arXiv:1803.08494, equations 1 to 3; the variance is biased, as in PyTorch.
public func groupNormalized(
    _ x: Tensor, groups: Int, gain: Tensor, bias: Tensor, epsilon: Float, activation: NormActivation = .identity
) -> Tensor {
    require(x.rank >= 2 && x.count > 0, "groupNormalized", "\(x.shape) has no pixels and channels")
    let channels = x.shape[x.rank - 1]
    require(
        groups > 0 && channels % groups == 0, "groupNormalized",
        "\(groups, "group") cannot divide \(channels, "channel") of \(x.shape) equally")
    require(
        gain.shape == [channels] && bias.shape == [channels], "groupNormalized",
        "gain \(gain.shape) and bias \(bias.shape) are not [\(channels)], as the channels of \(x.shape)")
    let norm = GroupNormalization(x, groups: groups, gain: gain, bias: bias, epsilon: epsilon, activation: activation)
    let wantsArgument = x.isTracked
    return norm.forward().recorded("groupNormalized", from: x, gain, bias) {
        norm.backward($0, wantsArgument: wantsArgument)
    }
}

/// What both directions read.
private struct GroupNormalization {
    let x: Tensor
    let gain: Tensor
    let bias: Tensor
    /// Mean and 1 / √(variance + ε) of each image's group, for every channel, `[N, C]`.
    let mean: Tensor
    let inverse: Tensor
    let activation: NormActivation
    let images: Int
    let pixels: Int
    let channels: Int
    let groups: Int

    init(_ x: Tensor, groups: Int, gain: Tensor, bias: Tensor, epsilon: Float, activation: NormActivation) {
        let (images, channels) = (x.shape[0], x.shape[x.rank - 1])
        let pixels = x.count / (images * channels)
        let inverse = Tensor(uninitialized: [images, channels])
        let scratch = Tensor(uninitialized: [ax_group_statistics_scratch(images, pixels, channels)])
        mean = Tensor([images, channels]) { mean in
            withFloats(x) { x in
                inverse.withScratch { inverse in
                    scratch.withScratch {
                        ax_group_statistics(mean, inverse, x, epsilon, images, pixels, channels, groups, $0)
                    }
                }
            }
        }
        self.inverse = inverse
        (self.x, self.gain, self.bias) = (x.detached(), gain.detached(), bias.detached())
        (self.images, self.pixels, self.channels) = (images, pixels, channels)
        (self.groups, self.activation) = (groups, activation)
    }

    func forward() -> Tensor {
        let scratch = Tensor(uninitialized: [2 * images * channels])
        let (kind, slope) = activation.kernel
        return Tensor(x.shape) { out in
            withFloats(of: [x, mean, inverse, gain, bias]) { inputs in
                scratch.withScratch {
                    ax_group_norm_forward(
                        out, inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], kind, slope, images, pixels,
                        channels, $0)
                }
            }
        }
    }

    /// The gradients of x (if needed), gain and bias.
    func backward(_ upstream: Tensor, wantsArgument: Bool) -> [Tensor?] {
        let atX = wantsArgument ? Tensor(uninitialized: x.shape) : nil
        let (atGain, atBias) = (Tensor(uninitialized: [channels]), Tensor(uninitialized: [channels]))
        let scratch = Tensor(uninitialized: [ax_group_norm_backward_scratch(images, pixels, channels)])
        let (kind, slope) = activation.kernel
        withExtendedLifetime((atX, atGain, atBias, scratch)) {
            withFloats(of: [upstream, x, mean, inverse, gain, bias]) { inputs in
                ax_group_norm_backward(
                    atX?.floatPointer, atGain.floatPointer, atBias.floatPointer, inputs[0], inputs[1], inputs[2],
                    inputs[3], inputs[4], inputs[5], kind, slope, images, pixels, channels, groups,
                    scratch.floatPointer)
            }
        }
        return [atX, atGain, atBias]
    }
}
