/// Floating-point operations of a network's convolutions and linear maps, as a paper writes them: nothing merged, shared between steps or left out.
///
/// A multiplication and an addition are two operations. Everything that is no product of matrices (norms, gates, warps, pooling, power iterations)
/// is left out, as PyTorch's counter does. The program executes less: see the identities in `Operations/ConvolutionIdentities.swift`.
public struct WorkAsWritten: Sendable, Equatable {
    /// Of a forward pass.
    public private(set) var forward = 0.0
    /// Of the gradients of all weights.
    public private(set) var weightGradients = 0.0
    /// Of the gradients of everything between the layers.
    public private(set) var activationGradients = 0.0
    /// Of the gradient of what the network is given.
    public private(set) var inputGradient = 0.0

    init() {}

    /// Adds a convolution, or a linear map (of one tap).
    ///
    /// - Parameters:
    ///   - places: pixels of its output, of all images together.
    ///   - taps: of its kernel: 9 of 3×3.
    ///   - readsInput: whether it stands at the network's input, whose gradient is wanted only where another network is in front.
    mutating func addConvolution(places: Int, taps: Int, inputs: Int, outputs: Int, readsInput: Bool = false) {
        let products = 2 * Double(places) * Double(taps) * Double(inputs) * Double(outputs)
        forward += products
        weightGradients += products
        if readsInput { inputGradient += products } else { activationGradients += products }
    }

    /// Adds a discriminator's or encoder's residual block.
    ///
    /// - Parameters:
    ///   - places: pixels of its input.
    ///   - pooledPlaces: of its output.
    mutating func addJudgeBlock(
        places: Int, pooledPlaces: Int, inputs: Int, outputs: Int, dimensions: Int, isFirst: Bool
    ) {
        let taps = dimensions == 3 ? 27 : 9
        addConvolution(places: places, taps: taps, inputs: inputs, outputs: outputs, readsInput: isFirst)
        addConvolution(places: places, taps: taps, inputs: outputs, outputs: outputs)
        guard pooledPlaces != places || inputs != outputs else { return }
        // Only a network's first block pools before its shortcut.
        addConvolution(
            places: isFirst ? pooledPlaces : places, taps: 1, inputs: inputs, outputs: outputs, readsInput: isFirst)
    }

    /// Adds a generator's residual block.
    ///
    /// - Parameters:
    ///   - places: pixels of its output.
    ///   - clips: how many conditions there are.
    mutating func addGeneratorBlock(
        places: Int, inputs: Int, outputs: Int, upsamples: Bool, clips: Int, conditionSize: Int
    ) {
        addConvolution(places: places, taps: 9, inputs: inputs, outputs: outputs)
        addConvolution(places: places, taps: 9, inputs: outputs, outputs: outputs)
        if upsamples || inputs != outputs {
            addConvolution(places: places, taps: 1, inputs: inputs, outputs: outputs)
        }
        // Gain and bias of either norm.
        for width in [inputs, inputs, outputs, outputs] {
            addConvolution(places: clips, taps: 1, inputs: conditionSize, outputs: width, readsInput: true)
        }
    }
}
