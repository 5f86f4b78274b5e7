/// One place of a configuration's tree: its value, what may stand there instead, and what it means.
///
/// The tree is what the defaults in code encode to. It therefore knows every key and every type, and a file laid over it can be checked
/// key by key before anything is decoded.
struct ConfigurationNode {
    enum Value {
        /// An optional field that is left out.
        case null
        case bool(Bool)
        case integer(Int)
        case number(Double)
        case text(String)
        case list([ConfigurationNode])
        /// Fields in the order in which the type declares them.
        case map([(key: String, node: ConfigurationNode)])
    }

    /// What a place accepts.
    indirect enum Kind {
        case bool, integer, number, text
        /// One of a few words.
        case choice([String])
        /// A list whose elements are checked against this one.
        case list(element: ConfigurationNode?)
        case map
        /// A type that does not tell beforehand what it accepts: checked when it is decoded.
        case open
    }

    var value: Value
    var kind: Kind
    /// Whether nothing (`null`) may stand here.
    var isOptional = false
    /// What stands here when an optional section is given only some of its keys.
    var sectionDefaults: [(key: String, node: ConfigurationNode)]?
    /// What the field means, from `ConfigurationDocumented`.
    var documentation: String?

    /// The kind in words, for messages.
    var expectation: String {
        let base =
            switch kind {
            case .bool: "true or false"
            case .integer: "a whole number"
            case .number: "a number"
            case .text: "text"
            case .choice(let words): "one of " + words.joined(separator: ", ")
            case .list: "a list"
            case .map: "a section of keys"
            case .open: "a value"
            }
        return isOptional ? base + ", or null" : base
    }

    /// The fields of a section, in order; nil for everything else.
    var fields: [(key: String, node: ConfigurationNode)]? {
        if case .map(let fields) = value { fields } else { sectionDefaults }
    }

    /// Every full path of the tree, depth first.
    func paths(below prefix: [String] = []) -> [[String]] {
        (fields ?? []).flatMap { field in
            [prefix + [field.key]] + field.node.paths(below: prefix + [field.key])
        }
    }
}
