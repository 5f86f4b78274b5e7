import AuspexLayers
import AuspexSupport

/// The models that a configuration can name, and the recurrent units that their options can.
///
/// Pass it to the code that reads a configuration:
/// ```swift
/// var registry = ModelRegistry.standard
/// registry.register(MyModelOptions.self)
/// let configuration = try Configuration("mine.yaml", registry: registry)
/// ```
public struct ModelRegistry: Sendable {
    /// In the order in which they are listed to users.
    private var types: [any ModelOptions.Type]
    /// Recurrent units by name.
    public var units = RecurrentUnitRegistry.standard

    /// A registry of these models, in the order in which users see them.
    public init(_ types: [any ModelOptions.Type]) { self.types = types }

    /// Every model of this package: one line a model.
    public static let standard = ModelRegistry([
        TrIVDGANConfiguration.self,
        ConvGRUMSEConfiguration.self,
        SimVPConfiguration.self,
        MotionLayersConfiguration.self,
    ])

    /// The model of a configuration that names none.
    public static let defaultName = TrIVDGANConfiguration.name

    /// Names of all models, as a configuration writes them.
    public var names: [String] { types.map { $0.name } }

    /// Adds a model, replacing one of the same name.
    public mutating func register(_ type: any ModelOptions.Type) {
        types.removeAll { $0.name == type.name }
        types.append(type)
    }

    /// - Throws: `ModelConfigurationError` that names the nearest model and lists all.
    public func options(named name: String) throws(ModelConfigurationError) -> any ModelOptions.Type {
        if let found = types.first(where: { $0.name == name }) { return found }
        let near = NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? ""
        throw ModelConfigurationError("model.name is \(name); expected one of \(names.joined(separator: ", "))\(near)")
    }
}

extension ModelRegistry {
    /// What a decoder that reads a model's options needs to know.
    public var userInfo: [CodingUserInfoKey: any Sendable] {
        var userInfo = units.userInfo
        userInfo[Self.key] = self
        return userInfo
    }

    static var key: CodingUserInfoKey { CodingUserInfoKey(rawValue: "auspex.models").unsafelyUnwrapped }
}
