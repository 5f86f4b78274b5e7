import AuspexModels
import AuspexTensors

/// A shard of an update's clips, and the random draws that belong to them.
///
/// Every draw that concerns a clip is keyed by (seed, purpose, the clip's number in the run), so that another division of the batch changes none.
struct Shard {
    let batch: TrainingBatch
    /// The number in the run of the batch's first clip.
    let firstClip: Int
    /// How many updates of the step used these clips before: each makes new draws.
    var earlierUses = 0

    private func stream(_ purpose: String, seed: UInt64, clip: Int) -> RandomStream {
        let name = earlierUses == 0 ? purpose : "\(purpose)/again-\(earlierUses)"
        return RandomStream(seed: seed, name: name, step: firstClip + clip)
    }

    /// z of each clip, `[B, latentSize]`.
    func noise(of generator: some VideoGenerator, seed: UInt64) -> Tensor {
        guard generator.latentSize > 0 else { return Tensor(zeros: [batch.clips, 0]) }
        return joined(
            (0..<batch.clips).map { generator.noise(clips: 1, from: stream("noise", seed: seed, clip: $0)) }, along: 0)
    }

    /// The part of each clip that each discriminator looks at.
    func draws(of discriminators: Discriminators, seed: UInt64) -> [ViewDraws] {
        let clip = ClipShape(
            clips: 1, size: batch.size, contextFrames: batch.contextFrames, predictedFrames: batch.predictedFrames)
        return discriminators.networks.enumerated().map { position, discriminator in
            (0..<batch.clips).reduce(into: ViewDraws()) { draws, number in
                let own = discriminator.draws(
                    for: clip, from: stream("views/\(position)", seed: seed, clip: number))
                draws.frames += own.frames
                draws.places += own.places
            }
        }
    }
}
