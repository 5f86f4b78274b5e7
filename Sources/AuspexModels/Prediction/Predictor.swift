import AuspexLayers
import AuspexTensors

/// Anything that continues clips: a trained generator, or a baseline that every table carries.
public protocol Predictor: AnyObject {
    /// What tables call it.
    var name: String { get }

    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - classes: one a clip, where the model has classes.
    ///   - frames: how many to predict.
    ///   - randomness: where draws of the future come from.
    /// - Returns: `[B, frames, H, W, C]`, in [−1, 1].
    func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor
}

/// The baseline that nothing should lose to: the last frame, again and again.
public final class CopyLast: Predictor {
    public let name = "copy-last"

    public init() {}

    public func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor {
        let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
        return joined([Tensor](repeating: last, count: frames), along: 1)
    }
}

/// A generator with standing statistics.
public final class GeneratorPredictor: Predictor {
    public let name: String
    public let generator: Generator

    public init(_ generator: Generator, name: String = "model") {
        self.generator = generator
        self.name = name
    }

    public func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor {
        let noise = randomness.normal([context.shape[0], generator.configuration.latentSize])
        return generator(context: context, noise: noise, classes: classes, steps: frames, Pass(.inference))
    }
}
