import AuspexLayers
import AuspexTensors

/// SimVP's decoder: the encoder's blocks in reverse order, doubling the side where the encoder halved it, then a 1×1 convolution to the frames' channels.
///
/// The output of the encoder's first block is added before the last block, as in OpenSTL; the paper's own code joins the channels instead.
/// Source: Gao et al. 2022, arXiv:2206.05099, section 3.2.
public final class SimVPDecoder: Layer {
    /// The encoder's blocks in reverse order.
    public let blocks: [SpatialBlock]
    /// 1×1, to the frames' channels.
    public let readout: Convolution

    /// Makes a decoder of some options with new weights.
    public init(_ configuration: SimVPConfiguration, using initializer: inout Initializer) {
        let width = configuration.spatialChannels
        blocks = SpatialBlock.Resampling.alternating(configuration.spatialBlocks, .doubles).reversed().map {
            SpatialBlock(inputChannels: width, outputChannels: width, resampling: $0, using: &initializer)
        }
        readout = Convolution(
            inputChannels: width, outputChannels: configuration.frameChannels, kernelSize: 1, spectralNorm: false,
            initialization: .uniformByInputs, using: &initializer)
    }

    /// - Parameters:
    ///   - latent: of every frame, `[N, h, w, hid_S]`.
    ///   - skip: of the encoder's first block, `[N, H, W, hid_S]`.
    /// - Returns: `[N, H, W, frameChannels]`.
    public func callAsFunction(_ latent: Tensor, skip: Tensor, _ pass: Pass) -> Tensor {
        var x = latent
        for block in blocks.dropLast() { x = pass.recomputed([x]) { block($0[0], $1) } }
        x = pass.recomputed([x, skip]) { [last = blocks[blocks.count - 1]] in last($0[0] + $0[1], $1) }
        return readout(x, pass)
    }
}
