import AuspexTensors
import Foundation
import Yams

/// Reads a configuration: its defaults in code, YAML laid over them, then single assignments, each checked against the defaults' own keys.
///
/// ```swift
/// var reader = try ConfigurationReader(defaults: Configuration())
/// try reader.lay(yaml: text, named: "mine.yaml")
/// try reader.lay(assignment: "model.channels=8")
/// let configuration = try reader.resolved()
/// ```
/// Synthesised decoding refuses missing keys and ignores unknown ones: the wrong way round for a file that people write.
public struct ConfigurationReader<Value: Codable> {
    private var tree: ConfigurationNode
    /// The texts laid over the defaults, in order.
    private var names: [String] = []

    private let userInfo: [CodingUserInfoKey: any Sendable]

    /// - Parameter userInfo: what decoding the values needs to know.
    /// - Throws: `EncodingError` where the type does not encode to a section of keys.
    public init(defaults: Value, userInfo: [CodingUserInfoKey: any Sendable] = [:]) throws {
        tree = try ConfigurationEncoder.tree(of: defaults)
        self.userInfo = userInfo
    }

    /// Lays a YAML text over the current values: its values replace them, its lists replace whole lists, and keys it does not name keep their values.
    ///
    /// - Parameter name: what errors call the text, usually the file's name.
    /// - Throws: `ConfigurationError` naming the line and the key.
    public mutating func lay(yaml text: String, named name: String) throws {
        let node: Yams.Node?
        do { node = try Yams.compose(yaml: text) } catch let error as YamlError {
            throw ConfigurationError("\(name)\(error.lineAndProblem)")
        }
        names.append(name)
        guard let node else { return }
        let overlay = ConfigurationOverlay(name: name, showsLines: true, knownPaths: tree.paths())
        try overlay.lay(node, over: &tree)
    }

    /// Lays a JSON document over the current values; optional fields that it omits become nil.
    ///
    /// - Throws: `ConfigurationError` naming the line and the key.
    package mutating func lay(json text: String, named name: String) throws {
        // JSON is YAML too.
        if let node = try? Yams.compose(yaml: text) { tree.clearOptionals(absentFrom: node) }
        try lay(yaml: text, named: name)
    }

    /// Lays one `key.of.field=value` over the current values; the value is YAML, so lists can be given: `a.b=[1, 2]`.
    ///
    /// - Throws: `ConfigurationError` naming the key.
    public mutating func lay(assignment: String) throws {
        let name = assignment
        guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
            throw ConfigurationError(
                "\(name): expected key=value, for example model.channels=8", remedies: [.assignment])
        }
        let keys = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let valueText = String(assignment[assignment.index(after: equals)...])
        let value: Yams.Node
        do { value = try Yams.compose(yaml: valueText) ?? Yams.Node.scalar(.init("null", .implicit, .plain)) } catch let
            error as YamlError
        {
            throw ConfigurationError("\(name)\(error.lineAndProblem)")
        }
        let nested = keys.reversed().reduce(value) { inner, key in Yams.Node([(Yams.Node(key), inner)]) }
        names.append(name)
        let overlay = ConfigurationOverlay(name: name, showsLines: false, knownPaths: tree.paths())
        try overlay.lay(nested, over: &tree)
    }

    /// The resulting configuration.
    ///
    /// - Throws: `ConfigurationError` where a type refuses a value.
    public func resolved() throws -> Value {
        let decoder = JSONDecoder()
        decoder.userInfo = userInfo
        do { return try decoder.decode(Value.self, from: Data(tree.json.utf8)) } catch let error as DecodingError {
            throw ConfigurationError(at: place(of: error.path), error.path, error.problem)
        }
    }

    /// An error about a value of the resolved configuration, with the file and line, or the assignment, that the value came from.
    ///
    /// - Parameter error: its text begins with the key, as `model.size is 48`.
    package func placed(_ error: any Error) -> any Error {
        let text = "\(error)"
        guard let key = text.split(separator: " ").first, key.contains(".") else {
            return ConfigurationError("\(allNames): \(text)")
        }
        return ConfigurationError("\(place(of: key.split(separator: ".").map(String.init))): \(text)")
    }

    /// Where the value of a key was written; for a default, everything that was read, since one of those values conflicts with the default.
    private func place(of path: [String]) -> String { tree.place(of: path) ?? allNames }

    private var allNames: String { names.isEmpty ? "configuration" : names.joined(separator: ", ") }
}

extension ConfigurationNode {
    /// The values alone as JSON text.
    ///
    /// Written by hand: Foundation's writers go through `NSNumber`, where `true` and 1 are hard to tell apart.
    package var json: String {
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        case .number(let value): return "\(value)"
        case .text(let value): return JSONText.quoted(value)
        case .list(let items): return "[" + items.map(\.json).joined(separator: ",") + "]"
        case .map(let fields):
            return "{" + fields.map { JSONText.quoted($0.key) + ":" + $0.node.json }.joined(separator: ",") + "}"
        }
    }
}

extension YamlError {
    /// `, line 3: could not find expected ':'`, on one line, without the excerpt that Yams prints below.
    fileprivate var lineAndProblem: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ", line \(mark.line): is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\($0)" }.joined(separator: ", ")
            return ", line \(context.mark.line): the key \(keys) appears twice in one section"
        default:
            return ": is not YAML: " + "\(self)".replacing("\n", with: " ")
        }
    }
}

extension DecodingError {
    fileprivate var path: [String] {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.map(\.stringValue)
        case .keyNotFound(let key, let context): (context.codingPath + [key]).map(\.stringValue)
        @unknown default: []
        }
    }

    fileprivate var problem: String {
        switch self {
        case .typeMismatch(let type, _): "expects \(type)"
        case .valueNotFound(let type, _): "expects \(type); found nothing"
        case .keyNotFound: "is missing"
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "cannot be read"
        }
    }
}
