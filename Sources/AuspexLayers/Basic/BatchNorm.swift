import AuspexSupport
import AuspexTensors

/// Running mean and variance of a batch norm, and the rule that updates them.
public final class BatchStatistics: Layer {
    /// `[C]`
    public let mean: Buffer
    /// `[C]`, divided by n − 1.
    public let variance: Buffer
    /// How much of a batch goes into the running values.
    let momentum: Float = 0.1
    private let epsilon: Float = 1e-5

    /// Statistics of C channels that begin with mean 0 and variance 1.
    public init(channels: Int) {
        mean = Buffer(Tensor(zeros: [channels]))
        variance = Buffer(Tensor(repeating: 1, shape: [channels]))
    }

    /// Normalises, scales, shifts, and rectifies if asked.
    ///
    /// - Parameters:
    ///   - x: `[T·B, H, W, C]`, images folded time-major.
    ///   - gain: `[B, C]` or `[1, C]`: image n takes row `n mod B`; likewise `bias`.
    public func normalize(_ x: Tensor, gain: Tensor, bias: Tensor, relu: Bool, _ pass: Pass) -> Tensor {
        if pass.mode == .inference {
            return normalized(
                x, mean: mean.value, variance: variance.value, gain: gain, bias: bias, epsilon: epsilon, relu: relu)
        }
        let result = batchNormalized(x, gain: gain, bias: bias, epsilon: epsilon, relu: relu)
        let samples = Float(x.count / x.shape[x.rank - 1])
        let unbiased = result.variance * (samples / max(samples - 1, 1))
        switch pass.mode {
        case .recalibrating(let batch): follow(result.mean, unbiased, weight: 1 / Float(batch + 1))
        case .training:
            if let recorder = pass.recorder {
                recorder.record(self, mean: result.mean, variance: unbiased)
            } else if pass.movesStatistics {
                follow(result.mean, unbiased, weight: momentum)
            }
        case .inference: break
        }
        return result.output
    }

    /// The share of a running value that is left after this many batches.
    func kept(after batches: Int) -> Float { (0..<batches).reduce(1) { share, _ in share * (1 - momentum) } }

    private func follow(_ batchMean: Tensor, _ batchVariance: Tensor, weight: Float) {
        mean.value = mean.value * (1 - weight) + batchMean.detached() * weight
        variance.value = variance.value * (1 - weight) + batchVariance.detached() * weight
    }
}

/// The norm before a generator block's convolutions: conditional, or with a learned gain and bias.
public protocol GeneratorNorm: Layer {
    /// - Parameters:
    ///   - x: `[T·B, H, W, C]`, images folded time-major.
    ///   - condition: `[B, conditionSize]`; nil if the norm is unconditional.
    func callAsFunction(_ x: Tensor, condition: Tensor?, relu: Bool, _ pass: Pass) -> Tensor
}

/// Batch norm with a learned gain and bias, then ReLU if asked.
///
/// Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
public final class BatchNorm: GeneratorNorm {
    /// `[1, C]`
    public let gain: Parameter
    /// `[1, C]`
    public let bias: Parameter
    /// The running mean and variance that inference normalises by.
    public let statistics: BatchStatistics

    /// A norm of C channels that begins with gain 1 and bias 0.
    public init(channels: Int) {
        gain = Parameter(Tensor(repeating: 1, shape: [1, channels]))
        bias = Parameter(Tensor(zeros: [1, channels]))
        statistics = BatchStatistics(channels: channels)
    }

    /// Normalises `[N, H, W, C]` over N, H and W, scales and shifts by the learned gain and bias, and rectifies if asked.
    public func callAsFunction(_ x: Tensor, relu: Bool, _ pass: Pass) -> Tensor {
        statistics.normalize(x, gain: pass.read(gain), bias: pass.read(bias), relu: relu, pass)
    }

    public func callAsFunction(_ x: Tensor, condition: Tensor?, relu: Bool, _ pass: Pass) -> Tensor {
        self(x, relu: relu, pass)
    }
}

/// Batch norm whose gain and bias a latent vector gives: gain `1 + Wg z`, bias `Wb z`.
///
/// Source: Brock et al. 2019, arXiv:1809.11096, appendix B; Luc et al. 2020.
public final class ConditionalBatchNorm: GeneratorNorm {
    /// Wg, from `[B, conditionSize]` to `[B, C]`.
    public let gain: Linear
    /// Wb, from `[B, conditionSize]` to `[B, C]`.
    public let bias: Linear
    /// The running mean and variance that inference normalises by.
    public let statistics: BatchStatistics

    /// A norm of C channels with orthogonal Wg and Wb under spectral norm.
    public init(channels: Int, conditionSize: Int, using initializer: inout Initializer) {
        gain = Linear(inputs: conditionSize, outputs: channels, bias: false, using: &initializer)
        bias = Linear(inputs: conditionSize, outputs: channels, bias: false, using: &initializer)
        statistics = BatchStatistics(channels: channels)
    }

    public func callAsFunction(_ x: Tensor, condition: Tensor?, relu: Bool, _ pass: Pass) -> Tensor {
        guard let condition else { stopProgram("ConditionalBatchNorm", "a conditional norm was given no condition") }
        return statistics.normalize(
            x, gain: gain(condition, pass) + 1, bias: bias(condition, pass), relu: relu, pass)
    }
}
