import AuspexLayers
import AuspexModels
import AuspexTensors

/// Recomputes a generator's batch-norm statistics for its current weights, as the mean over batches.
///
/// Source: Brock et al. 2019, arXiv:1809.11096, appendix C.1 ("standing statistics").
///
/// - Parameters:
///   - contexts: batches of `[B, Tc, H, W, C]` with their classes, the same ones every time.
///   - steps: Tp.
///   - stream: random numbers for z.
public func recomputeStandingStatistics(
    of generator: some VideoGenerator, over contexts: [(context: Tensor, classes: [Int]?)], steps: Int,
    from stream: RandomStream
) {
    for (number, batch) in contexts.enumerated() {
        _ = generator(
            context: batch.context, horizon: steps,
            noise: generator.noise(clips: batch.context.shape[0], from: stream.at(step: number)),
            classes: batch.classes, Pass(.recalibrating(batch: number)))
    }
}
