import AuspexTensors
import Foundation

/// Writes a configuration as self-documenting YAML: every field, in the order of declaration, below a comment on its meaning.
///
/// Written by hand, because YAML libraries drop comments; the tests read the result back with one.
public struct ConfigurationWriter {
    private let width = 110

    /// Makes a writer; it keeps no state between documents.
    public init() {}

    /// - Returns: YAML that `ConfigurationReader` resolves to the same configuration.
    public func yaml(of configuration: some Encodable) throws -> String {
        let tree = try ConfigurationEncoder.tree(of: configuration)
        var lines: [String] = []
        for (index, field) in (tree.fields ?? []).enumerated() {
            if index > 0, case .map = field.node.value { lines.append("") }
            lines += self.lines(of: field.key, field.node, indent: 0)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of key: String, _ node: ConfigurationNode, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines = comment(node).map { margin + "# " + $0 }
        switch node.value {
        case .map(let fields) where !fields.isEmpty:
            lines.append("\(margin)\(key):")
            for field in fields { lines += self.lines(of: field.key, field.node, indent: indent + 2) }
        case .list(let items) where items.contains(where: { $0.fields != nil }):
            lines.append("\(margin)\(key):")
            lines += items.map { "\(margin)  - \(inline($0))" }
        default:
            lines.append("\(margin)\(key): \(inline(node))")
        }
        return lines
    }

    private func comment(_ node: ConfigurationNode) -> [String] {
        var text = node.documentation ?? ""
        if case .choice(let words) = node.kind {
            text += (text.isEmpty ? "" : " ") + "One of " + words.joined(separator: ", ") + "."
        }
        guard !text.isEmpty else { return [] }
        var lines = [""]
        for word in text.split(whereSeparator: \.isWhitespace) {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private func inline(_ node: ConfigurationNode) -> String {
        switch node.value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value.isPlainYAML ? value : JSONText.quoted(value)
        case .list(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
        case .map(let fields):
            "{" + fields.map { "\($0.key): \(inline($0.node))" }.joined(separator: ", ") + "}"
        }
    }
}

extension String {
    /// Whether the text can be written in YAML without quotes, even inside lists, and be read back as the same text.
    fileprivate var isPlainYAML: Bool {
        guard let first = unicodeScalars.first, CharacterSet.letters.contains(first) || first == "/" else {
            return false
        }
        let safe = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "/._-+@"))
        let isSafe = unicodeScalars.allSatisfy { safe.contains($0) }
        // `synthetic:moving-shapes` needs no quotes: a colon is special only before a space or the end.
        let colonsInside = !hasSuffix(":") && replacing(":", with: "").unicodeScalars.allSatisfy { safe.contains($0) }
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return (isSafe || colonsInside) && !words.contains(lowercased()) && Double(self) == nil
    }
}
