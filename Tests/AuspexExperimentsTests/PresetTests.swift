import AuspexExperiments
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
        var reader = try ConfigurationReader(defaults: Configuration())
        try reader.lay(yaml: try configuration.yaml, named: "config.yaml")
        #expect(try reader.resolved() == configuration)
    }

    @Test func everyFieldIsDocumented() throws {
        let lines = try Configuration().yaml.split(separator: "\n", omittingEmptySubsequences: false)
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
        (["model.size=48"], "model.size is 48"),
        (["training.batch=0"], "training.batch is 0; expected 1 or more"),
        (["data.frameStride=0"], "data.frameStride is 0; expected 1 or more"),
        (["model.unit=tsru"], "--set model.unit=tsru: model.unit is tsru, which is none of"),
        (["discriminators.views=[{kind: frames, count: 0}]"], "discriminators.views[0].count is 0"),
    ])
    func refusals(assignments: [String], beginning: String) {
        let error = #expect(throws: (any Error).self) { try Configuration("tiny", assignments: assignments) }
        #expect("\(String(describing: error))".contains(beginning))
    }

    @Test func aMistypedPresetNamesTheNearest() {
        let error = #expect(throws: ConfigurationError.self) { try Configuration("tinny") }
        #expect(error?.description.contains("did you mean tiny?") == true)
    }
}
