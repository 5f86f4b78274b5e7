import AuspexLayers
import AuspexTensors

/// A generator that forecasts with its standing statistics.
public final class GeneratorForecaster: MotionForecaster {
    public let name: String
    /// The network that predicts.
    public let generator: any VideoGenerator
    public var isStochastic: Bool { generator.latentSize > 0 }

    /// A forecaster of a network.
    ///
    /// - Parameters:
    ///   - generator: with standing statistics that belong to its weights.
    ///   - name: its name in tables.
    public init(_ generator: any VideoGenerator, name: String = "model") {
        self.generator = generator
        self.name = name
    }

    public func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
        { [self] in output(for: context, horizon, classes, $0).frames }
    }

    public func paths(of context: Tensor, horizon: Int, classes: [Int]?, drawnFrom randomness: RandomStream) -> Tensor?
    {
        generator.followsPixels ? generator.paths(in: output(for: context, horizon, classes, randomness)) : nil
    }

    private func output(
        for context: Tensor, _ horizon: Int, _ classes: [Int]?, _ randomness: RandomStream
    ) -> GeneratorOutput {
        generator(
            context: context, horizon: horizon, noise: generator.noise(clips: context.shape[0], from: randomness),
            classes: classes, Pass(.inference))
    }
}
