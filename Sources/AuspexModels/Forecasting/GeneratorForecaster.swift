import AuspexLayers
import AuspexTensors

/// A generator that forecasts with its standing statistics.
public final class GeneratorForecaster: Forecaster {
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
        { [generator] randomness in
            generator(
                context: context, horizon: horizon,
                noise: generator.noise(clips: context.shape[0], from: randomness), classes: classes, Pass(.inference)
            ).frames
        }
    }
}
