import AuspexLayers
import AuspexSupport
import AuspexTensors

/// TrIVD-GAN-FP's frame-conditional generator: an encoder of the context, then a recurrent unit and two residual blocks at each scale.
///
/// Source: Luc et al. 2020, arXiv:2003.04035, section 3; Clark et al. 2019, arXiv:1907.06571, appendix A.
public final class Generator: Layer {
    /// From the context's frames, full size down to 4×4: features at every scale.
    public let encoder: [DownsamplingBlock]
    /// Each class's vector, `[classes, embeddingSize]`.
    public let embedding: Parameter?
    /// From the condition to the first unit's input, 4×4.
    public let project: Linear
    /// One a scale, from 4×4 up.
    public let stages: [GeneratorStage]
    public let norm: BatchNorm
    public let output: FrameOutput
    public let configuration: ModelConfiguration

    public init(_ configuration: ModelConfiguration, using initializer: inout Initializer) {
        self.configuration = configuration
        let widths = configuration.stageMultipliers.map { $0 * configuration.channels }
        let encoderWidths = [configuration.frameChannels] + widths.reversed()
        encoder = zip(encoderWidths, encoderWidths.dropFirst()).enumerated().map { position, width in
            DownsamplingBlock(
                inputChannels: width.0, outputChannels: width.1, downsamples: true, isFirst: position == 0,
                using: &initializer)
        }
        embedding =
            configuration.classes > 0
            ? Parameter(initializer.embedding(count: configuration.classes, size: configuration.embeddingSize)) : nil
        project = Linear(inputs: configuration.conditionSize, outputs: 16 * widths[0], using: &initializer)
        stages = zip(widths, widths.dropFirst() + [configuration.channels]).map {
            GeneratorStage(configuration, width: $0, outputChannels: $1, using: &initializer)
        }
        norm = BatchNorm(channels: configuration.channels)
        output = FrameOutput(configuration, using: &initializer)
    }

    /// Continues clips.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - noise: z, `[B, latentSize]`, standard normal.
    ///   - classes: one a clip, where the model has classes.
    ///   - steps: Tp, how many frames to predict.
    /// - Returns: the predicted frames, `[B, Tp, H, W, C]`, in [−1, 1].
    public func callAsFunction(
        context: Tensor, noise: Tensor, classes: [Int]? = nil, steps: Int, _ pass: Pass
    ) -> Tensor {
        let batch = context.shape[0]
        let condition = condition(noise: noise, classes: classes, pass)
        let features = encode(context, pass)
        var x = project(condition, pass).reshaped(to: [batch, 4, 4, stages[0].width])
        for (stage, features) in zip(stages, features) {
            x = stage(x, features: features, condition: condition, steps: steps, pass)
        }
        let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
        return output(
            norm(x, relu: true, pass), lastFrame: last.reshaped(to: [batch] + context.shape[2...]), steps: steps, pass)
    }

    /// `z`, or `[z; e(y)]` with classes.
    private func condition(noise: Tensor, classes: [Int]?, _ pass: Pass) -> Tensor {
        guard let embedding else { return noise }
        guard let classes else { stopProgram("Generator", "a model with classes was given none") }
        return joined([noise, gatheredRows(pass.read(embedding), rows: classes)], along: 1)
    }

    /// The context's features at each scale from 4×4 up, the frames' side by side: `[B, s, s, Tc·width]`.
    private func encode(_ context: Tensor, _ pass: Pass) -> [Tensor] {
        let frames = context.shape[1]
        var x = context.transposed([1, 0, 2, 3, 4]).reshaped(to: [frames * context.shape[0]] + context.shape[2...])
        var scales: [Tensor] = []
        for block in encoder {
            x = block(x, pass)
            let byFrame = x.reshaped(to: [frames, context.shape[0]] + x.shape[1...]).unstacked()
            scales.append(joined(byFrame, along: 3))
        }
        return scales.reversed()
    }
}
