import Yams

/// One place in a configuration's tree: its value, what it accepts, and what it means.
///
/// The tree is what the defaults in code encode to. It therefore knows every key and every type, and a file laid over it can be checked
/// key by key before anything is decoded.
package struct ConfigurationNode {
    package enum Value {
        /// An optional field that is left out.
        case null
        case bool(Bool)
        /// Wide enough for every Int and every UInt64, such as a seed.
        case integer(Int128)
        case number(Double)
        case text(String)
        case list([ConfigurationNode])
        /// Fields in the order in which the type declares them.
        case map([(key: String, node: ConfigurationNode)])
    }

    /// What a place accepts.
    indirect enum Kind {
        case bool, integer, number, text
        /// A whole number of 0 or more.
        case natural
        /// One of a few words.
        case choice([String])
        /// A list whose elements are checked against this one.
        case list(element: ConfigurationNode?)
        case map
        /// The side of a square, or height and width.
        case frameSize
        /// A type whose accepted values are not known in advance: checked when it is decoded.
        case open

        /// Whether a whole number fits a field of 64 bits.
        func holds(_ whole: some BinaryInteger) -> Bool {
            if case .natural = self { UInt64(exactly: whole) != nil } else { Int64(exactly: whole) != nil }
        }
    }

    package var value: Value
    var kind: Kind
    /// Whether `null` is allowed here.
    var isOptional = false
    /// The value used here when an optional section is given only some of its keys.
    var sectionDefaults: [(key: String, node: ConfigurationNode)]?
    /// Where the value was written, for messages: `mine.yaml, line 3`; nil for a default.
    var place: String?
    /// What the field means, from `ConfigurationDocumented`.
    var documentation: String?

    /// The kind in words, for messages.
    var expectation: String {
        let base =
            switch kind {
            case .bool: "true or false"
            case .integer: "a whole number"
            case .natural: "a whole number of 0 or more"
            case .number: "a number"
            case .text: "text"
            case .choice(let words): "one of " + words.joined(separator: ", ")
            case .list: "a list"
            case .frameSize: "a whole number, or [height, width]"
            case .map: "a section of keys"
            case .open: "a value"
            }
        return isOptional ? base + ", or null" : base
    }

    /// The fields of a section, in order; nil for everything else.
    package var fields: [(key: String, node: ConfigurationNode)]? {
        if case .map(let fields) = value { fields } else { sectionDefaults }
    }

    /// Where the value of a key was written, as far as the path can be followed; nil for a default.
    ///
    /// - Parameter path: `discriminators`, `views[0]`, `count`.
    func place(of path: [String]) -> String? {
        guard let key = path.first else { return place }
        let parts = key.split(separator: "[")
        guard var node = fields?.first(where: { $0.key == parts.first.map(String.init) })?.node else { return place }
        if parts.count > 1, let number = Int(parts[1].dropLast()), case .list(let items) = node.value,
            items.indices.contains(number)
        {
            let list = node.place
            node = items[number]
            node.place = node.place ?? list
        }
        return node.place(of: Array(path.dropFirst())) ?? place
    }

    /// Leaves out every optional field that a document does not name.
    mutating func clearOptionals(absentFrom document: Yams.Node) {
        guard case .map(var fields) = value, case .mapping(let mapping) = document else { return }
        for number in fields.indices {
            if let inner = mapping.first(where: { $0.key.scalar?.string == fields[number].key }) {
                fields[number].node.clearOptionals(absentFrom: inner.value)
            } else if fields[number].node.isOptional {
                fields[number].node.value = .null
            }
        }
        value = .map(fields)
    }

    /// Every full path of the tree, depth first.
    func paths(below prefix: [String] = []) -> [[String]] {
        (fields ?? []).flatMap { field in
            [prefix + [field.key]] + field.node.paths(below: prefix + [field.key])
        }
    }
}
