import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import Foundation

/// A generator as a run left it, ready to predict: averaged weights with the statistics that belong to them.
public struct TrainedModel {
    public let configuration: Configuration
    public let generator: Generator
    /// Generator steps behind the weights.
    public let step: Int
    /// What was taken and why, in words: `runs/tiny-1, averaged weights of step 500, the best by psnr on held-out clips`.
    public let origin: String
    /// The run's folder.
    public let run: String
    /// What it was trained on.
    public let shown: ShownClips

    /// - Parameter text: `RUN`, `RUN@best`, `RUN@last` or `RUN@12000`.
    /// - Throws: `FileError` or `CheckpointError` naming what is missing or damaged, `LayerStateError` where weights and configuration differ.
    public init(run text: String) throws {
        let (path, reference) = CheckpointReference.parse(text)
        let folder = try RunFolder(reading: path)
        let store = folder.checkpoints()
        // The last checkpoint's configuration says which one is preferred.
        let training = reference == .preferred ? try Configuration(ofRun: path).training : TrainingConfiguration()
        guard let choice = ModelChoice(of: reference, in: store, configuration: training) else {
            throw CheckpointError.none(folder: store.folder, reference: reference, steps: store.steps)
        }
        let groups: Set<Checkpoint.Group> = [.averagedWeights, .standingStatistics]
        let checkpoint = try store.load(.step(choice.step), groups: groups)
        // Of a checkpoint that another program wrote, config.yaml is all there is.
        configuration =
            checkpoint.text(ofDocument: TrainingRun.configurationDocument) == nil
            ? try Configuration(folder.configurationPath)
            : try Configuration(of: checkpoint, at: store.path(of: choice.step))
        try configuration.validate()
        try configuration.refuseModelThatDoesNotFit(of: path)
        var blank = Initializer.blank
        generator = Generator(configuration.model, using: &blank)
        try generator.load(parameters: checkpoint.groups[.averagedWeights] ?? [:])
        try generator.load(buffers: checkpoint.groups[.standingStatistics] ?? [:])
        // A checkpoint that a program of somebody's own wrote may not say.
        shown =
            checkpoint.documents[ShownClips.documentName] == nil
            ? ShownClips() : try checkpoint.document(ShownClips.self, ShownClips.documentName)
        step = checkpoint.step
        run = path
        origin = "\(path), averaged weights of step \(step), \(choice.reason)"
    }
}
