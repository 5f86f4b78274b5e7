import AuspexModels
import AuspexSupport
import Yams

/// Finds out which model a configuration means before anything else in it is read: the keys depend on the model.
struct ModelSelection {
    private static let key = "model.name"

    let registry: ModelRegistry
    /// What the text is called in errors, and whether it is a preset.
    let name: String
    let isPreset: Bool

    /// The options of the model with their defaults.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - assignments: `key.of.field=value`.
    /// - Throws: `ConfigurationError` for an unknown model, or if an assignment names another model than the text, whose keys it does not have.
    func options(of text: String, assignments: [String]) throws -> any ModelOptions {
        // Text that is not YAML is refused by the reader.
        let root = (try? Yams.compose(yaml: text))?.mapping
        let model = root?["model"]?.mapping
        let written = model?["name"]?.string
        let stated = written ?? ModelRegistry.defaultName
        if let written, let node = model?["name"] {
            try check(written, at: isPreset ? name : node.mark.map { "\(name), line \($0.line)" } ?? name)
        }
        for assignment in assignments.reversed() {
            guard let wanted = Self.modelName(in: assignment) else { continue }
            if wanted == stated { break }
            try check(wanted, at: assignment)
            // A text that does not mention the model goes with any model.
            if model == nil { return try registry.options(named: wanted).init() }
            throw ConfigurationError(refusal(of: wanted, over: stated, assignment: assignment))
        }
        return try registry.options(named: stated).init()
    }

    private func check(_ model: String, at place: String) throws {
        do { _ = try registry.options(named: model) } catch { throw ConfigurationError("\(place): \(error)") }
    }

    private func refusal(of wanted: String, over stated: String, assignment: String) -> String {
        let presets = Presets.names.filter { Presets.model(of: $0) == wanted }
        let advice =
            presets.isEmpty
            ? "write a configuration file that begins with model: {name: \(wanted)}"
            : "begin with a preset of it: \(presets.joined(separator: ", "))"
        return
            "\(assignment): \(isPreset ? "the preset \(name)" : name) describes a \(stated), and a \(wanted) has other keys; \(advice)"
    }

    /// The last word of `model.name=word`.
    private static func modelName(in assignment: String) -> String? {
        guard assignment.hasPrefix(key + "=") else { return nil }
        return (try? Yams.compose(yaml: String(assignment.dropFirst(key.count + 1))))?.string
    }
}

extension Presets {
    /// What `model.name` is in a preset.
    static func model(of preset: String) -> String {
        let root = (try? Yams.compose(yaml: yaml[preset] ?? ""))?.mapping
        return root?["model"]?.mapping?["name"]?.string ?? ModelRegistry.defaultName
    }
}

extension Configuration {
    /// A reader for a text, with the keys of the model that the text and the assignments name; nothing is laid over it yet.
    ///
    /// - Parameters:
    ///   - name: what errors call the text.
    ///   - isPreset: whether it is a preset's name.
    /// - Throws: `ConfigurationError` as `ModelSelection`.
    package static func reader(
        for text: String, named name: String, isPreset: Bool = false, assignments: [String] = [],
        registry: ModelRegistry = .standard
    ) throws -> ConfigurationReader<Configuration> {
        var defaults = Configuration()
        defaults.model = try ModelSelection(registry: registry, name: name, isPreset: isPreset)
            .options(of: text, assignments: assignments)
        return try ConfigurationReader(defaults: defaults, userInfo: registry.userInfo)
    }

    /// Changes options that only one model has.
    ///
    /// ```swift
    /// configuration.changeModel(TrIVDGANConfiguration.self) { $0.channels = 32 }
    /// ```
    /// The configuration's model must be of the type.
    public mutating func changeModel<Options: ModelOptions>(_ type: Options.Type, _ change: (inout Options) -> Void) {
        guard var options = model as? Options else {
            stopProgram("Configuration.changeModel", "the model is \(model.name), not \(Options.name)")
        }
        change(&options)
        model = options
    }
}
