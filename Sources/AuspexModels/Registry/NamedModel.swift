import AuspexTensors

/// A configuration's model: `name`, together with the options of that model.
///
/// The name decides which keys exist. A decoder looks it up in the registry in its `userInfo` (`ModelRegistry.userInfo`), or among the
/// package's own models. Documents from before the name was introduced mean `trivd-gan`.
@propertyWrapper
public struct NamedModel: Codable, Sendable, Equatable {
    /// The options.
    public var wrappedValue: any ModelOptions

    /// A model's options, to be encoded with its name.
    public init(wrappedValue: any ModelOptions) { self.wrappedValue = wrappedValue }

    private enum CodingKeys: String, CodingKey { case name }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decodeIfPresent(String.self, forKey: .name) ?? ModelRegistry.defaultName
        let registry = decoder.userInfo[ModelRegistry.key] as? ModelRegistry ?? .standard
        do { wrappedValue = try registry.options(named: name).init(from: decoder) } catch let error
            as ModelConfigurationError
        {
            throw DecodingError.dataCorruptedError(
                forKey: .name, in: container, debugDescription: String(error.description.dropFirst("model.name ".count))
            )
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(wrappedValue.name, forKey: .name)
        try wrappedValue.encode(to: encoder)
    }

    public static func == (a: NamedModel, b: NamedModel) -> Bool {
        func isEqual<Options: ModelOptions>(_ options: Options) -> Bool { options == b.wrappedValue as? Options }
        return isEqual(a.wrappedValue)
    }

    /// What the fields of the chosen model mean.
    package var fieldDocumentation: [String: String] {
        var documentation = type(of: wrappedValue).fieldDocumentation
        documentation["name"] =
            "The model, which decides what other keys there are: \(ModelRegistry.standard.names.joined(separator: ", "))."
        return documentation
    }
}
