import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation

/// A run's generator, ready to predict: averaged weights with the statistics that belong to them.
public struct TrainedModel {
    /// The run's configuration, as stored in the checkpoint; `model.size` is that of the frames to predict.
    public private(set) var configuration: Configuration
    /// The network with the averaged weights and their standing statistics.
    public let generator: any VideoGenerator
    /// Generator steps that the weights were trained for.
    public let step: Int
    /// What was loaded and why, in words: `runs/tiny-1, averaged weights of step 500, the best by psnr on held-out clips`.
    public private(set) var origin: String
    /// The run's folder.
    public let run: String
    /// What names the same weights again: `runs/tiny-1@500`, or `pretrained`.
    public let reference: String
    /// Properties of the training clips.
    public let shown: TrainingClipInfo

    /// - Parameters:
    ///   - text: `RUN`, `RUN@best`, `RUN@last` or `RUN@12000`; `pretrained` for the model that is shipped, where no run has that name.
    ///   - registry: the models that the run's configuration can name.
    /// - Throws: `FileError` or `CheckpointError` naming the file that is missing or damaged, or whose weights do not fit the checkpoint's configuration.
    public init(run text: String, registry: ModelRegistry = .standard) throws {
        let isShipped = text == PretrainedModel.name && !RunReference.isRun(text)
        let named = try RunReference(isShipped ? PretrainedModel.path() : text)
        let (folder, reference) = (named.folder, named.checkpoint)
        let path = folder.path
        let store = folder.checkpoints()
        // The last checkpoint's configuration says which one to prefer.
        let training =
            reference == .preferred
            ? try Configuration(ofRun: path, registry: registry).training
            : TrainingConfiguration()
        guard let choice = ModelChoice(of: reference, in: store, configuration: training) else {
            throw CheckpointError.none(folder: store.folder, reference: reference, steps: store.steps)
        }
        let groups: Set<Checkpoint.Group> = [.averagedWeights, .standingStatistics]
        let checkpoint = try store.load(.step(choice.step), groups: groups)
        let place = store.path(of: choice.step)
        // A checkpoint written by another program may have config.yaml only.
        configuration =
            checkpoint.text(ofDocument: TrainingRun.configurationDocument) == nil
            ? try Configuration(folder.configurationPath, registry: registry)
            : try Configuration(of: checkpoint, at: place, registry: registry)
        try configuration.refuseModelThatDoesNotFit(of: path)
        var blank = Initializer.blank
        generator = configuration.model.makeGenerator(using: &blank)
        func load(_ group: Checkpoint.Group, _ body: ([String: Tensor]) throws -> Void) throws {
            // Shipped models are stored in half of the space.
            let tensors = (checkpoint.groups[group] ?? [:]).mapValues { $0.converted(to: .float32) }
            do { try body(tensors) } catch let error as LayerStateError {
                throw error.naming("\(place)/\(group.rawValue).safetensors")
            }
        }
        try load(.averagedWeights, generator.load(parameters:))
        try load(.standingStatistics, generator.load(buffers:))
        // A checkpoint written by another program may not record them.
        shown =
            checkpoint.documents[TrainingClipInfo.documentName] == nil
            ? TrainingClipInfo() : try checkpoint.document(TrainingClipInfo.self, TrainingClipInfo.documentName)
        step = checkpoint.step
        run = isShipped ? PretrainedModel.name : path
        self.reference = isShipped ? PretrainedModel.name : "\(path)@\(step)"
        origin = "\(isShipped ? PretrainedModel.description : path), averaged weights of step \(step), \(choice.reason)"
    }

    /// The model as a forecaster, which continues clips.
    ///
    /// - Parameter blending: whether it is blended with the baselines by their hindcasts; nil follows the run's `training.blend`.
    /// - Throws: `ConfigurationError` where its context is too short for a blend.
    public func forecaster(blending: Bool? = nil) throws -> any Forecaster {
        let alone = GeneratorForecaster(generator)
        guard blending ?? configuration.training.blend else { return alone }
        guard configuration.model.contextFrames >= HindcastBlend.fewestContextFrames else {
            throw ConfigurationError(
                "\(run): its model is given \(configuration.model.contextFrames, "frame") of context, a blend needs "
                    + "\(HindcastBlend.fewestContextFrames): two to see motion in and one to judge by; predict with the model alone"
            )
        }
        return HindcastBlend(of: alone)
    }

    /// The model with other words for where it comes from.
    func described(as origin: String) -> TrainedModel {
        var model = self
        model.origin = origin
        return model
    }

    /// The model for frames of another size than it was trained at.
    ///
    /// - Throws: `ConfigurationError` where its network takes frames of one size alone, or not of this one.
    public func sized(to size: FrameSize) throws -> TrainedModel {
        guard size != configuration.model.size else { return self }
        guard configuration.model.predictsAnySize else {
            throw ConfigurationError(
                "\(size): the model of \(run) is a \(configuration.model.name), which predicts frames of \(configuration.model.size) alone: "
                    + "train one of that size", remedies: [.frameSize])
        }
        var model = self
        model.configuration.model.size = size
        do { try model.configuration.model.validate() } catch {
            throw ConfigurationError("\(size): \(error)", remedies: [.frameSize])
        }
        return model
    }

    /// The model for a video: at the video's own size, where the run's `data.ownSize` says so.
    ///
    /// - Throws: `VideoError` where the file is no video.
    public func sized(toVideo path: String) throws -> TrainedModel {
        guard configuration.data.ownSize else { return self }
        return try sized(to: VideoInfo(probing: path).shownSize)
    }

    /// `origin`, with the baselines that the model is blended with.
    public func origin(blending: Bool? = nil) -> String {
        origin + (blending ?? configuration.training.blend ? ", blended with copy-last and flow" : "")
    }
}
