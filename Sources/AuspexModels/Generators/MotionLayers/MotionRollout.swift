import AuspexLayers
import AuspexTensors

/// Follows the path of every pixel by one rule for all times, at half size.
///
/// With features m, velocity `u = pool(v₀) + start(m)` and displacement `D = 0`, each step is
/// `(g, δ, c) = output(ρ(hidden(ρ(features(m) + motion([D / 8, u])))))`, `u ← u (1 − 2σ(g)) + δ`, `D ← D + u + c`, two channels each: g reverses a velocity
/// where something bounces, δ accelerates, c corrects. All maps are 1×1 convolutions.
public final class MotionRollout: Layer {
    /// The difference of the first velocity from the flow's.
    public let start: Convolution
    /// A pixel's features, the same at all times.
    public let features: Convolution
    /// The kernel over displacement and velocity, `[1, 1, 4, width]`.
    public let motion: Parameter
    /// From the first to the second layer of the rule.
    public let hidden: Convolution
    /// From the second layer to g, δ and c.
    public let output: Convolution

    /// Initially no velocity is reversed.
    private static let firstTurnLogit: Float = -6

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: MotionLayersConfiguration, using initializer: inout Initializer) {
        func pointwise(_ inputs: Int, _ outputs: Int, _ deviation: Float) -> Convolution {
            Convolution(
                inputChannels: inputs, outputChannels: outputs, kernelSize: 1, spectralNorm: false,
                initialization: .normal(deviation: deviation), using: &initializer)
        }
        func he(_ inputs: Int) -> Float { (2 / Float(inputs)).squareRoot() }
        let (channels, widths) = (configuration.widths[1], configuration.rolloutWidths)
        start = pointwise(channels, 2, 0.005)
        features = pointwise(channels, widths[0], he(channels))
        motion = pointwise(4, widths[0], 0.3).weight
        hidden = pointwise(widths[0], widths[1], he(widths[0]))
        output = pointwise(widths[1], 6, 0.01)
        output.bias.value = Tensor([Self.firstTurnLogit, Self.firstTurnLogit, 0, 0, 0, 0], shape: [6])
    }

    /// Follows the pixels.
    ///
    /// - Parameters:
    ///   - m: features, `[B, H/2, W/2, widths[1]]`.
    ///   - prior: v₀, `[B, H, W, 2]`.
    ///   - steps: Tp.
    /// - Returns: displacements (dy, dx) in pixels of full size, `[B, Tp, H/2, W/2, 2]`.
    public func callAsFunction(_ m: Tensor, prior: Tensor, steps: Int, _ pass: Pass) -> Tensor {
        func matrix(_ kernel: Parameter) -> Tensor {
            pass.read(kernel).reshaped(to: Array(kernel.value.shape.suffix(2)))
        }
        return rolledOut(
            known: features(m, pass), velocity: averagePooled(prior, size: 2) + start(m, pass),
            by: RolloutWeights(
                motion: matrix(motion), hidden: matrix(hidden.weight), hiddenBias: pass.read(hidden.bias),
                output: matrix(output.weight), outputBias: pass.read(output.bias)), steps: steps)
    }
}
