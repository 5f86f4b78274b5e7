import AuspexConfiguration
import AuspexLayers
import AuspexModels
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

    /// The number of parameters is a quadratic polynomial in the channels: three small networks say what large ones have.
    @Test(arguments: ["bair-64", "kinetics600-64", "ucf101-128"])
    func documentedNumbersOfParameters(name: String) throws {
        func counts(_ channels: Int) throws -> [Double] {
            let configuration = try Configuration(name, assignments: ["model.channels=\(channels)"])
            var blank = Initializer.blank
            let generator = Generator(configuration.model, using: &blank)
            let judges = Discriminators(configuration.discriminators, for: configuration.model, using: &blank)
            return [Double(generator.parameterCount), Double(judges.parameterCount)]
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
        (["model.unit=tsru"], "--set model.unit=tsru: model.unit is tsru; expected one of"),
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
