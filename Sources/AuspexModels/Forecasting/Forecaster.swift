import AuspexTensors

/// Anything that continues clips: a trained model, or a baseline that every table carries.
///
/// Training's validation, `predict`, `evaluate` and benchmarks know nothing more of what they run.
public protocol Forecaster: AnyObject {
    /// What tables call it.
    var name: String { get }
    /// Whether another draw gives another future. Where it does not, one future of a clip is enough.
    var isStochastic: Bool { get }
    /// The fewest context frames it can continue.
    var fewestContextFrames: Int { get }

    /// Prepares the futures of clips. What all futures of a context share is computed here, once.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, float32, in [−1, 1].
    ///   - horizon: how many frames to predict.
    ///   - classes: one a clip, where the model has classes.
    func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler
}

/// Draws one future of every clip of a batch: `[B, horizon, H, W, C]`, float32, in [−1, 1].
///
/// One at a time, because a hundred futures of a batch would fill the memory. The same stream gives the same future.
public typealias FutureSampler = (RandomStream) -> Tensor

extension Forecaster {
    public var isStochastic: Bool { true }
    public var fewestContextFrames: Int { 1 }

    /// One future of every clip, `[B, horizon, H, W, C]`; see `futures(of:horizon:classes:)`.
    public func future(
        of context: Tensor, horizon: Int, classes: [Int]? = nil, drawnFrom randomness: RandomStream
    ) -> Tensor {
        futures(of: context, horizon: horizon, classes: classes)(randomness)
    }
}
