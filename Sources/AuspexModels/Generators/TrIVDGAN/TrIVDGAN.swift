import AuspexLayers
import AuspexSupport
import AuspexTensors

/// TrIVD-GAN-FP's frame-conditional generator: an encoder of the context, then a recurrent unit and two residual blocks at each scale.
///
/// Source: Luc et al. 2020, arXiv:2003.04035, section 3; Clark et al. 2019, arXiv:1907.06571, appendix A.
public final class TrIVDGAN: VideoGenerator {
    /// From the context's frames, full size down to the smallest maps: features at every scale.
    public let encoder: [DownsamplingBlock]
    /// Each class's vector, `[classes, embeddingSize]`.
    public let embedding: Parameter?
    /// From the condition to the first unit's input, the smallest maps; nil if the model is unconditional.
    public let project: Linear?
    /// The first unit's input if the model is unconditional, `[1, h · w · width]`.
    public let constant: Parameter?
    /// One per scale, from the smallest maps up.
    public let stages: [GeneratorStage]
    /// Over the last stage's features, before they become frames.
    public let norm: BatchNorm
    /// From features to frames.
    public let output: any FrameOutput
    public let options: TrIVDGANConfiguration

    public var latentSize: Int { options.latentSize }

    /// Makes the network of some options with new weights.
    public init(_ configuration: TrIVDGANConfiguration, using initializer: inout Initializer) {
        options = configuration
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
        let places = configuration.smallestMap.sides.reduce(1, *)
        if configuration.conditionSize > 0 {
            project = Linear(inputs: configuration.conditionSize, outputs: places * widths[0], using: &initializer)
            constant = nil
        } else {
            project = nil
            constant = Parameter(Tensor(zeros: [1, places * widths[0]]))
        }
        stages = zip(widths, widths.dropFirst() + [configuration.channels]).map {
            GeneratorStage(configuration, width: $0, outputChannels: $1, using: &initializer)
        }
        norm = BatchNorm(channels: configuration.channels)
        output = configuration.makeOutput(using: &initializer)
    }

    public func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]? = nil, _ pass: Pass
    ) -> GeneratorOutput {
        let condition = condition(noise: noise, classes: classes, pass)
        let features = encode(context, pass)
        var x = firstInput(condition, clips: context.shape[0], pass)
        for (stage, features) in zip(stages, features) {
            x = stage(x, features: features, condition: condition, steps: horizon, pass)
        }
        return output(norm(x, relu: true, pass), context: context, steps: horizon, pass)
    }

    /// The input of the coarsest unit at every step, `[B, h, w, width]`.
    private func firstInput(_ condition: Tensor?, clips: Int, _ pass: Pass) -> Tensor {
        let flat: Tensor
        if let project, let condition {
            flat = project(condition, pass)
        } else if let constant {
            flat = gatheredRows(pass.read(constant), rows: [Int](repeating: 0, count: clips))
        } else {
            stopProgram("TrIVDGAN", "a model has either a condition or a constant")
        }
        return flat.reshaped(to: [clips] + options.smallestMap.sides + [stages[0].width])
    }

    /// `z`, or `[z; e(y)]` with classes; nil if the model has neither.
    private func condition(noise: Tensor, classes: [Int]?, _ pass: Pass) -> Tensor? {
        guard let embedding else { return latentSize > 0 ? noise : nil }
        guard let classes else { stopProgram("TrIVDGAN", "a model with classes was given none") }
        return joined([noise, gatheredRows(pass.read(embedding), rows: classes)], along: 1)
    }

    /// The context's features at each scale from the smallest up, the frames' side by side: `[B, h, w, Tc·width]`.
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
