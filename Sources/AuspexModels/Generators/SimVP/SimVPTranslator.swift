import AuspexLayers
import AuspexTensors

/// SimVP's translator: N_T Inception blocks down and N_T up over all frames' latents side by side, joined by skips as in a U-Net.
///
/// The side stays the same throughout. In the up half, block i ≥ 1 takes the preceding output joined with the output of the down half's block
/// N_T − 1 − i; the last block gives the latents of the predicted frames.
/// Source: Gao et al. 2022, arXiv:2206.05099, section 3.3; widths and skips as in OpenSTL's `MidIncepNet`.
public final class SimVPTranslator: Layer {
    /// N_T blocks, from the clip's latents to the translator's width.
    public let down: [InceptionBlock]
    /// N_T blocks, back to the clip's latents.
    public let up: [InceptionBlock]

    /// Makes a translator of some options with new weights.
    public init(_ configuration: SimVPConfiguration, using initializer: inout Initializer) {
        let (clip, width) = (configuration.clipChannels, configuration.temporalChannels)
        let count = configuration.temporalBlocks
        down = (0..<count).map {
            InceptionBlock(
                configuration, inputChannels: $0 == 0 ? clip : width, outputChannels: width, using: &initializer)
        }
        up = (0..<count).map {
            InceptionBlock(
                configuration, inputChannels: $0 == 0 ? width : 2 * width,
                outputChannels: $0 == count - 1 ? clip : width, using: &initializer)
        }
    }

    /// - Parameter latents: of the context's frames, `[B, h, w, Tc·hid_S]`, frame by frame.
    /// - Returns: of the same number of following frames, `[B, h, w, Tc·hid_S]`.
    public func callAsFunction(_ latents: Tensor, _ pass: Pass) -> Tensor {
        var x = latents
        var skips: [Tensor] = []
        for block in down {
            x = pass.recomputed([x]) { block($0[0], $1) }
            skips.append(x)
        }
        // The last block of the down half leads directly into the up half, so it needs no skip.
        skips.removeLast()
        x = pass.recomputed([x]) { [first = up[0]] in first($0[0], $1) }
        for (block, skip) in zip(up.dropFirst(), skips.reversed()) {
            x = pass.recomputed([x, skip]) { block(joined($0, along: -1), $1) }
        }
        return x
    }
}

/// A block of the translator: a 1×1 convolution to half the width, then branches with kernels of several sides, whose outputs are added.
///
/// A branch is a grouped convolution → group norm with the same groups → leaky ReLU of slope 0.2. Weights are initialised as PyTorch does by default.
/// OpenSTL drops the groups if they do not divide the reduced width; here such a configuration is refused.
/// Source: Gao et al. 2022, arXiv:2206.05099, section 3.3; OpenSTL's `gInception_ST`.
public final class InceptionBlock: Layer {
    /// 1×1, to half the translator's width.
    public let reduce: Convolution
    /// One per kernel size, in the order of the options.
    public let branches: [Branch]

    /// Makes a block with the options' kernels and groups.
    public init(
        _ configuration: SimVPConfiguration, inputChannels: Int, outputChannels: Int,
        using initializer: inout Initializer
    ) {
        let reduced = configuration.temporalChannels / 2
        reduce = Convolution(
            inputChannels: inputChannels, outputChannels: reduced, kernelSize: 1, spectralNorm: false,
            initialization: .uniformByInputs, using: &initializer)
        branches = configuration.inceptionKernels.map {
            Branch(
                inputChannels: reduced, outputChannels: outputChannels, kernelSize: $0, groups: configuration.groups,
                using: &initializer)
        }
    }

    /// - Parameter x: `[B, h, w, inputChannels]`.
    /// - Returns: `[B, h, w, outputChannels]`.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        let reduced = reduce(x, pass)
        return branches.dropFirst().reduce(branches[0](reduced, pass)) { $0 + $1(reduced, pass) }
    }

    /// One kernel's part of a block.
    public final class Branch: Layer {
        /// Grouped convolution of the branch's kernel size.
        public let convolution: Convolution
        /// Group norm with the same groups.
        public let norm: GroupNorm

        init(
            inputChannels: Int, outputChannels: Int, kernelSize: Int, groups: Int, using initializer: inout Initializer
        ) {
            convolution = Convolution(
                inputChannels: inputChannels, outputChannels: outputChannels, kernelSize: kernelSize, groups: groups,
                spectralNorm: false, initialization: .uniformByInputs, using: &initializer)
            norm = GroupNorm(groups: groups, channels: outputChannels)
        }

        func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
            norm(convolution(x, pass), activation: .leakyReLU(slope: 0.2), pass)
        }
    }
}
