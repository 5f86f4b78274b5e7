import AuspexSupport
import AuspexTensors
import Foundation
import Yams

/// Lays the user's text over the tree of defaults, refusing keys that the tree does not have.
struct ConfigurationOverlay {
    /// What messages call the text: a file's name, or the flag.
    let name: String
    /// Whether line numbers are meaningful to the reader.
    let showsLines: Bool
    /// Every path of the whole tree, to find a key that was written in the wrong section.
    let knownPaths: [[String]]

    func lay(_ yaml: Yams.Node, over node: inout ConfigurationNode, at path: [String] = []) throws {
        if isNull(yaml) { return try layNull(yaml, over: &node, at: path) }
        switch node.kind {
        case .map: return try laySection(yaml, over: &node, at: path)
        case .list(let element): node.value = .list(try elements(yaml, checkedAgainst: element, at: path))
        case .frameSize: node.value = try frameSize(yaml, node, at: path)
        case .open: node.value = try untyped(yaml, at: path).value
        case .bool: node.value = .bool(try bool(yaml, node, at: path))
        case .integer, .natural: node.value = .integer(try integer(yaml, node, at: path))
        case .number: node.value = .number(try number(yaml, node, at: path))
        case .text: node.value = .text(try text(yaml, node, at: path))
        case .choice(let words): node.value = .text(try choice(yaml, of: words, node, at: path))
        }
        node.place = place(yaml)
    }

    // MARK: Sections and lists

