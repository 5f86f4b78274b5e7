import AuspexLayers
import AuspexTensors

/// Follows the path of every pixel by one rule for all times, at half size.
///
/// With features m, velocity `u = pool(v₀) + start(m)` and displacement `D = 0`, each step is
/// `(g, δ, c) = output(ρ(hidden(ρ(features(m) + motion([D / 8, u])))))`, `u ← u (1 − 2σ(g)) + δ`, `D ← D + u + c`, two channels each: g reverses a velocity
/// where something bounces, δ accelerates, c corrects. All maps are 1×1 convolutions. If there are several futures, z is added to what the rule knows of
/// every pixel and to the first velocity, each by a linear map.
public final class MotionRollout: Layer {
    /// The difference of the first velocity from the flow's.
    public let start: Convolution
    /// A pixel's features, the same at all times.
    public let features: Convolution
    /// From z to what it adds to every pixel's features; nil if there is one future.
    public let noiseToFeatures: Linear?
    /// From z to what it adds to every pixel's first velocity; nil if there is one future.
    public let noiseToVelocity: Linear?
    /// The kernel over displacement and velocity, `[1, 1, 4, width]`.
    public let motion: Parameter
    /// From the first to the second layer of the rule.
    public let hidden: Convolution
    /// From the second layer to g, δ and c.
    public let output: Convolution

    /// The initial standard deviation of what z adds to a velocity, in pixels a frame.
    private static let firstNoise: Float = 0.05
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
        func fromNoise(_ outputs: Int) -> Linear? {
            guard configuration.latentSize > 0 else { return nil }
            return Linear(
                inputs: configuration.latentSize, outputs: outputs, bias: false, spectralNorm: false,
                using: &initializer)
        }
        (noiseToFeatures, noiseToVelocity) = (fromNoise(widths[0]), fromNoise(2))
        if let noiseToVelocity { noiseToVelocity.weight.value = noiseToVelocity.weight.value * Self.firstNoise }
        output.bias.value = Tensor([Self.firstTurnLogit, Self.firstTurnLogit, 0, 0, 0, 0], shape: [6])
    }

    /// Follows the pixels.
    ///
    /// - Parameters:
    ///   - m: features, `[B, H/2, W/2, widths[1]]`.
    ///   - prior: v₀, `[B, H, W, 2]`.
    ///   - steps: Tp.
    ///   - noise: z, `[B, latentSize]`; ignored if there is one future.
    /// - Returns: displacements (dy, dx) in pixels of full size, and how far the velocity is turned round along both axes at each step, 0…1:
    ///   `[B, Tp, H/2, W/2, 2]` each.
    public func callAsFunction(
        _ m: Tensor, prior: Tensor, steps: Int, noise: Tensor, _ pass: Pass
    ) -> (way: Tensor, turns: Tensor) {
        func matrix(_ kernel: Parameter) -> Tensor {
            pass.read(kernel).reshaped(to: Array(kernel.value.shape.suffix(2)))
        }
        func everywhere(_ x: Tensor) -> Tensor { x.reshaped(to: [x.shape[0], 1, 1, x.shape[1]]) }
        var known = features(m, pass)
        var velocity = averagePooled(prior, size: 2) + start(m, pass)
        if let noiseToFeatures { known = known + everywhere(noiseToFeatures(noise, pass)) }
        if let noiseToVelocity { velocity = velocity + everywhere(noiseToVelocity(noise, pass)) }
        return rolledOut(
            known: known, velocity: velocity,
            by: RolloutWeights(
                motion: matrix(motion), hidden: matrix(hidden.weight), hiddenBias: pass.read(hidden.bias),
                output: matrix(output.weight), outputBias: pass.read(output.bias)), steps: steps)
    }
}
