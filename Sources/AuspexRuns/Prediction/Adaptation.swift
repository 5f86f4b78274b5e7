import AuspexConfiguration
import AuspexModels
import AuspexSupport
import AuspexTraining
import AuspexVideo
import Foundation

/// Trains a model further on one video's past, before it continues the video.
///
/// The end of the past is held out. The weights that do best there by PSNR are taken; if the model does no better than before, it stays as it was.
public struct Adaptation {
    /// What became of the model.
    public struct Outcome {
        /// The adapted model; the one that was given if training did not improve it.
        public let model: TrainedModel
        /// PSNR on the held-out clips before training, in dB.
        public let before: Double
        /// PSNR on the held-out clips after training, in dB.
        public let after: Double
        /// PSNR of the baselines on the held-out clips, in dB.
        public let baselines: [(name: String, psnr: Double)]
        /// Steps that were trained.
        public let steps: Int
        /// Whether training made the model better on the held-out clips.
        public var hasImproved: Bool { after > before }
    }

    private let model: TrainedModel
    private let path: String
    private let end: Double?
    private let folder: String
    private let blending: Bool?

    /// The share of the past that is held out.
    private static let heldOutShare = 0.2
    private static let mostClips = 32
    private static let mostBatch = 8
    /// How often the model is validated on the held-out clips.
    private static let validations = 5
    /// Steps whose time says how many there is time for; the first is not counted, as memory is new to it.
    private static let timedSteps = 4
    /// The share of the time that steps get; the rest is for validations.
    private static let stepsShare = 0.8
    /// Rates of a training that begins with trained weights, relative to those of the training that made them.
    private static let rateFactor = 0.3

    /// Prepares to adapt a model.
    ///
    /// - Parameters:
    ///   - path: the video.
    ///   - seconds: the time at which its past ends; nil for the file's end.
    ///   - folder: the run's folder, which must be new.
    ///   - blending: whether the model is judged and used blended with the baselines; nil follows its run.
    /// - Throws: `ConfigurationError` for a model that cannot be adapted; `VideoError` if the past is shorter than two clips; `FileError` if there is
    ///   something in the folder.
    public init(
        of model: TrainedModel, to path: String, before seconds: Double?, in folder: String, blending: Bool? = nil
    ) throws {
        (self.model, self.path, end, self.folder, self.blending) = (model, path, seconds, folder, blending)
        guard model.configuration.model.classes == 0 else {
            throw ConfigurationError(
                "\(model.run): its model has classes, and a single video cannot teach them: predict without adapting")
        }
        guard !model.configuration.training.hasDiscriminators else {
            throw ConfigurationError(
                "\(model.run): its model is trained against discriminators, which would begin with new weights: adapt a model that is trained "
                    + "by pixel losses, such as motion-layers, or predict without adapting")
        }
        try RunFolder.checkFree(folder, resume: false)
        try checkLength()
    }

    /// Folders that are left if the program ends in the middle.
    public static func temporaryFolders(of folder: String) -> [String] { [folder, timingFolder(of: folder)] }

    private static func timingFolder(of folder: String) -> String { folder + "-timing" }

    /// Trains.
    ///
    /// - Parameters:
    ///   - seconds: how long it may take, about.
    ///   - reporter: shows the progress of a number of steps.
    ///   - say: is given a line when something is known.
    ///   - stop: ends the training early.
    /// - Returns: the outcome; of no steps if it was stopped before the first.
    /// - Throws: what training throws.
    public func run(
        seconds: Double, reporter: (Int) -> ProgressReporter, say: (String) -> Void, stop: StopFlag
    ) throws -> Outcome {
        let start = ContinuousClock.now
        let perStep = try secondsPerStep(stop: stop)
        let unchanged = Outcome(model: model, before: -.infinity, after: -.infinity, baselines: [], steps: 0)
        if stop.isRaised { return unchanged }
        let left = seconds - (ContinuousClock.now - start) / .seconds(1)
        let steps = max(Self.validations, Int(Self.stepsShare * left / perStep))
        let run = try trainingRun(steps: steps, in: folder)
        var baselines: [(name: String, psnr: Double)] = []
        for baseline in Baselines.usual where baseline.fewestContextFrames <= model.configuration.model.contextFrames {
            if let psnr = try run.validationPSNR(of: baseline) { baselines.append((baseline.name, psnr)) }
        }
        let before = try run.validationPSNR(of: model.forecaster(blending: blending)) ?? -.infinity
        say(
            "On the held-out end of the past, before: model \(NumberText.fixed(before, decimals: 2)) dB, "
                + baselines.map { "\($0.name) \(NumberText.fixed($0.psnr, decimals: 2))" }.joined(separator: ", "))
        let ended = try run.run(progress: reporter(steps), stop: stop)
        let done = if case .stopped(let step) = ended.outcome { step } else { steps }
        guard done > 0 else { return unchanged }
        let adapted = try TrainedModel(run: folder).sized(to: model.configuration.model.size)
            .described(as: "\(model.origin), adapted in \(done, "step")")
        let after = try run.validationPSNR(of: adapted.forecaster(blending: blending)) ?? -.infinity
        return Outcome(
            model: after > before ? adapted : model, before: before, after: after, baselines: baselines, steps: done)
    }

