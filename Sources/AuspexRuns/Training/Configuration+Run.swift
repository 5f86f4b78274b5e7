import AuspexConfiguration
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation

/// Configurations stored in a run.
extension Configuration {
    /// The configuration that a run continues with: that of its last checkpoint, or its `config.yaml` if there is no checkpoint yet.
    ///
    /// - Parameters:
    ///   - assignments: `key.of.field=value`, laid over it.
    ///   - registry: the models that can be named.
    /// - Throws: `FileError` where there is no run at the path, `ConfigurationError` where its configuration cannot be read.
    public init(ofRun path: String, assignments: [String] = [], registry: ModelRegistry = .standard) throws {
        let folder = try RunFolder(reading: path)
        let store = folder.checkpoints()
        var reader: ConfigurationReader<Configuration>
        if let step = store.step(of: .last),
            let text = store.text(ofDocument: TrainingRun.configurationDocument, step: step)
        {
            let name = "\(store.path(of: step))/\(TrainingRun.configurationDocument).json"
            reader = try Self.reader(for: text, named: name, assignments: assignments, registry: registry)
            try reader.lay(json: text, named: name)
        } else {
            let yaml = String(decoding: try FileReading.bytes(of: folder.configurationPath), as: UTF8.self)
            reader = try Self.reader(
                for: yaml, named: folder.configurationPath, assignments: assignments, registry: registry)
            try reader.lay(yaml: yaml, named: folder.configurationPath)
        }
        for assignment in assignments { try reader.lay(assignment: assignment) }
        self = try reader.resolved()
        do { try validate() } catch { throw reader.placed(error) }
    }

    /// The configuration stored in a checkpoint. Fields newer than the checkpoint have their defaults.
    ///
    /// - Parameter path: of the checkpoint, for messages.
    /// - Throws: `FileError` where the checkpoint holds none, `ConfigurationError` where it cannot be read.
    init(of checkpoint: Checkpoint, at path: String, registry: ModelRegistry = .standard) throws {
        guard let text = checkpoint.text(ofDocument: TrainingRun.configurationDocument) else {
            // The same message as for every document that is missing.
            self = try checkpoint.document(Configuration.self, TrainingRun.configurationDocument)
            return
        }
        let place = "\(path)/\(TrainingRun.configurationDocument).json"
        let decoder = JSONDecoder()
        decoder.userInfo = registry.userInfo
        if let same = try? decoder.decode(Configuration.self, from: Data(text.utf8)) {
            self = same
        } else {
            var reader = try Self.reader(for: text, named: place, registry: registry)
            try reader.lay(json: text, named: place)
            self = try reader.resolved()
        }
        do { try validate() } catch { throw ConfigurationError("\(place): \(error)") }
    }
}
