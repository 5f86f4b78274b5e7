import AuspexLayers
import AuspexSupport

/// Options of TrIVD-GAN-FP's generator. Every field has a default; the defaults are the published 64×64 model.
public struct TrIVDGANConfiguration: ModelOptions {
    public static let name = "trivd-gan"

    /// How features become frames: painted from scratch, by moving the frame before and painting over it where a mask says so, or by carrying the last
    /// given frame along optical flow and refining it.
    public enum Output: String, Codable, Sendable, CaseIterable {
        /// Every pixel is painted from scratch, as published.
        case paint
        /// The frame before is moved by kernels, and painted over where a mask says so.
        case move
        /// The last given frame is carried along by optical flow, and refined.
        case advect
    }

    /// The recurrent unit of every stage.
    public var unit: RecurrentUnitKind = .tsruC
    /// How a TSRU moves its state.
    public var warp: Warp = .kernel
    /// K of a TSRU's K×K kernels, odd.
    public var kernelSize: Int = 3
    /// What a TSRU's gate keeps: the moved state, or the state before.
    public var mix: TSRU.Mix = .warped
    /// L of a TrajGRU.
    public var links: Int = 13
    /// Whether an untrained unit keeps its state: gates start with a bias, and so do the centres of kernels. Published models start from zeros.
    public var startsStill: Bool = false
    /// Whether a unit's first state and its inputs are batch normalised. Published models do not do this; then the input from the coarser scale, which grows
    /// from stage to stage, dominates the context until a long training has corrected it.
    public var unitNorm: Bool = false
    /// How features become frames.
    public var output: Output = .paint
    /// K of the K×K kernels that move frames, odd; for `output: move`.
    public var outputKernelSize: Int = 5
    /// Height and width of frames, in pixels: at least 32, and multiples of `2^scales`. Published models have squares of 64 and more.
    @FrameSizeOption public var size = FrameSize(64)
    /// ch, the width that all layers' widths are multiples of.
    public var channels: Int = 96
    /// Tc, the frames that are given.
    public var contextFrames: Int = 5
    /// Tp, the frames that are predicted in training.
    public var predictedFrames: Int = 11
    /// Channels of a frame: 3 for RGB, 1 for grey or a radar field.
    public var frameChannels: Int = 3
    /// Classes that condition the model; 0 for none.
    public var classes: Int = 0
    /// Width of the latent vector z.
    public var latentSize: Int = 120
    /// Width of a class's embedding.
    public var embeddingSize: Int = 120

    /// The defaults: the published model for 64×64 frames.
    public init() {}

    /// k, how often the encoder halves a frame: until 4 pixels of the shorter side are left, at most six times.
    public var scales: Int {
        var (side, scales) = (size.shorterSide, 0)
        while side >= 8, scales < 6 { (side, scales) = (side / 2, scales + 1) }
        return scales
    }

    /// The smallest maps, `H / 2^k × W / 2^k`: 4×4 for squares that are powers of two up to 256.
    public var smallestMap: FrameSize { size / (1 << scales) }

    /// Widths of the stages from the smallest maps up, in units of `channels`.
    ///
    /// Source: Luc et al. 2020 and Clark et al. 2019, tables of the architectures, by the number of scales.
    public var stageMultipliers: [Int] {
        switch scales {
        case 3: [8, 4, 2]
        case 4: [8, 8, 4, 2]
        case 5: [8, 8, 8, 4, 2]
        case 6: [8, 8, 8, 4, 4, 2]
        default: stopProgramForSize()
        }
    }

    public var discriminatorChannels: Int { channels }

    /// The recurrent units' share of these options.
    package var unitOptions: RecurrentUnitOptions {
        var options = RecurrentUnitOptions()
        options.warp = warp
        options.kernelSize = kernelSize
        options.mix = mix
        options.links = links
        options.startsStill = startsStill
        return options
    }

    /// The recurrent unit of a stage.
    package func makeUnit(
        stateChannels: Int, inputChannels: Int, using initializer: inout Initializer
    ) -> any RecurrentUnit {
        unit.make(unitOptions, stateChannels: stateChannels, inputChannels: inputChannels, using: &initializer)
    }

    /// A `TrIVDGAN` of these options.
    public func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
        TrIVDGAN(self, using: &initializer)
    }

    /// Width of the batch norms' condition: z, followed by its class's embedding if there are classes.
    package var conditionSize: Int { latentSize + (classes > 0 ? embeddingSize : 0) }
}
