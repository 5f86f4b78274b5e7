import AuspexTensors

/// Group norm with a learned gain and bias per channel, then an activation.
///
/// Source: Wu and He 2018, arXiv:1803.08494.
public final class GroupNorm: Layer {
    /// `[C]`
    public let gain: Parameter
    /// `[C]`
    public let bias: Parameter
    private let groups: Int
    private let epsilon: Float = 1e-5

    /// - Parameter groups: number of equal groups that the channels are divided into.
    public init(groups: Int, channels: Int) {
        self.groups = groups
        gain = Parameter(Tensor(repeating: 1, shape: [channels]))
        bias = Parameter(Tensor(zeros: [channels]))
    }

    /// - Parameter x: `[N, H, W, C]`.
    public func callAsFunction(_ x: Tensor, activation: NormActivation = .identity, _ pass: Pass) -> Tensor {
        groupNormalized(
            x, groups: groups, gain: pass.read(gain), bias: pass.read(bias), epsilon: epsilon, activation: activation)
    }
}
