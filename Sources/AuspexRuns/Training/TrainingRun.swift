import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation

/// A run from its configuration to its folder: sources, networks, loop, and everything needed to resume with the same bits.
public struct TrainingRun {
    /// What the run trains.
    public let configuration: Configuration
    /// Where its checkpoints and logs are written.
    public let folder: RunFolder
    /// The step that the run resumes from; nil for a new one.
    private let resumedStep: Int?
    private let data: TrainingData
    private let heldOut: (clips: HeldOutClips, shown: TrainingClipInfo)
    /// Notes for users who resume.
    public let notices: [String]

    /// Opens the run's data and its folder; nothing is trained yet.
    ///
    /// - Parameters:
    ///   - path: the run's folder; nil takes the next free one of the name.
    ///   - name: the run's name if it has no path: `runs/NAME-N`.
    ///   - resume: whether an existing run is resumed; if there is none, one begins.
    ///   - sources: clips to use instead of those that the configuration names.
    ///   - registry: the models that the run's earlier configuration can name.
    ///   - progress: is given how many held-out files were searched, of how many.
    /// - Throws: `VideoError` for data and `FileError` for a folder that cannot be used, `ConfigurationError` if the existing run began with other settings.
    public init(
        _ configuration: Configuration, path: String?, orNextNamed name: String = "run", resume: Bool = false,
        sources: RunSources? = nil, registry: ModelRegistry = .standard,
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        self.configuration = configuration
        try configuration.refuseWhatDoesNotFit()
        if let path { try RunFolder.checkFree(path, resume: resume) }
        let store = path.map { CheckpointStore(folder: $0 + "/checkpoints") }
        resumedStep = resume ? store?.step(of: .last) : nil
        var notices: [String] = []
        var beginning = TrainingData.Beginning.now
        if let resumedStep, let store, let path {
            let checkpoint = try store.load(.step(resumedStep), groups: [])
            let earlier = try Configuration(of: checkpoint, at: store.path(of: resumedStep), registry: registry)
            try Self.check(configuration, against: earlier, path: path)
            guard configuration.training.steps >= resumedStep else {
                throw ConfigurationError(
                    "\(path): is at step \(resumedStep) already, training.steps is \(configuration.training.steps): ask for "
                        + "more steps, or train another run", remedies: [.output])
            }
            notices = try Self.notices(checkpoint, resuming: configuration.training)
            let shown = try checkpoint.document(TrainingClipInfo.self, TrainingClipInfo.documentName)
            beginning = try .init(ofRun: path, dataDigest: shown.dataDigest)
        }
        // Before the folder is made: a mistyped source must not leave a run behind that blocks the next attempt.
        data = try TrainingData(configuration, sources: sources, beginning: beginning)
        heldOut = try data.heldOutClips(progress: progress)
        if resumedStep == nil, configuration.training.initialModel != nil {
            var blank = Initializer.blank
            try Self.load(
                configuration.training.initialModel, into: configuration.model.makeGenerator(using: &blank))
        }
        self.notices = notices + data.splitNotes
        folder = try path.map { try RunFolder(writing: $0, resume: resume) } ?? .makingNext(named: name)
        if case .saved = beginning {
        } else {
            try AtomicFile.write(try data.record.bytes, to: RunData.path(inRun: folder.path))
        }
        let yaml = try configuration.yaml
        try AtomicFile.write(Data(yaml.utf8), to: folder.configurationPath)
    }

    /// Notes on the source from the clips that were read first, a line each.
    public var dataNotes: [String] { data.notes }

    /// What is trained on and what is held out, in one line.
    public var dataSummary: String { data.summary }

    /// The PSNR of a forecaster on the held-out clips, in dB; nil if none are held out.
    package func validationPSNR(of forecaster: any Forecaster) throws -> Double? {
        guard !heldOut.clips.validation.isEmpty else { return nil }
        let validation = try Validation(
            batches: heldOut.clips.validation, contextFrames: configuration.model.contextFrames,
            predictedFrames: configuration.model.predictedFrames, seed: configuration.training.seed, select: .psnr)
        return try validation.measure(forecaster).first { $0.name == "psnr" }?.value
    }

