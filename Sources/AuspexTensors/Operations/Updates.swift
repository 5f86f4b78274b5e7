import AuspexSupport
import CAuspexEngine

/// The parameters of one step of Adam.
public struct AdamStep: Sendable {
    /// Learning rate of this step.
    public var rate: Float
    /// Decay of the first moment.
    public var beta1: Float
    /// Decay of the second moment.
    public var beta2: Float
    /// Added to the root of the second moment.
    public var epsilon: Float
    /// The number of the step, from 1: the moments are corrected by 1 − βᵗ.
    public var step: Int
    /// The factor applied to gradients first: clipping, or one over the number of accumulated batches.
    public var gradientScale: Float

    /// The parameters of step t, counted from 1.
    public init(
        rate: Float, beta1: Float, beta2: Float, epsilon: Float, step: Int, gradientScale: Float = 1
    ) {
        self.rate = rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.step = step
        self.gradientScale = gradientScale
    }
}

extension Tensor {
    /// One step of Adam on a parameter and its two moments, in place; stops the program if any of them is shared.
    ///
    /// - Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
    package mutating func adamUpdate(
        firstMoment: inout Tensor, secondMoment: inout Tensor, gradient: Tensor, _ settings: AdamStep
    ) {
        require(
            gradient.shape == shape && firstMoment.shape == shape && secondMoment.shape == shape, "adamUpdate",
            "parameter \(shape), gradient \(gradient.shape), moments \(firstMoment.shape) and \(secondMoment.shape) differ"
        )
        require(settings.step >= 1, "adamUpdate", "steps count from 1, not \(settings.step)")
        // Both moments are written, too.
        storage.shapePass?.noteUpdate(of: 2 * sizeBytes)
        withMutableScalars(as: Float.self) { parameter in
            firstMoment.withMutableScalars(as: Float.self) { m in
                secondMoment.withMutableScalars(as: Float.self) { v in
                    guard let parameter = parameter.baseAddress, let m = m.baseAddress, let v = v.baseAddress else {
                        return
                    }
                    withFloats(gradient) {
                        ax_adam_update(
                            parameter, m, v, $0, gradient.count, settings.gradientScale, settings.rate,
                            settings.beta1, settings.beta2, settings.epsilon,
                            Self.correction(settings.beta1, settings.step),
                            Self.correction(settings.beta2, settings.step))
                    }
                }
            }
        }
    }

    /// 1 − βᵗ, by repeated squaring in Double: 1 − 0.9999ᵗ would lose its digits in float32.
    private static func correction(_ beta: Float, _ step: Int) -> Float {
        var (power, square, rest) = (1.0, Double(beta), step)
        while rest > 0 {
            if rest % 2 == 1 { power *= square }
            square *= square
            rest /= 2
        }
        return Float(1 - power)
    }

    /// Moves every number towards another tensor's by a share of the difference, in place: an exponential moving average.
    package mutating func move(toward target: Tensor, by weight: Float) {
        require(target.shape == shape, "move(toward:)", "shapes \(shape) and \(target.shape) differ")
        withMutableScalars(as: Float.self) { average in
            guard let first = average.baseAddress else { return }
            withFloats(target) { ax_move_toward(first, $0, weight, average.count) }
        }
    }

    /// `Σ x²`, accumulated in Double, for norms of gradients.
    package var sumOfSquares: Double {
        let scratch = Tensor(uninitialized: [ax_sum_of_squares_scratch(count)])
        var sum = 1.0
        withFloats(self) { x in sum = scratch.withScratch { ax_sum_of_squares(x, count, $0) } }
        return sum
    }

    /// Whether no number is infinite or NaN.
    package var isAllFinite: Bool {
        var isFinite = true
        withFloats(self) { isFinite = ax_all_finite($0, count) != 0 }
        return isFinite
    }

    /// `W v` for this matrix `[R, C]` and a vector `[C]`, off the tape: for power iterations.
    package func times(vector: Tensor) -> Tensor {
        require(rank == 2 && vector.shape == [shape[1]], "times(vector:)", "\(shape) by \(vector.shape)")
        return Tensor([shape[0]]) { out in
            withFloats(self, vector) { ax_matrix_vector(out, $0, $1, shape[0], shape[1]) }
        }
    }

    /// `Wᵀ u` for this matrix `[R, C]` and a vector `[R]`, off the tape.
    package func transposedTimes(vector: Tensor) -> Tensor {
        require(rank == 2 && vector.shape == [shape[0]], "transposedTimes(vector:)", "\(vector.shape) by \(shape)")
        let scratch = Tensor(uninitialized: [ax_vector_matrix_scratch(shape[0], shape[1])])
        return Tensor([shape[1]]) { out in
            withFloats(vector, self) { vector, matrix in
                scratch.withScratch { ax_vector_matrix(out, vector, matrix, shape[0], shape[1], $0) }
            }
        }
    }
}
