import AuspexTensors

/// Anything that continues clips: a trained model, or a baseline.
///
/// Training's validation, `predict`, `evaluate` and benchmarks use forecasters through this protocol only.
public protocol Forecaster: AnyObject {
    /// Its name in tables.
    var name: String { get }
    /// Whether another draw gives another future. If not, one future per clip is enough.
    var isStochastic: Bool { get }
    /// The smallest number of context frames that it can continue.
    var fewestContextFrames: Int { get }

    /// Prepares the futures of clips. Whatever all futures of a context share is computed here, once.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, float32, in [−1, 1].
    ///   - horizon: how many frames to predict.
    ///   - classes: one per clip, if the model has classes.
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

/// A forecaster that can also say where the pixels of the last given frame go.
public protocol MotionForecaster: Forecaster {
    /// Where each pixel of the last frame goes, (dy, dx) in pixels from its place there: `[B, horizon, H, W, 2]`; nil if that is not known after all.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, float32, in [−1, 1].
    ///   - horizon: how many frames to predict.
    ///   - classes: one per clip, if the model has classes.
    ///   - randomness: the same stream as for a future follows that future.
    func paths(of context: Tensor, horizon: Int, classes: [Int]?, drawnFrom randomness: RandomStream) -> Tensor?
}
