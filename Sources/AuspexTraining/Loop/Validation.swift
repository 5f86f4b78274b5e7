import AuspexLayers
import AuspexMetrics
import AuspexModels
import AuspexTensors

/// Measures a predictor on held-out clips, per frame and on the predicted span alone.
struct Validation {
    let batches: [SuppliedBatch]
    let contextFrames: Int
    let predictedFrames: Int
    let seed: UInt64

    /// Every metric's value, by its name.
    func measure(_ predictor: some Predictor) throws -> [(name: String, value: Double)] {
        let metrics = ["psnr", "ssim"]
        let accumulators = try metrics.map { try MetricRegistry.standard.metric(named: $0).makeAccumulator() }
        for (number, batch) in batches.enumerated() {
            let values = batch.values
            let context = values.sliced(1, from: 0, count: contextFrames)
            let real = values.sliced(1, from: contextFrames, count: predictedFrames).valuesAsPixels()
            let predicted = predictor.predict(
                context: context, classes: batch.classes, frames: predictedFrames,
                randomness: RandomStream(seed: seed, name: "validation", step: number)
            ).valuesAsPixels()
            for accumulator in accumulators { try accumulator.add(real: real, predicted: predicted) }
        }
        return try zip(metrics, accumulators).map { ($0, try $1.result().value) }
    }
}