    private func checkLength() throws {
        let reader = try VideoReader(path: path)
        var frames = end.map { reader.frame(nearest: $0) + 1 } ?? reader.frameCount
        if let own = reader.frameIntervalSeconds, let wanted = interval { frames = Int(Double(frames) * own / wanted) }
        let clip = model.configuration.model.clipFrames
        guard frames >= 2 * clip else {
            throw VideoError(
                .tooShort, path,
                "has \(frames, "frame") before the place where the prediction begins, and adapting takes two clips of "
                    + "\(clip): one to train on and one to judge by; predict without adapting, or from a later time",
                remedies: [.startTime])
        }
    }

    /// The frame interval that the model keeps to, in seconds; nil if it takes each video's own.
    private var interval: Double? { model.configuration.data.ownFrameRate ? nil : model.frameIntervalSeconds }

    private func secondsPerStep(stop: StopFlag) throws -> Double {
        let place = Self.timingFolder(of: folder)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let run = try trainingRun(steps: Self.timedSteps, in: place, measures: false)
        _ = try run.run(progress: ProgressReporter("adapt", total: nil, unit: "steps", style: .quiet), stop: stop)
        struct Line: Decodable {
            var seconds: Double?
            private enum CodingKeys: String, CodingKey { case seconds = "seconds/step" }
        }
        let text = String(decoding: try FileReading.bytes(of: run.folder.metricsPath), as: UTF8.self)
        let times = text.split(separator: "\n").compactMap {
            (try? JSONDecoder().decode(Line.self, from: Data($0.utf8)))?.seconds
        }
        let counted = times.count > 1 ? times.dropFirst() : times[...]
        return counted.isEmpty ? 1 : counted.reduce(0, +) / Double(counted.count)
    }

    private func trainingRun(steps: Int, in folder: String, measures: Bool = true) throws -> TrainingRun {
        var configuration = try configuration(steps: steps, in: folder)
        if !measures { (configuration.training.validationInterval, configuration.training.logInterval) = (0, 1) }
        let list = FileManager.default.temporaryDirectory.path + "/auspex-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: list) }
        let video = URL(fileURLWithPath: path).path.replacing("\"", with: "\"\"")
        // The end of a window is not in it, and the frame at the end of the past is.
        let reader = try VideoReader(path: path)
        let last = end.map {
            reader.seconds(ofFrame: reader.frame(nearest: $0)) + (reader.frameIntervalSeconds ?? 0) / 2
        }
        let text = "path,start,end\n\"\(video)\",0,\(last.map { NumberText.nearest($0) } ?? "")\n"
        try AtomicFile.write(Data(text.utf8), to: list)
        let run = try TrainingRun(
            configuration, path: folder, sources: RunSources(training: openSource(list)))
        try AtomicFile.write(Data(text.utf8), to: configuration.data.source)
        return run
    }

    private func configuration(steps: Int, in folder: String) throws -> Configuration {
        var adapted = model.configuration
        adapted.model.size = adapted.model.trainingSize(for: adapted.model.size)
        adapted.data.source = "\(folder)/past.csv"
        (adapted.data.validation, adapted.data.mix) = (nil, [])
        adapted.data.validationShare = Self.heldOutShare
        if let interval { (adapted.data.frameIntervalSeconds, adapted.data.frameStride) = (interval, 1) }
        // What sources of other kinds were opened with.
        (adapted.data.framesPerSecond, adapted.data.axes, adapted.data.range) = (nil, nil, nil)
        adapted.data.colour = model.configuration.colourOfVideos
        adapted.data.camera = 0
        adapted.data.augmentation = AugmentationConfiguration()
        adapted.data.augmentation.mirrored = 0.5
        adapted.training.initialModel = model.reference
        adapted.training.blend = blending ?? adapted.training.blend
        adapted.training.steps = steps
        adapted.training.batch = min(adapted.training.batch, Self.mostBatch)
        adapted.training.accumulation = 1
        adapted.training.validationClips = Self.mostClips
        adapted.training.validationSelect = .psnr
        adapted.training.validationInterval = max(1, steps / Self.validations)
        adapted.training.checkpointInterval = adapted.training.validationInterval
        adapted.training.sampleInterval = 0
        adapted.training.standingStatisticsBatches = min(4, adapted.training.standingStatisticsBatches)
        // Rates beside a list of phases are refused, as they would have no effect.
        if adapted.training.phases.isEmpty { adapted.training.generatorLearningRate *= Self.rateFactor }
        // Training goes on as it ended.
        let end = max(0, model.configuration.training.steps - 1)
        adapted.training.phases = adapted.training.phases.filter { $0.isActive(atStep: end) }.map { phase in
            var phase = phase
            phase.optimizer.learningRate *= Self.rateFactor
            if phase.optimizer.name == .muon { phase.optimizer.adamLearningRate *= Self.rateFactor }
            phase.schedule.warmUpSteps = phase.schedule.name == .oneCycle ? 0 : steps / 20
            (phase.from, phase.until) = (0, nil)
            return phase
        }
        try adapted.validate()
        return adapted
    }
}
