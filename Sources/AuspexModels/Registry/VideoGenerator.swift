import AuspexLayers
import AuspexTensors

/// A network that continues clips: from context frames to the frames that follow.
///
/// Frames are `[B, T, H, W, C]`, float32, in [−1, 1]. The options give the number, size and channels of the context frames. A generator
/// can predict more or fewer frames than it was trained for.
///
/// The rest of the program uses generators through this protocol only: it is sufficient for training, prediction, evaluation, measuring and
/// saving. `ModelRegistry` lists them by name.
public protocol VideoGenerator: Layer {
    /// The options that the network is made from.
    associatedtype Options: ModelOptions

    /// The options of this network.
    var options: Options { get }

    /// Width of the noise z that different futures are drawn from; 0 if each context has one future.
    var latentSize: Int { get }

    /// Continues clips.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`.
    ///   - horizon: how many frames to predict.
    ///   - noise: z, `[B, latentSize]`, standard normal; ignored if `latentSize` is 0.
    ///   - classes: one per clip, if the options have classes.
    func callAsFunction(context: Tensor, horizon: Int, noise: Tensor, classes: [Int]?, _ pass: Pass) -> GeneratorOutput

    /// Losses of the model's own, besides those of the training; none by default.
    ///
    /// - Parameters:
    ///   - output: of this pass.
    ///   - clips: returns the whole clips, `[B, Tc + Tp, H, W, C]`: targets may be computed from the true future.
    ///   - progress: the fraction of the training that is done, from 0 to 1.
    func losses(
        of output: GeneratorOutput, clips: () -> Tensor, progress: Double, _ pass: Pass
    ) -> [GeneratorLoss]

    /// Whether `paths(in:)` knows where pixels go; by default not.
    var followsPixels: Bool { get }

    /// Where each pixel of the last context frame goes, (dy, dx) in pixels from its place there, `[B, horizon, H, W, 2]`; nil, as by default, if the
    /// model does not follow pixels.
    ///
    /// - Parameter output: of this generator.
    func paths(in output: GeneratorOutput) -> Tensor?
}

/// A generator's output.
public struct GeneratorOutput {
    /// The predicted frames, `[B, horizon, H, W, C]`.
    public var frames: Tensor
    /// Maps for inspection, by name: motion, masks, layers. Shapes depend on the model.
    public var maps: [String: Tensor]

    /// The map of how far things have moved from their place in the last given frame, (dy, dx) in pixels: `[B, horizon, H, W, 2]`.
    public static let displacement = "displacement"
    /// The map of how much each predicted pixel belongs to the foreground, from 0 to 1: `[B, horizon, H, W, 1]`.
    public static let opacity = "opacity"
    /// The map of how far the velocity of each pixel of the last given frame is turned round at each step, along y and along x, from 0 to 1:
    /// `[B, horizon, H, W, 2]`. Only in inference.
    public static let turns = "turns"
    /// The map of the background, in [0, 1]: `[B, H, W, C]`.
    public static let canvas = "canvas"

    /// Predicted frames `[B, horizon, H, W, C]`, and maps for inspection.
    public init(frames: Tensor, maps: [String: Tensor] = [:]) {
        self.frames = frames
        self.maps = maps
    }
}

/// A term of a generator's loss that the model itself adds.
public struct GeneratorLoss {
    /// Its name in logs.
    public let name: String
    /// The factor of the value in the loss.
    public let weight: Float
    /// A scalar, unweighted.
    public let value: Tensor

    /// A term of a loss.
    ///
    /// - Parameters:
    ///   - name: its name in logs.
    ///   - weight: the factor of the value in the loss.
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

    public var followsPixels: Bool { false }

    public func paths(in output: GeneratorOutput) -> Tensor? { nil }

    /// z of a batch, `[clips, latentSize]`.
    public func noise(clips: Int, from stream: RandomStream) -> Tensor { stream.normal([clips, latentSize]) }
}