    private func laySection(_ yaml: Yams.Node, over node: inout ConfigurationNode, at path: [String]) throws {
        guard case .mapping(let mapping) = yaml else { throw mismatch(yaml, node, at: path) }
        guard var fields = node.fields else { return }
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                throw ConfigurationError(at: place(key), path, "has a key that is not a word")
            }
            guard let index = fields.firstIndex(where: { $0.key == name }) else {
                throw ConfigurationError(
                    at: place(key), path + [name], unknown(name, among: fields.map(\.key), at: path))
            }
            try lay(value, over: &fields[index].node, at: path + [name])
        }
        node.value = .map(fields)
    }

    private func unknown(_ name: String, among siblings: [String], at path: [String]) -> String {
        let elsewhere = knownPaths.filter { $0.last == name }.map { $0.joined(separator: ".") }
        // A typo first, then the right word in the wrong section, then a name that shares only some words.
        let near =
            NearestName.slip(name, among: siblings).map { (path + [$0]).joined(separator: ".") } ?? elsewhere.first
            ?? NearestName.of(name, among: siblings).map { (path + [$0]).joined(separator: ".") }
            ?? NearestName.of(name, among: knownPaths.compactMap(\.last)).flatMap { near in
                knownPaths.first { $0.last == near }?.joined(separator: ".")
            }
        guard let near else {
            return "is not a configuration key; the keys here are \(siblings.joined(separator: ", "))"
        }
        return "is not a configuration key; did you mean \(near)?"
    }

    private func elements(
        _ yaml: Yams.Node, checkedAgainst element: ConfigurationNode?, at path: [String]
    ) throws -> [ConfigurationNode] {
        guard case .sequence(let sequence) = yaml else {
            let list = ConfigurationNode(value: .list([]), kind: .list(element: element))
            throw mismatch(yaml, list, at: path)
        }
        return try sequence.enumerated().map { index, item in
            let itemPath = path.dropLast() + [(path.last ?? "") + "[\(index)]"]
            guard var node = element else { return try untyped(item, at: Array(itemPath)) }
            try lay(item, over: &node, at: Array(itemPath))
            return node
        }
    }

    private func layNull(_ yaml: Yams.Node, over node: inout ConfigurationNode, at path: [String]) throws {
        if node.isOptional {
            node.place = place(yaml)
            return node.value = .null
        }
        // An empty file, or a section whose every line is a comment, changes nothing.
        if case .map = node.kind { return }
        throw mismatch(yaml, node, at: path)
    }

    // MARK: Scalars

    private func isNull(_ yaml: Yams.Node) -> Bool {
        guard let scalar = yaml.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// An unquoted word: `"4"` in quotes is text, not a number.
    private func plain(_ yaml: Yams.Node) -> String? {
        guard let scalar = yaml.scalar, scalar.style == .plain || scalar.style == .any else { return nil }
        return scalar.string
    }

    private func bool(_ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]) throws -> Bool {
        switch plain(yaml) {
        case "true": return true
        case "false": return false
        default: throw mismatch(yaml, node, at: path)
        }
    }

    private func integer(_ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]) throws -> Int128 {
        guard let word = plain(yaml) else { throw mismatch(yaml, node, at: path) }
        // 1e6 steps is a whole number, too.
        let whole = Int128(word.replacing("_", with: "")) ?? Double(word).flatMap { Int128(exactly: $0) }
        // Values that the field cannot hold are refused here, where the line number is known.
        guard let whole, node.kind.holds(whole) else { throw mismatch(yaml, node, at: path) }
        return whole
    }

    private func number(_ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]) throws -> Double {
        guard let word = plain(yaml), let number = Double(word.replacing("_", with: "")), number.isFinite else {
            throw mismatch(yaml, node, at: path)
        }
        return number
    }

    private func frameSize(
        _ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]
    ) throws -> ConfigurationNode.Value {
        guard case .sequence(let sides) = yaml else { return .integer(try integer(yaml, node, at: path)) }
        guard sides.count == 2 else { throw mismatch(yaml, node, at: path) }
        return .list(
            try sides.map {
                ConfigurationNode(value: .integer(try integer($0, node, at: path)), kind: .integer)
            })
    }

    private func text(_ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]) throws -> String {
        guard let text = yaml.scalar?.string else { throw mismatch(yaml, node, at: path) }
        return text
    }

    private func choice(
        _ yaml: Yams.Node, of words: [String], _ node: ConfigurationNode, at path: [String]
    ) throws -> String {
        guard let word = yaml.scalar?.string else { throw mismatch(yaml, node, at: path) }
        guard words.contains(word) else {
            let near = NearestName.of(word, among: words).map { "; did you mean \($0)?" } ?? ""
            throw ConfigurationError(
                at: place(yaml), path, "is \(word); expected one of \(words.joined(separator: ", "))\(near)")
        }
        return word
    }

    /// YAML's own interpretation of a node, for places whose type becomes known only on decoding.
    private func untyped(_ yaml: Yams.Node, at path: [String]) throws -> ConfigurationNode {
        func node(_ value: ConfigurationNode.Value) -> ConfigurationNode {
            ConfigurationNode(value: value, kind: .open)
        }
        if isNull(yaml) { return node(.null) }
        switch yaml {
        case .scalar(let scalar):
            guard let word = plain(yaml) else { return node(.text(scalar.string)) }
            if word == "true" || word == "false" { return node(.bool(word == "true")) }
            if let whole = Int128(word) { return node(.integer(whole)) }
            if let number = Double(word), number.isFinite { return node(.number(number)) }
            return node(.text(word))
        case .sequence(let items):
            return node(.list(try items.map { try untyped($0, at: path) }))
        case .mapping(let mapping):
            return node(
                .map(try mapping.map { (key: $0.key.scalar?.string ?? "", node: try untyped($0.value, at: path)) }))
        case .alias:
            throw ConfigurationError(at: place(yaml), path, "is an alias that points nowhere")
        }
    }

    // MARK: Messages

    private func mismatch(_ yaml: Yams.Node, _ node: ConfigurationNode, at path: [String]) -> ConfigurationError {
        ConfigurationError(at: place(yaml), path, "expects \(node.expectation); found \(found(yaml))")
    }

    private func found(_ yaml: Yams.Node) -> String {
        switch yaml {
        case .scalar(let scalar):
            if isNull(yaml) { return "nothing" }
            if plain(yaml) == nil { return "the quoted text \"\(scalar.string)\"" }
            if Double(scalar.string) != nil { return "the number \(scalar.string)" }
            if scalar.string == "true" || scalar.string == "false" { return scalar.string }
            return "the text \"\(scalar.string)\""
        case .sequence(let items): return "a list of \(items.count)"
        case .mapping(let mapping):
            return "a section with " + mapping.prefix(3).map { $0.key.scalar?.string ?? "?" }.joined(separator: ", ")
        case .alias: return "an alias"
        }
    }

    private func place(_ yaml: Yams.Node) -> String {
        guard showsLines, let line = yaml.mark?.line else { return name }
        return "\(name), line \(line)"
    }
}
