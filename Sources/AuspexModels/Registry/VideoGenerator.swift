import AuspexLayers
import AuspexTensors

/// A network that continues clips: from context frames to the frames that follow.
///
/// Frames are `[B, T, H, W, C]`, float32, in [−1, 1]. How many context frames, of which size and how many channels, its options say. A generator
/// can predict more or fewer frames than it was trained for.
///
/// Everything else in the program knows generators by this protocol alone: to train, predict with, evaluate, measure and save one it takes
/// nothing more. `ModelRegistry` lists them by name.
public protocol VideoGenerator: Layer {
    /// The options that the network is made from.
    associatedtype Options: ModelOptions

    /// What the network was made from.
    var options: Options { get }

    /// Width of the noise z that different futures are drawn from; 0 where there is one future for each context.
    var latentSize: Int { get }

    /// Continues clips.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`.
    ///   - horizon: how many frames to predict.
    ///   - noise: z, `[B, latentSize]`, standard normal; not looked at where `latentSize` is 0.
    ///   - classes: one a clip, where the options have classes.
    func callAsFunction(context: Tensor, horizon: Int, noise: Tensor, classes: [Int]?, _ pass: Pass) -> GeneratorOutput

    /// Losses that come with the model, beside those that the training lists; none by default.
    ///
    /// - Parameters:
    ///   - output: of this pass.
    ///   - clips: gives the whole clips, `[B, Tc + Tp, H, W, C]`: targets may be made from the true future.
    ///   - progress: the share of the training that is done, from 0 to 1.
    func losses(
        of output: GeneratorOutput, clips: () -> Tensor, progress: Double, _ pass: Pass
    ) -> [GeneratorLoss]
}

/// What a generator gives.
public struct GeneratorOutput {
    /// The predicted frames, `[B, horizon, H, W, C]`.
    public var frames: Tensor
    /// What else may be looked at, by name: motion, masks, layers. Shapes are the model's own.
    public var maps: [String: Tensor]

    /// The map of how far what is seen has moved from its place in the last given frame, (dy, dx) in pixels: `[B, horizon, H, W, 2]`.
    public static let displacement = "displacement"
    /// The map of how far each predicted pixel is of what is in front, from 0 to 1: `[B, horizon, H, W, 1]`.
    public static let opacity = "opacity"
    /// The map of what lies behind, in [0, 1]: `[B, H, W, C]`.
    public static let canvas = "canvas"

    /// Predicted frames `[B, horizon, H, W, C]`, and what else may be looked at.
    public init(frames: Tensor, maps: [String: Tensor] = [:]) {
        self.frames = frames
        self.maps = maps
    }
}

/// A term of a generator's loss that the model itself brings.
public struct GeneratorLoss {
    /// What logs call it.
    public let name: String
    /// What the value is multiplied with.
    public let weight: Float
    /// A scalar, before it is weighted.
    public let value: Tensor

    /// A term of a loss.
    ///
    /// - Parameters:
    ///   - name: what logs call it.
    ///   - weight: what the value is multiplied with.
    ///   - value: a scalar, on the pass's tape.
    public init(name: String, weight: Float, value: Tensor) {
        self.name = name
        self.weight = weight
        self.value = value
    }
}

extension VideoGenerator {
    public func losses(
        of output: GeneratorOutput, clips: () -> Tensor, progress: Double, _ pass: Pass
    ) -> [GeneratorLoss] { [] }

    /// z of a batch, `[clips, latentSize]`.
    public func noise(clips: Int, from stream: RandomStream) -> Tensor { stream.normal([clips, latentSize]) }
}
