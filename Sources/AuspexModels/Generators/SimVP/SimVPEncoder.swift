import AuspexLayers
import AuspexTensors

/// SimVP's encoder: N_S blocks applied to every frame separately, of which every second one halves the sides.
///
/// Source: Gao et al. 2022, arXiv:2206.05099, section 3.2.
public final class SimVPEncoder: Layer {
    /// N_S blocks, of which every second one halves the sides.
    public let blocks: [SpatialBlock]

    /// Makes an encoder of some options with new weights.
    public init(_ configuration: SimVPConfiguration, using initializer: inout Initializer) {
        let width = configuration.spatialChannels
        blocks = SpatialBlock.Resampling.alternating(configuration.spatialBlocks, .halves).enumerated().map {
            SpatialBlock(
                inputChannels: $0 == 0 ? configuration.frameChannels : width, outputChannels: width, resampling: $1,
                using: &initializer)
        }
    }

    /// - Parameter frames: `[N, H, W, frameChannels]`.
    /// - Returns: the latent of every frame, `[N, h, w, hid_S]`, and the first block's output, `[N, H, W, hid_S]`, for the decoder.
    public func callAsFunction(_ frames: Tensor, _ pass: Pass) -> (latent: Tensor, skip: Tensor) {
        var x = frames
        var outputs: [Tensor] = []
        for block in blocks {
            x = pass.recomputed([x]) { block($0[0], $1) }
            outputs.append(x)
        }
        return (x, outputs[0])
    }
}
