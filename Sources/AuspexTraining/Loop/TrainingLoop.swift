import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import Foundation

/// Runs the steps of a training run, and writes the contents of its folder.
///
/// The result depends on configuration, seed and data alone: logging, validation and checkpoints never affect training.
public final class TrainingLoop {
    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        /// All steps are done, and the last checkpoint is written.
        case finished
        /// A stop was requested; the run resumes from this step, whose checkpoint is written. 0 if there is none yet.
        case stopped(step: Int)
    }

    let trainer: AdversarialTrainer
    let folder: RunFolder
    let store: CheckpointStore
    private let supply: any BatchSupply
    private let evaluation: EvaluationGenerator
    private let validation: Validation
    private let samples: SampleWriter
    private let log: MetricsLog
    private let events: EventFile
    private let progress: ProgressReporter
    private let stop: StopFlag
    private let writeDocuments: (inout Checkpoint) throws -> Void
    private var configuration: TrainingConfiguration { trainer.configuration }
    private var model: any ModelOptions { trainer.generator.options }
    /// The best value of the selecting metric so far; part of the checkpoint.
    private var best: Double?
    /// The baselines' values on the held-out clips; part of the checkpoint, so that a resumed run need not measure them again.
    private var baselines: [ValidationSummary.Score]?
    /// The last validation.
    public private(set) var summary: ValidationSummary?
    /// The step at which the evaluation's network was last refreshed.
    private var refreshedAt: Int?
    private var lastCheckpoint: Int?
    private var lastSave = ContinuousClock.now
    /// The duration of the last step and of the last checkpoint.
    private var stepSeconds: Double?
    private var saveSeconds = 0.0

    /// - Parameters:
    ///   - trainer: fresh, or restored from `checkpoint`.
    ///   - folder: opened for writing.
    ///   - supply: gives the batches, starting at the trainer's step.
    ///   - resumed: the checkpoint that the trainer was restored from; nil for a new run.
    ///   - frameIntervalSeconds: the time between two frames, written beside samples.
    ///   - writeDocuments: adds the caller's documents (configuration, versions, choices) to every checkpoint.
    public init(
        _ trainer: AdversarialTrainer, in folder: RunFolder, supply: any BatchSupply, heldOut: HeldOutClips,
        resumed: Checkpoint? = nil, frameIntervalSeconds: Double, progress: ProgressReporter, stop: StopFlag,
        writeDocuments: @escaping (inout Checkpoint) throws -> Void
    ) throws {
        self.trainer = trainer
        self.folder = folder
        self.supply = supply
        self.progress = progress
        self.stop = stop
        self.writeDocuments = writeDocuments
        let (model, configuration) = (trainer.generator.options, trainer.configuration)
        store = folder.checkpoints(keep: configuration.keepCheckpoints)
        evaluation = EvaluationGenerator(model, standing: heldOut.standing, seed: configuration.seed)
        validation = try Validation(
            batches: heldOut.validation, contextFrames: model.contextFrames, predictedFrames: model.predictedFrames,
            seed: configuration.seed, select: configuration.effectiveSelect)
        samples = SampleWriter(
            folder: folder.samplesPath, clips: heldOut.validation.first, model: model,
            frameIntervalSeconds: frameIntervalSeconds, seed: configuration.seed)
        trainer.beforeMicroBatch = { if stop.isWorkToBeGivenUp { throw WorkGivenUp() } }
        try store.prepare()
        // A run that was killed before its first checkpoint begins again: its log, including step 0, is removed.
        let lastStep = resumed?.step ?? -1
        log = try MetricsLog(path: folder.metricsPath, resumingFrom: lastStep)
        try EventFile.cut(inFolder: folder.path, after: lastStep)
        events = try EventFile(inFolder: folder.path, resumingFrom: resumed?.step)
        lastCheckpoint = resumed?.step
        if let resumed {
            let earlier = try resumed.document(Progress.self, Progress.documentName)
            // A value of another metric cannot be compared with this one's.
            if earlier.selectedBy == configuration.effectiveSelect { best = earlier.best }
            baselines = earlier.baselines
        }
    }

    /// Trains to the configured last step, or until a stop is requested.
    ///
    /// - Throws: `TrainingError` naming the step and the last good checkpoint; and errors of the data or the disk.
    public func run() throws -> Outcome {
        defer { stop.workEnds() }
        do { return try train() } catch is WorkGivenUp {
            progress.finish()
            return .stopped(step: lastCheckpoint ?? 0)
        } catch let error as FileError where access(folder.path, F_OK) != 0 && !error.path.isEmpty {
            throw TrainingError.folderGone(folder.path, step: trainer.step)
        }
    }

    private func train() throws -> Outcome {
        lastSave = .now
        stop.workBegins(expectedSeconds: nil)
        try trainer.synchronise()
        try measureBaselines()
        while trainer.step < configuration.steps {
            stop.workBegins(expectedSeconds: stepSeconds)
            let report = try advance()
            stepSeconds = report["seconds/step"]
            let isLast = trainer.step == configuration.steps
            let isStopped = try trainer.replicas.any(stop.isRaised)
            var isBest = false
            try savingFirstWhereItFails {
                if trainer.step % configuration.logInterval == 0 || isLast { try write(report) }
                show(report)
                if due(configuration.validationInterval) || (isLast && configuration.validationInterval > 0) {
                    isBest = try validate()
                }
                if due(configuration.sampleInterval) || (isLast && configuration.sampleInterval > 0) { try sample() }
            }
            if due(configuration.checkpointInterval) || isDueByTime || isLast || isStopped || isBest {
                try save(isBest: isBest)
            }
            if isStopped && !isLast {
                progress.finish()
                return .stopped(step: trainer.step)
            }
        }
        progress.finish()
        return .finished
    }

    private func due(_ interval: Int) -> Bool { interval > 0 && trainer.step % interval == 0 }

    /// Whether a kill now would lose more than the configured minutes; or, if a stop would not wait for the next long step, the step just done.
    private var isDueByTime: Bool {
        let minutes = (ContinuousClock.now - lastSave) / .seconds(60)
        if configuration.checkpointMinutes > 0 && minutes >= configuration.checkpointMinutes { return true }
        guard let stepSeconds, stepSeconds > stop.patienceSeconds else { return false }
        return saveSeconds < 0.1 * stepSeconds
    }

    /// Runs work that evaluates a step and writes about it; if it fails, for example because the disk is full of logs, the steps themselves are saved before
    /// the run ends.
    private func savingFirstWhereItFails(_ body: () throws -> Void) throws {
        do { try body() } catch {
            if !(error is WorkGivenUp), lastCheckpoint != trainer.step { try? save(isBest: false) }
            throw error
        }
    }

    /// One step, with its data and its duration.
    private func advance() throws -> StepReport {
        let start = ContinuousClock.now
        var waited = 0.0
        do {
            var report = try trainer.advance {
                try trainer.beforeMicroBatch()
                let batch = try supply.next()
                waited += batch.waitedSeconds
                return TrainingBatch(batch, contextFrames: model.contextFrames)
            }
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            report.add("seconds/step", elapsed)
            report.add("seconds/waitingForData", waited)
            return report
        } catch let error as NonFiniteValue {
            throw TrainingError.nonFinite(
                error, step: trainer.step + 1, lastCheckpoint: lastCheckpoint.map { store.path(of: $0) })
        }
    }

    private func write(_ report: StepReport) throws {
        var numbers = report.numbers
        for (name, network) in [
            ("generator", trainer.generator as any Layer), ("discriminator", trainer.discriminators),
        ] {
            if let range = network.spectralNormRange {
                numbers.append(("\(name)/sigmaSmallest", Double(range.lowerBound)))
                numbers.append(("\(name)/sigmaLargest", Double(range.upperBound)))
            }
        }
        try log.append(step: trainer.step, numbers.map { ($0.name, .number($0.value)) })
        try events.add(step: trainer.step, scalars: numbers.map { ($0.name, $0.value) })
    }

    private func show(_ report: StepReport) {
        func total(_ network: String) -> Double? {
            let losses = report.numbers.filter { $0.name.hasPrefix(network) && $0.name.hasSuffix("/loss") }
            return losses.isEmpty ? nil : losses.reduce(0) { $0 + $1.value }
        }
        let shown: [(String, Double?)] = [
            ("D", total("discriminator")), ("G", total("generator")), ("pixel", report["generator/pixelLoss"]),
            ("waiting", report["seconds/waitingForData"]),
        ]
        let losses = shown.compactMap { name, value in value.map { (name, NumberText.fixed($0, decimals: 3)) } }
        progress.update(completed: trainer.step, numbers: comparison + losses)
    }

    /// The last validation beside the baselines, for the progress bar.
    private var comparison: [(name: String, text: String)] {
        guard let summary else { return [] }
        return [("PSNR", ValidationSummary.decibels(summary.psnr))]
            + summary.baselines.map { ($0.name, ValidationSummary.decibels($0.psnr)) }
    }

    private func refresh() throws {
        guard refreshedAt != trainer.step else { return }
        try evaluation.refresh(from: trainer)
        refreshedAt = trainer.step
    }

    /// The averaged weights as they will be used for prediction.
    private var forecaster: any Forecaster {
        let alone = GeneratorForecaster(evaluation.generator)
        return configuration.blend ? HindcastBlend(of: alone) : alone
    }

    private var validates: Bool { configuration.validationInterval > 0 && !validation.batches.isEmpty }

    /// Measures the baselines, once per run; their lines in the log belong to step 0.
    private func measureBaselines() throws {
        guard validates, baselines == nil else { return }
        var scores: [ValidationSummary.Score] = []
        for baseline in Baselines.usual
        where baseline.fewestContextFrames <= model.contextFrames {
            let results = try validation.measure(baseline)
            if trainer.step == 0 { try log(results, as: "validation/\(baseline.name)") }
            if let psnr = results.first(where: { $0.name == "psnr" })?.value {
                scores.append(.init(name: baseline.name, psnr: psnr))
            }
        }
        baselines = scores
    }

    /// Measures the averaged weights.
    ///
    /// - Returns: whether they are the best so far by the selecting metric; false if the last checkpoint is always taken.
    private func validate() throws -> Bool {
        guard validates else { return false }
        try refresh()
        let results = try validation.measure(forecaster)
        try log(results, as: "validation")
        func value(_ name: String) -> Double? { results.first { $0.name == name }?.value }
        summary = ValidationSummary(
            clips: validation.clips, psnr: value("psnr") ?? .nan, step: trainer.step, baselines: baselines ?? [])
        guard let selecting = validation.selecting, let score = value(selecting.name),
            validation.isBetter(score, than: best)
        else { return false }
        best = score
        return true
    }

    private func log(_ results: [(name: String, value: Double)], as prefix: String) throws {
        try log.append(step: trainer.step, results.map { ("\(prefix)/\($0.name)", .number($0.value)) })
        try events.add(step: trainer.step, scalars: results.map { ("\(prefix)/\($0.name)", $0.value) })
    }

    private func sample() throws {
        try refresh()
        if let picture = try samples.write(step: trainer.step, forecaster: forecaster) {
            try events.add(step: trainer.step, tag: "samples", picture: picture)
        }
    }

    private func save(isBest: Bool) throws {
        stop.workEnds()
        let start = ContinuousClock.now
        try refresh()
        var checkpoint = trainer.checkpoint
        checkpoint.groups[.standingStatistics] = evaluation.generator.bufferValues
        try checkpoint.set(
            Progress(
                consumedClips: trainer.consumedBatches * configuration.batch, best: best,
                bestBy: configuration.effectiveSelect, baselines: baselines,
                format: Progress.currentFormat),
            as: Progress.documentName)
        try writeDocuments(&checkpoint)
        try store.save(checkpoint, isBest: isBest)
        lastCheckpoint = trainer.step
        lastSave = .now
        saveSeconds = (lastSave - start) / .seconds(1)
    }
}

/// A stop was requested within a step that takes too long to wait for.
private struct WorkGivenUp: Error {}