    /// The step that the run resumes from; 0 for a new one.
    public var firstStep: Int { resumedStep ?? 0 }

    /// Trains to the configured last step, or until the flag is raised.
    ///
    /// - Throws: `TrainingError.nonFinite`, and errors of data or disk.
    public func run(progress: ProgressReporter, stop: StopFlag) throws -> End {
        let trainer = try Self.trainer(configuration) { generator in
            if resumedStep == nil { try Self.load(configuration.training.initialModel, into: generator) }
        }
        let resumed = try restore(trainer)
        let position = try resumed?.document(Progress.self, Progress.documentName).consumedClips ?? 0
        let loop = try TrainingLoop(
            trainer, in: folder, supply: data.supply(from: position), heldOut: heldOut.clips, resumed: resumed,
            frameIntervalSeconds: heldOut.shown.frameIntervalSeconds ?? MovingShapes.frameIntervalSeconds,
            progress: progress, stop: stop
        ) { checkpoint in
            checkpoint.version = ProgramVersion.current
            try checkpoint.set(configuration, as: Self.configurationDocument)
            try checkpoint.set(Machine.current, as: Self.machineDocument)
            try checkpoint.set(heldOut.shown, as: TrainingClipInfo.documentName)
        }
        let outcome = try loop.run()
        return End(outcome: outcome, validation: loop.summary, model: chosenModel)
    }

    /// How a run ended.
    public struct End {
        /// Whether all steps were done.
        public let outcome: TrainingLoop.Outcome
        /// The last validation; nil if there was none since the run was started or resumed.
        public let validation: ValidationSummary?
        /// Which checkpoint RUN means now, and why, in words; nil if there is none.
        public let model: String?
    }

    private var chosenModel: String? {
        let choice = ModelChoice(of: .preferred, in: folder.checkpoints(), configuration: configuration.training)
        return choice.map { "step \($0.step), \($0.reason)" }
    }

    private static func notices(_ checkpoint: Checkpoint, resuming training: TrainingConfiguration) throws -> [String] {
        let machine = try checkpoint.document(Machine.self, machineDocument)
        let progress = try checkpoint.document(Progress.self, Progress.documentName)
        var notices = [machine.notice(goingOnWith: .current)].compactMap { $0 }
        var changes: [String] = []
        if progress.isOfConstantAveraging {
            changes.append(
                "averaged weights follow the steps faster at first (a decay of at most (1 + t)/(10 + t) at step t) and have their own "
                    + "spectral norms, so the evaluated model differs from the one that version would have given"
            )
        }
        if progress.isOfDrawsByStep {
            changes.append(
                "noise and views are drawn by the clip's number, so later steps have other bits than that version would "
                    + "have given them")
        }
        if !changes.isEmpty {
            notices.append(
                "an earlier version of Auspex began the run: from here on " + changes.joined(separator: "; and "))
        }
        if progress.best != nil, progress.selectedBy != training.effectiveSelect {
            notices.append(
                "the best checkpoint was selected by \(progress.selectedBy.rawValue), from now on training.validationSelect is "
                    + training.effectiveSelect.rawValue)
        }
        return notices
    }

    /// Restores a trainer from the checkpoint that the run resumes from.
    ///
    /// - Returns: the checkpoint without its tensors: the networks write into these in place, so nothing else may hold them.
    private func restore(_ trainer: AdversarialTrainer) throws -> Checkpoint? {
        guard let resumedStep else { return nil }
        var checkpoint = try folder.checkpoints().load(.step(resumedStep))
        do { try trainer.restore(checkpoint) } catch let error as LayerStateError {
            throw error.naming(folder.checkpoints().path(of: resumedStep))
        }
        checkpoint.groups = [:]
        return checkpoint
    }

