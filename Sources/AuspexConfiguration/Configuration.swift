import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation

/// A whole experiment: the predictor, its discriminators, its training and its data.
public struct Configuration: Codable, Sendable, Equatable {
    /// The options of the generator; their `name` decides which keys there are.
    @NamedModel public var model: any ModelOptions = TrIVDGANConfiguration()
    /// The discriminators that train the generator; unused if training has pixel losses only.
    public var discriminators = DiscriminatorsConfiguration()
    /// Losses, optimizers, phases, batch, steps, checkpoints.
    public var training = TrainingConfiguration()
    /// Where training clips and held-out clips come from, and how frames are taken from them.
    public var data = DataConfiguration()

    /// The defaults: TrIVD-GAN with its three discriminators.
    public init() {}

    /// Reads a preset or a file, lays assignments over it, and checks the result.
    ///
    /// - Parameters:
    ///   - presetOrFile: a name of `Presets.names`, or the path of a YAML file; nil for the defaults.
    ///   - assignments: `key.of.field=value`, later ones over earlier ones.
    ///   - registry: the models that can be named.
    /// - Throws: `ConfigurationError`, `ModelConfigurationError` or `TrainingConfigurationError` naming the key, `FileError` for the file.
    public init(
        _ presetOrFile: String?, assignments: [String] = [], registry: ModelRegistry = .standard
    ) throws {
        let preset = presetOrFile.flatMap { Presets.yaml[$0] }
        let text = try preset ?? presetOrFile.map(Self.text(of:)) ?? ""
        let name = presetOrFile ?? "the defaults"
        var reader = try Self.reader(
            for: text, named: name, isPreset: preset != nil, assignments: assignments, registry: registry)
        if presetOrFile != nil { try reader.lay(yaml: text, named: preset == nil ? name : "preset \(name)") }
        for assignment in assignments { try reader.lay(assignment: assignment) }
        self = try reader.resolved()
        do { try validate() } catch { throw reader.placed(error) }
    }

    /// Refuses values that no run can have.
    public func validate() throws {
        try model.validate()
        if training.hasDiscriminators { try discriminators.validate(for: model) }
        try training.validate()
        guard !training.blend || model.contextFrames >= HindcastBlend.fewestContextFrames else {
            throw ConfigurationError(
                "training.blend is true, model.contextFrames \(model.contextFrames): a blend needs "
                    + "\(HindcastBlend.fewestContextFrames) frames of context, two to see motion in and one to judge by; leave blend out"
            )
        }
        try data.validate()
        try refuseAbsurdSizes()
    }

    /// The configuration as YAML with every field documented.
    public var yaml: String { get throws { try ConfigurationWriter().yaml(of: self) } }

    /// What a training clip looks like.
    public var clipRequest: ClipRequest { clipRequest(frames: model.clipFrames) }

    /// A clip of any length, with frames as the model takes them.
    public func clipRequest(frames: Int) -> ClipRequest {
        ClipRequest(
            frames: frames, size: model.size,
            step: data.frameIntervalSeconds.map(ClipRequest.FrameStep.seconds) ?? .stride(data.frameStride),
            crop: data.crop, filter: data.filter, colour: data.colour)
    }

    /// The colour in which a trained model's videos are read: grey for a model of one channel, even if it was trained on arrays.
    package var colourOfVideos: ClipRequest.Colour { model.frameChannels == 1 ? .grey : data.colour }

    private static func text(of file: String) throws -> String {
        let isFile = file.hasSuffix(".yaml") || file.hasSuffix(".yml") || file.contains("/")
        guard try isFile || FileKind.of(file) != nil else {
            let near = NearestName.of(file, among: Presets.names).map { "did you mean \($0)? " } ?? ""
            throw ConfigurationError(
                "\(file): found neither a preset nor a file of that name; \(near)Presets are "
                    + "\(Presets.names.joined(separator: ", ")); a configuration file ends in .yaml")
        }
        let data = try FileReading.bytes(of: file)
        guard let text = String(data: data, encoding: .utf8), !text.contains("\0") else {
            throw ConfigurationError("\(file): is not text; expected a configuration in YAML")
        }
        return text
    }
}

extension Configuration: ConfigurationDocumented {
    public static var fieldDocumentation: [String: String] {
        [
            "model": "The predictor.",
            "discriminators": "Its discriminators: a preset, or a list of views.",
            "training": "How it is trained.",
            "data": "Where clips come from. Their size and length are the model's.",
        ]
    }
}
