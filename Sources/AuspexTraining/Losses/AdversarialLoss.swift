import AuspexTensors

/// What discriminators and a generator minimise against each other, over scores `[B]`.
public enum AdversarialLoss: String, Codable, Sendable, CaseIterable {
    /// `mean ρ(1 − D(real)) + mean ρ(1 + D(predicted))`, and `−mean D(predicted)` for the generator. Source: Lim and Ye 2017, arXiv:1705.02894.
    case hinge
    /// `mean softplus(−D(real)) + mean softplus(D(predicted))`, and `mean softplus(−D(predicted))`. Source: Goodfellow et al. 2014, arXiv:1406.2661, section 3.
    case nonSaturating = "non-saturating"
    /// `mean (D(real) − 1)² + mean D(predicted)²`, and `mean (D(predicted) − 1)²`. Source: Mao et al. 2017, arXiv:1611.04076, equation 9.
    case leastSquares = "least-squares"

    /// The score that separates clips judged real from the others.
    public var boundary: Float { self == .leastSquares ? 0.5 : 0 }

    /// The discriminators' side.
    public func discriminator(real: Tensor, predicted: Tensor) -> Tensor {
        switch self {
        case .hinge: discriminatorHingeLoss(real: real, predicted: predicted)
        case .nonSaturating: mean(softplus(-real)) + mean(softplus(predicted))
        case .leastSquares: mean(square(real - 1)) + mean(square(predicted))
        }
    }

    /// The generator's side.
    public func generator(predicted: Tensor) -> Tensor {
        switch self {
        case .hinge: generatorHingeLoss(predicted: predicted)
        case .nonSaturating: mean(softplus(-predicted))
        case .leastSquares: mean(square(predicted - 1))
        }
    }
}

/// `log(1 + eˣ)`, written so that no exponential overflows.
private func softplus(_ x: Tensor) -> Tensor {
    // Half of x + |x| instead of ReLU, so that the gradient at zero is a half.
    (x + abs(x)) * 0.5 + log(exp(-abs(x)) + 1)
}
