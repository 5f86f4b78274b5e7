import AuspexLayers

extension TrIVDGANConfiguration {
    public static var fieldDocumentation: [String: String] {
        [
            "unit":
                "The recurrent unit of every stage: \(RecurrentUnitRegistry.standard.names.joined(separator: ", ")).",
            "warp": "How a TSRU moves its state: per-pixel kernels, or bilinear flow.",
            "kernelSize": "K of a TSRU's K×K kernels, odd.",
            "mix": "What a TSRU's gate keeps: the moved state, or the state before.",
            "links": "Links of a TrajGRU.",
            "startsStill":
                "Whether an untrained unit keeps its state, for short trainings; published models start from zeros.",
            "unitNorm":
                "Whether a unit's first state and inputs are batch normalised, for short trainings; published models do without.",
            "output":
                "How features become frames: painted from scratch (paint), by moving and painting over the frame before (move), or by carrying the last given frame along optical flow and refining it (advect).",
            "outputKernelSize": "K of the K×K kernels that move frames, odd; for output move.",
            "size":
                "Frames in pixels: the side of a square, or [height, width]; at least 32, and multiples of 8, from 64 on of 16, from 128 on of 32, from 256 on of 64.",
            "channels": "The width that all layers' widths are multiples of.",
            "contextFrames": "Frames that are given.",
            "predictedFrames": "Frames that are predicted in training.",
            "frameChannels": "Channels of a frame: 3 for colour, 1 for grey.",
            "classes": "Classes that condition the model; 0 for none.",
            "latentSize": "Width of the latent vector z.",
            "embeddingSize": "Width of a class's embedding.",
        ]
    }
}
