import AuspexConfiguration
import AuspexEvaluation
import AuspexLayers
import AuspexMetrics
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexTraining
import Foundation

/// The package's models and recurrent units, and those of this one.
public var models: ModelRegistry {
    var registry = ModelRegistry.standard
    registry.register(Drift.Options.self)
    registry.units.register(.leaky)
    return registry
}

/// The package's metrics, and that of this one.
public var metrics: MetricRegistry {
    var registry = MetricRegistry.standard
    registry.register("mse:worst") { WorstFrameError(settings: $0) }
    return registry
}

/// Trains a model for the mean squared error on falling discs, and leaves the run in a folder.
public func train(_ model: String, in folder: String, steps: Int) throws -> TrainedModel {
    Kernels.setThreads(ProcessInfo.processInfo.activeProcessorCount)
    let configuration = try Configuration(
        nil,
        assignments: [
            "model.name=\(model)", "model.size=32", "model.predictedFrames=4", "training.pixelLoss=mse",
            "training.pixelWeight=1", "training.adversarialWeight=0", "training.batch=4", "training.steps=\(steps)",
            "training.generatorLearningRate=1e-3",
        ], registry: models)
    let clips = RunSources(training: FallingDisc())
    let run = try TrainingRun(configuration, path: folder, sources: clips, registry: models)
    let progress = ProgressReporter("train", total: steps, unit: "steps")
    _ = try run.run(progress: progress, stop: StopFlag())
    progress.finish()
    return try TrainedModel(run: folder, registry: models)
}

/// Scores clips beside what they should look like.
///
/// - Parameters:
///   - real: `[B, T, H, W, C]`, uint8.
///   - predicted: of the same shape.
///   - names: of metrics, separated by commas.
public func scores(real: Tensor, predicted: Tensor, metrics names: String) throws -> [String: MetricResult] {
    var results: [String: MetricResult] = [:]
    for metric in try metrics.metrics(listed: names) {
        let accumulator = metric.makeAccumulator()
        try accumulator.add(real: real, predicted: predicted)
        results[metric.name] = try accumulator.result()
    }
    return results
}

/// Scores files: videos, folders of them, or arrays.
public func score(_ real: String, beside predicted: String, metrics names: [String]) throws -> ScoringReport {
    var settings = ScoringSettings()
    settings.metrics = names
    var scoring = Scoring(settings)
    scoring.registry = metrics
    return try scoring.score(real: real, predicted: predicted)
}

/// Evaluates a trained model on clips that it has not seen, beside the baselines.
public func evaluate(_ model: TrainedModel, clips: Int) throws -> EvaluationReport {
    var plan = EvaluationProtocol.heldOut(for: model.configuration.model)
    plan.clips = clips
    plan.metrics = ["psnr", "mse:worst"]
    return try Evaluation(plan, registry: metrics).run(
        [GeneratorForecaster(model.generator)] + Evaluation.baselines, on: FallingDisc(),
        request: model.clipRequest(frames: plan.contextFrames + plan.predictedFrames))
}
