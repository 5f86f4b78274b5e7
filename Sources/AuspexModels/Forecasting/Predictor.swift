import AuspexLayers
import AuspexTensors

/// Anything that continues clips: a trained generator, or a baseline that every table carries.
public protocol Predictor: AnyObject {
    /// What tables call it.
    var name: String { get }
    /// Whether another draw gives another future: one future of a clip is enough of a predictor that never draws.
    var drawsFutures: Bool { get }
    /// The fewest context frames it can continue.
    var fewestContextFrames: Int { get }

    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - classes: one a clip, where the model has classes.
    ///   - frames: how many to predict.
    ///   - randomness: where draws of the future come from.
    /// - Returns: `[B, frames, H, W, C]`, in [−1, 1].
    func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor
}

extension Predictor {
    public var drawsFutures: Bool { true }
    public var fewestContextFrames: Int { 1 }
}

/// A generator with standing statistics.
public final class GeneratorPredictor: Predictor {
    public let name: String
    public var drawsFutures: Bool { generator.latentSize > 0 }
    public let generator: any VideoGenerator

    public init(_ generator: any VideoGenerator, name: String = "model") {
        self.generator = generator
        self.name = name
    }

    public func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor {
        generator(
            context: context, horizon: frames, noise: generator.noise(clips: context.shape[0], from: randomness),
            classes: classes, Pass(.inference)
        ).frames
    }
}
