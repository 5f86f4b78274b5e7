import AuspexLayers
import AuspexTensors

/// One scale of a generator: the unit unrolled over time, then, time folded into batch, a residual block and one that doubles the size.
public final class GeneratorStage: Layer {
    /// `h0 = ρ(conv([features of frame 1; …; frame Tc]))`
    public let start: Convolution
    /// For the first state before ρ, and for the unit's inputs; if the configuration normalises units.
    public let startNorm: BatchNorm?
    /// For the unit's inputs; if the configuration normalises units.
    public let inputNorm: BatchNorm?
    /// The recurrent unit of the scale.
    public let unit: any RecurrentUnit
    /// A residual block of the scale's size, over all steps at once.
    public let block: GeneratorBlock
    /// A residual block that doubles the size, to the next scale's width.
    public let upsample: GeneratorBlock
    let width: Int

    init(_ configuration: TrIVDGANConfiguration, width: Int, outputChannels: Int, using initializer: inout Initializer)
    {
        self.width = width
        start = Convolution(
            inputChannels: configuration.contextFrames * width, outputChannels: width, using: &initializer)
        startNorm = configuration.unitNorm ? BatchNorm(channels: width) : nil
        inputNorm = configuration.unitNorm ? BatchNorm(channels: width) : nil
        unit = configuration.makeUnit(stateChannels: width, inputChannels: width, using: &initializer)
        block = GeneratorBlock(
            inputChannels: width, outputChannels: width, conditionSize: configuration.conditionSize, upsamples: false,
            using: &initializer)
        upsample = GeneratorBlock(
            inputChannels: width, outputChannels: outputChannels, conditionSize: configuration.conditionSize,
            upsamples: true, using: &initializer)
    }

    /// - Parameters:
    ///   - x: `[Tp·B, h, w, width]` folded time-major, or `[B, h, w, width]` if every step has the same input.
    ///   - features: the context's at this scale, `[B, h, w, Tc·width]`.
    /// - Returns: `[Tp·B, 2h, 2w, outputChannels]`.
    func callAsFunction(_ x: Tensor, features: Tensor, condition: Tensor?, steps: Int, _ pass: Pass) -> Tensor {
        let states = pass.recomputed([x, features]) { [self] inputs, pass in
            let h0 =
                startNorm.map { $0(start(inputs[1], pass), relu: true, pass) }
                ?? start(inputs[1], activation: .relu, pass)
            let x = inputNorm?(inputs[0], relu: false, pass) ?? inputs[0]
            return unit.unrolled(from: h0, inputs: x, steps: steps, pass)
        }
        return pass.recomputed([states] + (condition.map { [$0] } ?? [])) { [self] inputs, pass in
            let condition = inputs.count > 1 ? inputs[1] : nil
            return upsample(block(inputs[0], condition: condition, pass), condition: condition, pass)
        }
    }
}
