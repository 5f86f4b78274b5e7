import AuspexConfiguration
import AuspexSupport
import AuspexLayers
import AuspexModels
import AuspexTraining
import Foundation
import Testing

@Suite("Presets")
struct PresetTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("experiments")

    @Test(arguments: Presets.names)
    func theFileSaysTheSame(name: String) throws {
        let file = Self.folder.appendingPathComponent(name + ".yaml").path
        #expect(try Configuration(file) == Configuration(name))
    }

    @Test func everyConfigurationOfTheFolderReads() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".yaml")
        }
        #expect(files.count >= Presets.names.count)
        for file in files { _ = try Configuration(Self.folder.appendingPathComponent(file).path) }
    }

    @Test(arguments: Presets.names)
    func whatARunWritesReadsBack(name: String) throws {
        let configuration = try Configuration(name)
        let yaml = try configuration.yaml
        var reader = try Configuration.reader(for: yaml, named: "config.yaml")
        try reader.lay(yaml: yaml, named: "config.yaml")
        #expect(try reader.resolved() == configuration)
    }

    /// The number of parameters is a quadratic polynomial in the channels: three small networks say what large ones have.
    @Test(arguments: ["bair-64", "kinetics600-64", "ucf101-128"])
    func documentedNumbersOfParameters(name: String) throws {
        func counts(_ channels: Int) throws -> [Double] {
            let configuration = try Configuration(name, assignments: ["model.channels=\(channels)"])
            var blank = Initializer.blank
            let generator = configuration.model.makeGenerator(using: &blank)
            let discriminators = Discriminators(configuration.discriminators, for: configuration.model, using: &blank)
            return [Double(generator.parameterCount), Double(discriminators.parameterCount)]
        }
        let (one, two, three) = (try counts(1), try counts(2), try counts(3))
        func count(_ network: Int, _ channels: Double) -> Double {
            let first = two[network] - one[network]
            let second = three[network] - 2 * two[network] + one[network]
            return one[network] + first * (channels - 1) + second * (channels - 1) * (channels - 2) / 2
        }
        #expect(try counts(4) == [count(0, 4), count(1, 4)])
        let cells = [48.0, 96, 120].map { channels in
            (0..<2).map { String(format: "%.1f", count($0, channels) / 1e6) }.joined(separator: " + ")
        }
        let page = Self.folder.deletingLastPathComponent().appendingPathComponent("docs/train.md")
        let row = "| `\(name)` | \(cells.joined(separator: " | ")) |"
        #expect(try String(contentsOf: page, encoding: .utf8).contains(row), "\(row)")
    }

    @Test(arguments: ModelRegistry.standard.names) func everyFieldIsDocumented(model: String) throws {
        let configuration = try Configuration(nil, assignments: ["model.name=\(model)"])
        let lines = try configuration.yaml.split(separator: "\n", omittingEmptySubsequences: false)
        for (above, line) in zip([""] + lines, lines)
        where line.contains(":") && !line.contains("#") && !line.trimmingCharacters(in: .whitespaces).isEmpty {
            #expect(above.trimmingCharacters(in: .whitespaces).hasPrefix("#"), "nothing explains '\(line)'")
        }
    }

    @Test func documentationNamesNoFieldThatIsNot() throws {
        let text = try Configuration().yaml
        for documented in [
            Configuration.fieldDocumentation, DataConfiguration.fieldDocumentation,
        ] {
            for field in documented.keys { #expect(text.contains("\(field):"), "there is no field \(field)") }
        }
    }

    @Test(arguments: [
        (["model.size=44"], "model.size is 44"), (["model.size=[64, 24]"], "model.size is [64, 24]"),
        (["training.batch=0"], "training.batch is 0; expected 1 or more"),
        (["data.frameStride=0"], "data.frameStride is 0; expected 1 or more"),
        (["data.camera=1.5"], "data.camera is 1.5; expected a share of the training clips, from 0 to 1"),
        (
            ["model.contextFrames=2", "training.blend=true"],
            "training.blend is true, model.contextFrames 2: a blend needs 3 frames of context"
        ),
        (["model.unit=tsru"], "model.unit=tsru: model.unit is tsru; expected one of"),
        (["discriminators.views=[{kind: frames, count: 0}]"], "discriminators.views[0].count is 0"),
    ])
    func refusals(assignments: [String], beginning: String) {
        let error = #expect(throws: (any Error).self) { try Configuration("trivd-tiny", assignments: assignments) }
        #expect("\(String(describing: error))".contains(beginning))
    }

    @Test("Another model's name has other keys: it is refused over a preset, with that model's presets") func names()
        throws
    {
        for (preset, assignment, beginning, advice) in [
            (
                "trivd-tiny", "model.name=conv-gru-mse",
                "model.name=conv-gru-mse: the preset trivd-tiny describes a trivd-gan, and a conv-gru-mse has other keys",
                "begin with a preset of it: conv-gru-mse-tiny"
            ),
            (
                "conv-gru-mse-tiny", "model.name=trivd-gan",
                "model.name=trivd-gan: the preset conv-gru-mse-tiny describes a conv-gru-mse", "trivd-tiny, bair-64"
            ),
            (
                "trivd-tiny", "model.name=conv-gru", "model.name=conv-gru: model.name is conv-gru; expected one of",
                "did you mean conv-gru-mse?"
            ),
            (
                "conv-gru-mse-tiny", "model.unit=tsru-c",
                "model.unit=tsru-c: model.unit is not a configuration key", "did you mean model.unitNorm?"
            ),
        ] {
            let error = #expect(throws: ConfigurationError.self) {
                try Configuration(preset, assignments: [assignment])
            }
            let text = error?.description ?? ""
            #expect(text.hasPrefix(beginning) && text.contains(advice), "\(text)")
        }
        #expect(try Configuration("trivd-tiny", assignments: ["model.name=trivd-gan"]) == Configuration("trivd-tiny"))
        #expect(try Configuration(nil, assignments: ["model.name=conv-gru-mse"]).model is ConvGRUMSEConfiguration)
    }

    @Test("Phases are read from YAML with all of their keys") func phases() throws {
        func training(_ phases: String) throws -> TrainingConfiguration {
            try Configuration(nil, assignments: ["training.phases=\(phases)"]).training
        }
        let read = try training(
            "[{loss: [{name: mse}], optimizer: {name: adamw, weightDecay: 0.01}, schedule: {name: one-cycle}, until: 9}, "
                + "{network: discriminators, loss: [{name: hinge}], repeats: 2, from: 9}, "
                + "{loss: [{name: hinge, weight: 0.1}], batch: last, from: 9}]")
        #expect(read.phases.map(\.network) == [.generator, .discriminators, .generator])
        #expect(read.phases[0].optimizer.name == .adamw && read.phases[0].optimizer.weightDecay == 0.01)
        #expect(read.phases[0].schedule.name == .oneCycle && read.phases[0].until == 9)
        #expect(read.phases[1].repeats == 2 && read.phases[2].batch == .last && read.phases[2].loss[0].weight == 0.1)
        for (phases, says) in [
            (
                "[{loss: [{name: mse}], optimizer: {name: adan}}]",
                "expected one of adam, adamw, sgd, muon; did you mean adam"
            ),
            ("[{loss: [{name: hing}]}]", "did you mean hinge?"),
            ("[{network: generators, loss: [{name: mse}]}]", "did you mean generator?"),
            ("[{loss: [{name: mse}], schedule: {name: cosin}}]", "did you mean cosine?"),
            ("[{los: [{name: mse}]}]", "did you mean training.phases[0].loss?"),
            ("[{loss: [{name: mse}], repeats: 0}]", "training.phases[0].repeats is 0; expected 1 to 1000"),
        ] {
            let error = #expect(throws: (any Error).self) { try training(phases) }
            #expect("\(String(describing: error))".contains(says), "\(String(describing: error))")
        }
    }

    @Test("Custom units and models are read, written and named like the package's") func registered() throws {
        var registry = ModelRegistry.standard
        registry.register(OwnModel.self)
        registry.units.register(
            RecurrentUnitKind("own-unit") { _, state, input, initializer in
                ConvGRU(stateChannels: state, inputChannels: input, using: &initializer)
            })
        let own = try Configuration(
            nil,
            assignments: [
                "model.name=own-model", "model.speed=3", "training.adversarialWeight=0",
                "training.pixelLoss=mse", "training.pixelWeight=1",
            ], registry: registry)
        #expect((own.model as? OwnModel)?.speed == 3)
        #expect(try own.yaml.contains("# How fast it goes.\n  speed: 3"))
        let unit = try Configuration("trivd-tiny", assignments: ["model.unit=own-unit"], registry: registry)
        #expect(try unit.yaml.contains("unit: own-unit"))
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration("trivd-tiny", assignments: ["model.unit=own-unit"])
        }
        #expect(error?.description.contains("model.unit is own-unit; expected one of conv-gru") == true)
    }

    @Test func aMistypedPresetNamesTheNearest() {
        let error = #expect(throws: ConfigurationError.self) { try Configuration("tinny") }
        #expect(error?.description.contains("did you mean tiny?") == true)
    }
}

/// A model that the package does not know.
private struct OwnModel: ModelOptions {
    static let name = "own-model"
    static let fieldDocumentation = [
        "size": "Side of the frames.", "contextFrames": "Frames that are given.",
        "predictedFrames": "Frames that are predicted.", "frameChannels": "Channels.", "speed": "How fast it goes.",
    ]
    @FrameSizeOption var size = FrameSize(32)
    var contextFrames = 2
    var predictedFrames = 2
    var frameChannels = 3
    var speed = 1
    var discriminatorChannels: Int { 8 }
    var leastSizes: [LeastModelSize] { [] }

    func validate() throws(ModelConfigurationError) {}

    func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
        ConvGRUMSE(ConvGRUMSEConfiguration(), using: &initializer)
    }
}
