import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import Foundation

/// A generator as a run left it, ready to predict: averaged weights with the statistics that belong to them.
public struct TrainedModel {
    /// The run's configuration, as the checkpoint has it.
    public let configuration: Configuration
    /// The network with the averaged weights and their standing statistics.
    public let generator: any VideoGenerator
    /// Generator steps behind the weights.
    public let step: Int
    /// What was taken and why, in words: `runs/tiny-1, averaged weights of step 500, the best by psnr on held-out clips`.
    public let origin: String
    /// The run's folder.
    public let run: String
    /// What it was trained on.
    public let shown: TrainingClipInfo

    /// - Parameters:
    ///   - text: `RUN`, `RUN@best`, `RUN@last` or `RUN@12000`.
    ///   - registry: the models that the run's configuration can name.
    /// - Throws: `FileError` or `CheckpointError` naming the file that is missing or damaged, or whose weights do not fit the checkpoint's configuration.
    public init(run text: String, registry: ModelRegistry = .standard) throws {
        let named = try RunReference(text)
        let (folder, reference) = (named.folder, named.checkpoint)
        let path = folder.path
        let store = folder.checkpoints()
        // The last checkpoint's configuration says which one is preferred.
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
        // Of a checkpoint that another program wrote, config.yaml is all there is.
        configuration =
            checkpoint.text(ofDocument: TrainingRun.configurationDocument) == nil
            ? try Configuration(folder.configurationPath, registry: registry)
            : try Configuration(of: checkpoint, at: place, registry: registry)
        try configuration.refuseModelThatDoesNotFit(of: path)
        var blank = Initializer.blank
        generator = configuration.model.makeGenerator(using: &blank)
        func load(_ group: Checkpoint.Group, _ body: ([String: Tensor]) throws -> Void) throws {
            do { try body(checkpoint.groups[group] ?? [:]) } catch let error as LayerStateError {
                throw error.naming("\(place)/\(group.rawValue).safetensors")
            }
        }
        try load(.averagedWeights, generator.load(parameters:))
        try load(.standingStatistics, generator.load(buffers:))
        // A checkpoint that a program of somebody's own wrote may not say.
        shown =
            checkpoint.documents[TrainingClipInfo.documentName] == nil
            ? TrainingClipInfo() : try checkpoint.document(TrainingClipInfo.self, TrainingClipInfo.documentName)
        step = checkpoint.step
        run = path
        origin = "\(path), averaged weights of step \(step), \(choice.reason)"
    }

    /// The model as something that continues clips.
    ///
    /// - Parameter blending: whether it is blended with the baselines by their hindcasts; nil as the run's `training.blend` says.
    /// - Throws: `ConfigurationError` where its context is too short for that.
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

    /// `origin`, and what the model is blended with.
    public func origin(blending: Bool? = nil) -> String {
        origin + (blending ?? configuration.training.blend ? ", blended with copy-last and flow" : "")
    }
}
