import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite("A model is what its checkpoint says")
struct TrainedModelTests {
    private static func configuration(_ more: [String] = []) throws -> Configuration {
        try Configuration(
            "trivd-tiny",
            assignments: [
                "training.steps=1", "training.batch=1", "training.standingStatisticsBatches=1",
                "training.validationClips=1", "model.channels=1", "model.contextFrames=2", "model.predictedFrames=2",
            ] + more)
    }

    private static func train(_ configuration: Configuration, in folder: TemporaryFolder) throws -> String {
        let path = folder.file("run")
        let progress = ProgressReporter("train", total: nil, unit: "steps", style: .quiet)
        _ = try TrainingRun(configuration, path: path).run(progress: progress, stop: StopFlag())
        return path
    }

    /// `config.yaml` is for people: whatever happens to it, the checkpoint is complete.
    @Test func anEditedConfigurationFile() throws {
        let folder = try TemporaryFolder()
        let configuration = try Self.configuration()
        let run = try Self.train(configuration, in: folder)
        let file = URL(fileURLWithPath: run + "/config.yaml")
        for text in ["model:\n  channels: 8\n", "model: [\n", "model:\n  size: 44\n", nil] {
            try FileManager.default.removeItem(at: file)
            if let text { try Data(text.utf8).write(to: file) }
            #expect(try TrainedModel(run: run).configuration == configuration, "\(text ?? "no file")")
            if text == nil { try Data().write(to: file) }
        }
    }

    /// Weights of another model: the message names their file.
    @Test func weightsThatDoNotFit() throws {
        let folder = try TemporaryFolder()
        let run = try Self.train(try Self.configuration(), in: folder)
        let store = CheckpointStore(folder: run + "/checkpoints")
        var blank = Initializer.blank
        let other = try Self.configuration(["model.channels=2"]).model.makeGenerator(using: &blank)
        for (group, values) in [
            (Checkpoint.Group.averagedWeights, other.parameterValues), (.standingStatistics, other.bufferValues),
        ] {
            var checkpoint = try store.load()
            checkpoint.step += 1
            checkpoint.groups[group] = values
            try store.save(checkpoint)
            let place = store.path(of: checkpoint.step)
            let error = try #require(throws: FileError.self) { _ = try TrainedModel(run: run + "@last") }
            #expect(error.path == "\(place)/\(group.rawValue).safetensors")
            #expect(error.description.contains("' has shape ["), "\(error)")
            try FileManager.default.removeItem(atPath: place)
        }
    }

    /// A checkpoint of an earlier version, which did not know all keys, and one that knew others.
    @Test func configurationsOfOtherVersions() throws {
        let folder = try TemporaryFolder()
        let configuration = try Self.configuration([
            "discriminators.preset=null", "discriminators.views=[{kind: frames, count: 2}]",
        ])
        let run = try Self.train(configuration, in: folder)
        let store = CheckpointStore(folder: run + "/checkpoints")
        let whole = try store.load()
        func changed(_ body: (inout JSON) -> Void) throws {
            var checkpoint = whole
            var fields = try whole.document(JSON.self, "configuration")
            body(&fields)
            try checkpoint.set(fields, as: "configuration")
            try store.save(checkpoint)
        }
        try changed { fields in
            fields["training", "logInterval"] = nil
            fields["data", "filter"] = nil
        }
        #expect(try TrainedModel(run: run).configuration == configuration)
        try changed { $0["model", "size"] = .number(44) }
        let range = #expect(throws: ConfigurationError.self) { _ = try TrainedModel(run: run) }
        let message = try #require(range?.description)
        #expect(message.hasPrefix("\(store.path(of: 1))/configuration.json, line "), "\(message)")
        #expect(message.contains(": model.size is 44: "), "\(message)")
        try changed { fields in
            fields["training", "logInterval"] = nil
            fields["model", "colour"] = .text("warm")
        }
        let unknown = #expect(throws: ConfigurationError.self) { _ = try TrainedModel(run: run) }
        #expect(unknown?.description.contains("configuration.json, line ") == true, "\(String(describing: unknown))")
    }
}

/// JSON of any shape, whose fields can be changed.
private indirect enum JSON: Codable {
    case object([String: JSON])
    case list([JSON])
    case text(String)
    case flag(Bool)
    case number(Double)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let fields): try container.encode(fields)
        case .list(let items): try container.encode(items)
        case .text(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        }
    }

    subscript(section: String, field: String) -> JSON? {
        get { nil }
        set {
            guard case .object(var sections) = self, case .object(var fields)? = sections[section] else { return }
            fields[field] = newValue
            sections[section] = .object(fields)
            self = .object(sections)
        }
    }
}
