import AuspexLayers
import AuspexTensors

/// The plain recurrent baseline: TrIVD-GAN's encoder and decoder with ConvGRUs, without noise and so with one future for each context.
///
/// Trained for the mean squared error without discriminators, it shows what transformation and adversarial training add.
public final class ConvGRUMSE: VideoGenerator {
    /// The TrIVD-GAN generator that does the work, without noise and with ConvGRU units.
    public let network: TrIVDGAN
    public let options: ConvGRUMSEConfiguration
    public let latentSize = 0

    /// Makes the network of some options with new weights.
    public init(_ options: ConvGRUMSEConfiguration, using initializer: inout Initializer) {
        self.options = options
        network = TrIVDGAN(options.network, using: &initializer)
    }

    public func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]? = nil, _ pass: Pass
    ) -> GeneratorOutput {
        network(context: context, horizon: horizon, noise: noise, pass)
    }
}
