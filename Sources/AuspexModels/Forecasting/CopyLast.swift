import AuspexTensors

/// The baseline that every model should beat: the last frame, repeated.
public final class CopyLast: MotionForecaster {
    public let name = "copy-last"
    public let isStochastic = false

    /// Makes the baseline; it has no options.
    public init() {}

    public func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
        let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
        return { _ in joined([Tensor](repeating: last, count: horizon), along: 1) }
    }

    /// Every pixel stays.
    public func paths(of context: Tensor, horizon: Int, classes: [Int]?, drawnFrom _: RandomStream) -> Tensor? {
        Tensor(zeros: [context.shape[0], horizon] + context.shape[2...3] + [2])
    }
}
