import AuspexSupport
import CAuspexEngine

/// The rule by which paths of pixels are followed: a network of three layers per pixel and time, the same at all times.
public struct RolloutWeights {
    /// First-layer weights for a pixel's displacement and velocity, `[4, F]`.
    public let motion: Tensor
    /// From the first layer to the second, `[F, S]`.
    public let hidden: Tensor
    /// Bias of the second layer, `[S]`.
    public let hiddenBias: Tensor
    /// From the second layer to the changes, `[S, 6]`.
    public let output: Tensor
    /// Bias of the changes, `[6]`.
    public let outputBias: Tensor

    /// A rule of these weights, whose shapes `rolledOut` checks.
    public init(motion: Tensor, hidden: Tensor, hiddenBias: Tensor, output: Tensor, outputBias: Tensor) {
        (self.motion, self.hidden, self.hiddenBias) = (motion, hidden, hiddenBias)
        (self.output, self.outputBias) = (output, outputBias)
    }

    fileprivate var all: [Tensor] { [motion, hidden, hiddenBias, output, outputBias] }
}

/// Follows the path of every pixel by one rule for all times: with `D₀ = 0` and `u₀` the first velocity,
/// `(g, δ, c) = Wo ρ(Wh ρ(known + Wm [D / 8, u]) + bh) + bo`, `u ← u (1 − 2σ(g)) + δ`, `D ← D + u + c`, two numbers each, ρ ReLU.
///
/// Hidden numbers stay in caches instead of memory; the backward pass recomputes them.
///
/// - Parameters:
///   - known: the features of each pixel, `[N, H, W, F]`, float32.
///   - velocity: u₀, `[N, H, W, 2]`.
///   - steps: T, at least 1.
/// - Returns: D at every time, `[N, T, H, W, 2]`, and the turns σ(g), of the same shape, which carry no gradient.
public func rolledOut(
    known: Tensor, velocity: Tensor, by weights: RolloutWeights, steps: Int
) -> (way: Tensor, turns: Tensor) {
    let first = known.shape.last ?? 0
    let second = weights.hiddenBias.count
    require(
        known.rank == 4 && velocity.shape == known.shape.dropLast() + [2] && steps > 0 && known.count > 0, "rolledOut",
        "known [N, H, W, F], a velocity [N, H, W, 2] and steps wanted: \(known.shape), \(velocity.shape), \(steps)")
    require(
        weights.all.map(\.shape) == [[4, first], [first, second], [second], [second, 6], [6]] && second > 0,
        "rolledOut",
        "weights \(weights.all.map(\.shape)) for \(first, "channel")")
    let shape = [known.shape[0], steps] + known.shape[1...2] + [2]
    let inputs = [known, velocity] + weights.all
    var rule = ax_rollout()
    (rule.images, rule.pixels, rule.times) = (known.shape[0], known.shape[1] * known.shape[2], steps)
    (rule.first, rule.second) = (first, second)
    let sizes = rule
    // Two operations per product.
    let work = 2 * Double(sizes.images * sizes.pixels * steps) * Double(4 * first + first * second + 6 * second)
    let scratch = Tensor(uninitialized: [ax_rollout_scratch(&rule)])
    let turns = Tensor(uninitialized: shape)
    let way = Tensor(shape) { way in
        withFloats(of: inputs) { pointers in
            var rule = sizes.reading(pointers)
            scratch.withScratch { ax_rollout_forward(way, turns.floatPointer, &rule, $0) }
        }
    }
    way.storage.shapePass?.noteMatrixProduct(work, writing: 0)
    let tracked = inputs.map(\.isTracked)
    guard tracked.contains(true) else { return (way, turns) }
    let kept = inputs.map { $0.detached() }
    let recorded = way.recorded("rolledOut", from: inputs) { upstream in
        let gradients = kept.map { Tensor(uninitialized: $0.shape) }
        var rule = sizes
        let scratch = Tensor(uninitialized: [ax_rollout_backward_scratch(&rule)])
        withExtendedLifetime(gradients) {
            withFloats(of: [upstream] + kept) { pointers in
                var rule = sizes.reading(Array(pointers.dropFirst()))
                var to = ax_rollout_gradients(gradients.map(\.floatPointer))
                scratch.withScratch { ax_rollout_backward(&to, pointers[0], &rule, $0) }
            }
        }
        if let pass = gradients[0].storage.shapePass {
            ShapePass.again { pass.noteMatrixProduct(work, writing: 0) }
            if tracked[0] || tracked[1] { pass.noteMatrixProduct(work, writing: 0) }
            if tracked.dropFirst(2).contains(true) { pass.noteMatrixProduct(work, writing: 0) }
        }
        return zip(gradients, tracked).map { $1 ? $0 : nil }
    }
    return (recorded, turns)
}

extension ax_rollout {
    fileprivate func reading(_ pointers: [UnsafePointer<Float>]) -> ax_rollout {
        var rule = self
        (rule.known, rule.velocity, rule.motion, rule.hidden) = (pointers[0], pointers[1], pointers[2], pointers[3])
        (rule.hidden_bias, rule.output, rule.output_bias) = (pointers[4], pointers[5], pointers[6])
        return rule
    }
}

extension ax_rollout_gradients {
    fileprivate init(_ pointers: [UnsafeMutablePointer<Float>]) {
        self.init(
            known: pointers[0], velocity: pointers[1], motion: pointers[2], hidden: pointers[3],
            hidden_bias: pointers[4], output: pointers[5], output_bias: pointers[6])
    }
}
