import AuspexSupport
import AuspexLayers
import AuspexMetrics
import AuspexModels
import AuspexTensors
import AuspexVideo
import Foundation

/// Measures a forecaster on held-out clips: PSNR and SSIM per frame on the predicted span, and the metric that selects the best checkpoint.
package struct Validation {
    let batches: [ClipBatch]
    let contextFrames: Int
    let predictedFrames: Int
    let seed: UInt64
    private let metrics: [any Metric]
    /// The metric by which the best checkpoint is selected; nil if the last one is taken.
    let selecting: (any Metric)?

    /// - Parameter select: its metric's network must be in the cache.
    /// - Throws: `FileError` with the remedy `fetchWeights` where a network's weights are absent, `MetricError` where the clips are too few or too short for
    ///   the metric.
    package init(
        batches: [ClipBatch], contextFrames: Int, predictedFrames: Int, seed: UInt64,
        select: TrainingConfiguration.ValidationSelect
    ) throws {
        self.batches = batches
        self.contextFrames = contextFrames
        self.predictedFrames = predictedFrames
        self.seed = seed
        var names = ["psnr", "ssim"]
        if select != .last, !names.contains(select.rawValue) { names.append(select.rawValue) }
        // Intervals need many repetitions of a distance, and are not used here.
        let settings = MetricSettings(peak: batches.first?.format.peak ?? 255, wantsIntervals: false)
        let metrics = try names.map { try MetricRegistry.standard.metric(named: $0, settings: settings) }
        self.metrics = metrics
        selecting = metrics.first { $0.name == select.rawValue }
        if !batches.isEmpty {
            try selecting?.check(clips: clips, frames: contextFrames + predictedFrames)
        }
    }

    /// How many clips are measured.
    var clips: Int { batches.reduce(0) { $0 + $1.count } }

    /// Every metric's value, by its name. Distances between sets of clips include the context, as published values do.
    package func measure(_ forecaster: any Forecaster) throws -> [(name: String, value: Double)] {
        let accumulators = metrics.map { $0.makeAccumulator() }
        for (number, batch) in batches.enumerated() {
            let context = batch.input(batch.frames.sliced(1, from: 0, count: contextFrames))
            let clips = batch.format.measured(batch.frames)
            let seen = clips.sliced(1, from: 0, count: contextFrames)
            let real = clips.sliced(1, from: contextFrames, count: predictedFrames)
            let future = forecaster.future(
                of: context, horizon: predictedFrames, classes: batch.classes,
                drawnFrom: RandomStream(seed: seed, name: "validation", step: number))
            let predicted = batch.format.measured(batch.input.inverse(future))
            for accumulator in accumulators {
                if accumulator is any SetMetricAccumulator {
                    try accumulator.add(real: clips, predicted: joined([seen, predicted], along: 1))
                } else {
                    try accumulator.add(real: real, predicted: predicted)
                }
            }
        }
        return try zip(metrics, accumulators).map { ($0.name, try $1.result().value) }
    }

    /// Whether a value of the selecting metric is better than another; false if nothing selects, and for NaN.
    func isBetter(_ value: Double, than best: Double?) -> Bool {
        selecting.map { Self.isBetter(value, than: best, higherIsBetter: $0.higherIsBetter) } ?? false
    }

    package static func isBetter(_ value: Double, than best: Double?, higherIsBetter: Bool) -> Bool {
        value.isFinite && (best.map { higherIsBetter ? value > $0 : value < $0 } ?? true)
    }
}

/// A run's results on its held-out clips.
public struct ValidationSummary: Codable, Sendable, Equatable {
    /// One forecaster's PSNR in dB, mean over frames and clips.
    public struct Score: Codable, Sendable, Equatable {
        /// The forecaster: `copy-last`.
        public var name: String
        /// Its PSNR on the held-out clips, in dB.
        public var psnr: Double
    }

    /// Held-out clips that were measured.
    public var clips: Int
    /// The model's last PSNR.
    public var psnr: Double
    /// The step that it was measured at.
    public var step: Int
    /// The baselines: `copy-last`, and `flow` and `blend` if the context is long enough.
    public var baselines: [Score]

    /// The result in one sentence.
    public var text: String {
        let beaten = baselines.filter { psnr > $0.psnr }
        let unbeaten = baselines.filter { psnr <= $0.psnr }
        func names(_ scores: [Score]) -> String {
            let names = scores.map(\.name)
            return names.count < 3
                ? names.joined(separator: " and ")
                : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
        }
        let verdict =
            if baselines.isEmpty { "" } else if unbeaten.isEmpty {
                "; the model beats \(baselines.count == 1 ? names(beaten) : baselines.count == 2 ? "both" : "all")"
            } else if beaten.isEmpty {
                "; the model does not beat \(baselines.count == 1 ? names(unbeaten) : baselines.count == 2 ? "either" : "any") yet"
            } else {
                "; the model beats \(names(beaten)), but not \(names(unbeaten))"
            }
        return "PSNR of step \(step) on \(clips, "held-out clip"): "
            + ([Score(name: "model", psnr: psnr)] + baselines)
            .map { "\($0.name) \(Self.decibels($0.psnr))" }.joined(separator: ", ") + " dB" + verdict
    }

    static func decibels(_ value: Double) -> String { NumberText.fixed(value, decimals: 2) }
}
