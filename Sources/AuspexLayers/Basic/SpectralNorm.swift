import AuspexTensors

/// Divides a weight by its largest singular value, which one power iteration per training pass tracks: `v ← Wᵀ…`.
///
/// With W as the matrix `[places, outputs]`: `u ← ‖W ᵀv‖⁻¹ Wᵀv`, `v ← ‖W u‖⁻¹ W u`, `σ = vᵀ W u`, `Ŵ = W / σ`; u and v are constants to the
/// gradient: `∂W = (∂Ŵ − ⟨∂Ŵ, Ŵ⟩ v uᵀ) / σ`.
/// Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1.
public final class SpectralNorm: Layer {
    /// The singular vector on the outputs' side, `[outputs]`.
    public let u: Buffer
    /// The singular vector on the inputs' side, `[places]`.
    public let v: Buffer
    private let epsilon: Float

    /// - Parameters:
    ///   - weight: the weight to normalise, `[…, in, out]`; fifteen iterations bring the vectors near its singular vectors.
    ///   - epsilon: the smallest length that a vector is divided by.
    public init(of weight: Tensor, epsilon: Float = 1e-6, using initializer: inout Initializer) {
        self.epsilon = epsilon
        let matrix = Self.matrix(weight)
        v = Buffer(unit(initializer.next().normal([matrix.shape[0]]), epsilon))
        u = Buffer(Tensor(zeros: [matrix.shape[1]]))
        if !initializer.isBlank { for _ in 0..<15 { iterate(matrix) } }
    }

    private static func matrix(_ weight: Tensor) -> Tensor {
        let columns = weight.shape[weight.rank - 1]
        return weight.detached().reshaped(to: [weight.count / columns, columns])
    }

    private func iterate(_ matrix: Tensor) {
        u.value = unit(matrix.transposedTimes(vector: v.value), epsilon)
        v.value = unit(matrix.times(vector: u.value), epsilon)
    }

    /// Iterates the vectors until σ stops growing: for a weight that changed by more than small steps, such as an average over steps.
    ///
    /// σ rises with every iteration, so it stops after ten iterations that add less than a millionth, or after 500 in any case.
    func converge(on weight: Tensor) {
        let matrix = Self.matrix(weight)
        var last: Float = 0
        for _ in 0..<50 {
            for _ in 0..<10 { iterate(matrix) }
            let sigma = sigma(of: weight)
            if sigma - last <= 1e-6 * sigma { return }
            last = sigma
        }
    }

    /// The largest singular value according to the stored vectors.
    public func sigma(of weight: Tensor) -> Float {
        let matrix = Self.matrix(weight)
        return sum(matrix.transposedTimes(vector: v.value) * u.value).scalar
    }

    /// The σ of the last pass; nil before the first.
    public private(set) var lastSigma: Float?

    /// The normalised weight, computed once per pass.
    public func callAsFunction(_ weight: Parameter, _ pass: Pass) -> Tensor {
        pass.once(self) { pass in
            if pass.mode == .training && pass.iteratesSpectralNorms { iterate(Self.matrix(weight.value)) }
            return normalized(pass.read(weight))
        }
    }

    private func normalized(_ weight: Tensor) -> Tensor {
        let sigma = sigma(of: weight)
        lastSigma = sigma
        let inverse = 1 / sigma
        let result = weight.detached() * inverse
        let (u, v) = (u.value, v.value)
        return result.recorded("spectralNorm", from: weight) { gradient in
            let along = sum(gradient * result).scalar
            let rankOne = v.reshaped(to: [v.count, 1]) * (u * (along * inverse))
            return [gradient * inverse - rankOne.reshaped(to: gradient.shape)]
        }
    }
}

/// The vector divided by its length, or by `epsilon` if it is shorter.
private func unit(_ vector: Tensor, _ epsilon: Float) -> Tensor {
    vector * (1 / max(sum(square(vector)).scalar.squareRoot(), epsilon))
}
