import AuspexTensors

/// The baseline that nothing should lose to: the last frame, again and again.
public final class CopyLast: Predictor {
    public let name = "copy-last"
    public let drawsFutures = false

    public init() {}

    public func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor {
        let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
        return joined([Tensor](repeating: last, count: frames), along: 1)
    }
}
