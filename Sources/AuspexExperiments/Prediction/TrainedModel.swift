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
    /// What was taken, in words: `runs/tiny-1, averaged weights of step 500 (best)`.
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
        var reader = try ConfigurationReader(defaults: Configuration())
        let yaml = String(decoding: try FileReading.bytes(of: folder.configurationPath), as: UTF8.self)
        try reader.lay(yaml: yaml, named: folder.configurationPath)
        configuration = try reader.resolved()
        try configuration.validate()

        let store = folder.checkpoints()
        let groups: Set<Checkpoint.Group> = [.averagedWeights, .standingStatistics]
        let checkpoint = try store.load(reference, groups: groups)
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
        let isBest = reference != .last && store.step(of: .best) == step
        origin = "\(path), averaged weights of step \(step)" + (isBest ? " (best)" : "")
    }
}