    /// Gives a network the weights and statistics of a trained model.
    ///
    /// - Parameter name: the model's run; nil leaves the network as it is.
    /// - Throws: `ConfigurationError` where the model is another network, and what `TrainedModel` throws.
    private static func load(_ name: String?, into generator: any VideoGenerator) throws {
        guard let name else { return }
        let model = try TrainedModel(run: name)
        do {
            try generator.load(parameters: model.generator.parameterValues)
            try generator.load(buffers: model.generator.bufferValues)
        } catch let error as LayerStateError {
            throw ConfigurationError(
                "training.initialModel is \(name): it is another network than this configuration describes (\(error)); begin with "
                    + "its configuration, or with new weights")
        }
    }

    /// The networks of a configuration with new weights.
    package static func trainer(_ configuration: Configuration) -> AdversarialTrainer {
        trainer(configuration) { _ in }
    }

    /// The networks of a configuration with their first weights.
    ///
    /// - Parameter prepare: may give the generator other ones.
    package static func trainer(
        _ configuration: Configuration, prepare: (any VideoGenerator) throws -> Void
    ) rethrows -> AdversarialTrainer {
        var initializer = Initializer(seed: configuration.training.seed)
        let generator = configuration.model.makeGenerator(using: &initializer)
        try prepare(generator)
        let discriminators =
            configuration.training.hasDiscriminators
            ? Discriminators(configuration.discriminators, for: configuration.model, using: &initializer)
            : Discriminators([])
        return AdversarialTrainer(
            generator: generator, discriminators: discriminators, configuration: configuration.training)
    }

    static let configurationDocument = "configuration"
    static let machineDocument = "machine"

    /// A resumed run must continue as it began: only its length, and what it logs, selects and keeps, may change.
    private static func check(_ now: Configuration, against earlier: Configuration, path: String) throws {
        var comparable = now
        comparable.training.steps = earlier.training.steps
        comparable.training.validationSelect = earlier.training.validationSelect
        comparable.training.validationInterval = earlier.training.validationInterval
        comparable.training.checkpointInterval = earlier.training.checkpointInterval
        comparable.training.checkpointMinutes = earlier.training.checkpointMinutes
        comparable.training.keepCheckpoints = earlier.training.keepCheckpoints
        comparable.training.sampleInterval = earlier.training.sampleInterval
        comparable.training.logInterval = earlier.training.logInterval
        // Recomputed or kept: the bits are the same.
        comparable.training.checkpointActivations = earlier.training.checkpointActivations
        comparable.data.loaderThreads = earlier.data.loaderThreads
        comparable.data.queuedBatches = earlier.data.queuedBatches
        // The value of a falling learning rate or loss weight depends on the last step.
        let falling =
            earlier.training.ratesDependOnSteps
            ? "its learning rate falls"
            : earlier.model.lossesDependOnSteps ? "the losses that \(earlier.model.name) brings fall" : nil
        let decays = falling != nil && now.training.steps != earlier.training.steps
        guard comparable != earlier || decays else { return }
        if let falling, decays {
            throw ConfigurationError(
                "\(path): \(falling) to the last step, which is \(earlier.training.steps), and training.steps is "
                    + "\(now.training.steps) now, which would have changed the steps already done; give the same value, or begin "
                    + "another run", remedies: [.output])
        }
        let (ours, theirs) = (try ConfigurationEncoder.tree(of: comparable), try ConfigurationEncoder.tree(of: earlier))
        let difference = ours.firstDifference(from: theirs)
        throw ConfigurationError(
            "\(path): "
                + (difference.map { "\($0.path) was \($0.other) in the run and is \($0.own) now" } ?? "began otherwise")
                + ": a resumed run goes on as it began; give the same value, or begin another run",
            remedies: [.output])
    }
}

extension ConfigurationNode {
    /// The first place where two trees of one type differ, with both values.
    func firstDifference(
        from other: ConfigurationNode, at path: [String] = []
    ) -> (path: String, own: String, other: String)? {
        if let own = fields, let others = other.fields, case .map = value, case .map = other.value {
            for (mine, theirs) in zip(own, others) {
                if let found = mine.node.firstDifference(from: theirs.node, at: path + [mine.key]) { return found }
            }
            return nil
        }
        return json == other.json ? nil : (path.joined(separator: "."), json, other.json)
    }
}
