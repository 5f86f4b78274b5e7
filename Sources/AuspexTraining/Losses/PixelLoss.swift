import AuspexTensors

/// The difference between predicted and true frames, both in [−1, 1].
public enum PixelLoss: String, Codable, Sendable, CaseIterable {
    /// No loss on pixels.
    case none
    /// Mean absolute difference.
    case l1
    /// Mean squared difference.
    case mse

    /// The mean over all numbers of the absolute or squared difference; nil if there is no pixel loss.
    ///
    /// - Parameters:
    ///   - predicted: `[B, Tp, H, W, C]`, in [−1, 1].
    ///   - real: of the same shape.
    public func callAsFunction(predicted: Tensor, real: Tensor) -> Tensor? {
        switch self {
        case .none: nil
        case .l1: mean(abs(predicted - real))
        case .mse: mean(square(predicted - real))
        }
    }
}
