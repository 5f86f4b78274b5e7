import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Scores the clips of a view: residual blocks down to 4 pixels of the shorter side, ReLU, sum over space, a linear map to one number, and with classes a
/// projection.
///
/// Widths are 1, 2, 4, 8, 8, … · ch; blocks halve the sides while the shorter one is above 4, and a last block keeps them. A discriminator of clips has its
/// first two blocks in three dimensions, and sums its scores over the remaining time; a discriminator of frames sums over the frames it was given.
/// Source: Clark et al. 2019, arXiv:1907.06571, appendix A; projection: Miyato and Koyama 2018, arXiv:1802.05637.
public final class ViewDiscriminator: Discriminator {
    /// The first blocks of a discriminator of clips, in three dimensions; empty for one of frames.
    public let volumeBlocks: [DownsamplingBlock]
    /// Blocks over images, after those over volumes.
    public let blocks: [DownsamplingBlock]
    /// From the summed features to one number.
    public let score: Linear
    /// Each class's vector, `[classes, width]`.
    public let embedding: Parameter?
    /// The spectral norm of the embedding; nil without classes.
    public let embeddingNorm: SpectralNorm?
    /// What the discriminator sees.
    public let view: View

    public var name: String { view.name }

    /// - Parameters:
    ///   - size: of the clips' frames, before the view reduces them.
    ///   - channels: ch.
    public init(
        of view: View, size: FrameSize, channels: Int, frameChannels: Int, classes: Int = 0,
        using initializer: inout Initializer
    ) {
        self.view = view
        var volumes: [DownsamplingBlock] = []
        var images: [DownsamplingBlock] = []
        var (inputs, multiplier, remaining) = (frameChannels, 1, view.size(of: size).shorterSide)
        var isLast = false
        while !isLast {
            let position = volumes.count + images.count
            isLast = remaining <= 4
            let isVolume = view.kind == .clip && position < 2
            let block = DownsamplingBlock(
                inputChannels: inputs, outputChannels: multiplier * channels, downsamples: !isLast,
                isFirst: position == 0, dimensions: isVolume ? 3 : 2, using: &initializer)
            if isVolume { volumes.append(block) } else { images.append(block) }
            inputs = multiplier * channels
            multiplier = min(2 * multiplier, 8)
            remaining /= 2
        }
        volumeBlocks = volumes
        blocks = images
        score = Linear(inputs: inputs, outputs: 1, using: &initializer)
        if classes > 0 {
            let embedding = Parameter(initializer.embedding(count: classes, size: inputs))
            embeddingNorm = SpectralNorm(of: embedding.value, using: &initializer)
            self.embedding = embedding
        } else {
            embedding = nil
            embeddingNorm = nil
        }
    }

    public func draws(for clips: ClipShape, from stream: RandomStream) -> ViewDraws {
        view.draws(
            clips: clips.clips, size: clips.size, contextFrames: clips.contextFrames,
            predictedFrames: clips.predictedFrames, from: stream)
    }

    public func callAsFunction(_ video: Tensor, draws: ViewDraws, classes: [Int]?, _ pass: Pass) -> Tensor {
        scores(of: view.applied(to: video, draws), classes: classes, pass)
    }

    /// - Parameters:
    ///   - seen: `[B, T, H, W, C]`, a view's frames or clips.
    ///   - classes: one per clip, if the discriminator has classes.
    /// - Returns: `[B]`.
    public func scores(of seen: Tensor, classes: [Int]? = nil, _ pass: Pass) -> Tensor {
        let clips = seen.shape[0]
        var x = seen
        for block in volumeBlocks { x = pass.recomputed([x]) { block($0[0], $1) } }
        let time = x.shape[1]
        x = x.reshaped(to: [clips * time] + x.shape[2...])
        for block in blocks { x = pass.recomputed([x]) { block($0[0], $1) } }
        let pooled = sum(relu(x), along: [1, 2])
        var scores = score(pooled, pass).reshaped(to: [clips, time])
        if let embedding, let embeddingNorm {
            guard let classes else { stopProgram("ViewDiscriminator", "a discriminator with classes was given none") }
            let rows = gatheredRows(embeddingNorm(embedding, pass), rows: classes)
            let byClip = pooled.reshaped(to: [clips, time, pooled.shape[1]])
            scores = scores + sum(byClip * rows.reshaped(to: [clips, 1, rows.shape[1]]), along: [2])
        }
        return sum(scores, along: [1])
    }
}
