import AuspexSupport

/// Encodes a configuration to its tree, fields in the order of declaration, absent optionals explicit.
///
/// `JSONEncoder` would sort or shuffle the keys, and drop absent ones: then a file could not set them.
package struct ConfigurationEncoder {
    package static func tree<Value: Encodable>(of value: Value) throws -> ConfigurationNode {
        try NodeBox(value, path: []).node(of: nil)
    }

    /// A place that is still empty but knows what it may contain.
    static func absent<Value: Encodable>(_ type: Value.Type) -> ConfigurationNode {
        var node = ConfigurationNode(value: .null, kind: kind(of: type) ?? .open, isOptional: true)
        if let defaulted = type as? any (ConfigurationDefaulted & Encodable).Type,
            let section = try? tree(of: defaulted.init())
        {
            node.sectionDefaults = section.fields
            node.kind = section.kind
        }
        return node
    }

    /// What a type accepts, as far as the type alone determines it.
    static func kind(of type: Any.Type) -> ConfigurationNode.Kind? {
        switch type {
        case is Bool.Type: return .bool
        case is FrameSizeOption.Type: return .frameSize
        case is String.Type: return .text
        case is any UnsignedInteger.Type: return .natural
        case is any BinaryInteger.Type: return .integer
        case is any BinaryFloatingPoint.Type: return .number
        default: break
        }
        if let list = type as? any ConfigurationList.Type { return .list(element: list.elementNode) }
        if let cases = type as? any CaseIterable.Type, let words = words(of: cases) { return .choice(words) }
        return nil
    }

    private static func words<Cases: CaseIterable>(of type: Cases.Type) -> [String]? {
        let words = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        return words.isEmpty ? nil : words
    }
}

/// Arrays have their own case so that even an empty list knows its element type.
private protocol ConfigurationList {
    static var elementNode: ConfigurationNode? { get }
}

extension Array: ConfigurationList where Element: Encodable {
    fileprivate static var elementNode: ConfigurationNode? {
        var node = ConfigurationEncoder.absent(Element.self)
        node.isOptional = false
        if let fields = node.sectionDefaults { node.value = .map(fields) }
        if case .open = node.kind { return nil }
        return node
    }
}

/// What an encoder has collected so far.
private final class NodeBox {
    enum Content {
        case nothing
        case single(ConfigurationNode)
        case list([NodeBox])
        case map([(key: String, box: NodeBox)])
    }

    var content = Content.nothing
    private let encoded: (box: NodeBox, type: Any.Type, isEnumeration: Bool)?
    /// Where a value's documentation depends on the value.
    private let documentation: [String: String]

    init() {
        encoded = nil
        documentation = [:]
    }

    init<Value: Encodable>(_ value: Value, path: [any CodingKey]) throws {
        let encoder = NodeEncoder(path: path)
        try value.encode(to: encoder)
        encoded = (encoder.box, Value.self, Mirror(reflecting: value).displayStyle == .enum)
        documentation = (value as? any ConfigurationDocumentedValue)?.fieldDocumentation ?? [:]
    }

    init(_ node: ConfigurationNode) {
        content = .single(node)
        encoded = nil
        documentation = [:]
    }

    func node(of type: Any.Type?) -> ConfigurationNode {
        if let encoded {
            var node = encoded.box.node(of: encoded.type)
            // Enums with associated values: their other cases become known only when one is decoded.
            if encoded.isEnumeration, case .map = node.kind { node.kind = .open }
            if !documentation.isEmpty, case .map(var fields) = node.value {
                for index in fields.indices {
                    fields[index].node.documentation = documentation[fields[index].key]
                }
                node.value = .map(fields)
            }
            return node
        }
        switch content {
        case .nothing: return ConfigurationNode(value: .map([]), kind: .map)
        case .single(var node):
            if let type, let kind = ConfigurationEncoder.kind(of: type) { node.kind = kind }
            return node
        case .list(let boxes):
            let kind = type.flatMap(ConfigurationEncoder.kind(of:)) ?? .list(element: nil)
            return ConfigurationNode(value: .list(boxes.map { $0.node(of: nil) }), kind: kind)
        case .map(let boxes):
            let documented = (type as? any ConfigurationDocumented.Type)?.fieldDocumentation ?? [:]
            let fields = boxes.map { entry in
                var node = entry.box.node(of: nil)
                node.documentation = documented[entry.key] ?? node.documentation
                return (key: entry.key, node: node)
            }
            return ConfigurationNode(value: .map(fields), kind: .map)
        }
    }
}

private final class NodeEncoder: Encoder {
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    let box = NodeBox()

    init(path: [any CodingKey]) { codingPath = path }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .map = box.content {} else { box.content = .map([]) }
        return KeyedEncodingContainer(KeyedNodes<Key>(box: box, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .list = box.content {} else { box.content = .list([]) }
        return UnkeyedNodes(box: box, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleNode(box: box, codingPath: codingPath) }
}

private struct KeyedNodes<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: NodeBox
    let codingPath: [any CodingKey]

    private func set(_ child: NodeBox, _ key: String, optional: Bool = false) {
        guard case .map(var fields) = box.content else { return }
        fields.removeAll { $0.key == key }
        fields.append((key, child))
        box.content = .map(fields)
    }

    func encodeNil(forKey key: Key) {
        set(NodeBox(ConfigurationNode(value: .null, kind: .open, isOptional: true)), key.stringValue)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        set(try NodeBox(value, path: codingPath + [key]), key.stringValue)
    }

    // Synthesised coding of an optional field calls this. The standard implementation omits an absent one.
    private func optional<Value: Encodable>(_ value: Value?, _ key: Key) throws {
        var node =
            if let value { try ConfigurationEncoder.tree(of: value) } else { ConfigurationEncoder.absent(Value.self) }
        node.isOptional = true
        set(NodeBox(node), key.stringValue)
    }

    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try optional(value, key) }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        let child = NodeBox()
        child.content = .map([])
        set(child, key.stringValue)
        return KeyedEncodingContainer(KeyedNodes<NestedKey>(box: child, codingPath: codingPath + [key]))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let child = NodeBox()
        child.content = .list([])
        set(child, key.stringValue)
        return UnkeyedNodes(box: child, codingPath: codingPath + [key])
    }

    func superEncoder() -> any Encoder { NodeEncoder(path: codingPath) }
    func superEncoder(forKey key: Key) -> any Encoder { NodeEncoder(path: codingPath + [key]) }
}

private struct UnkeyedNodes: UnkeyedEncodingContainer {
    let box: NodeBox
    let codingPath: [any CodingKey]

    var count: Int { if case .list(let items) = box.content { items.count } else { 0 } }

    private func append(_ child: NodeBox) {
        guard case .list(let items) = box.content else { return }
        box.content = .list(items + [child])
    }

    func encodeNil() { append(NodeBox(ConfigurationNode(value: .null, kind: .open, isOptional: true))) }
    func encode<Value: Encodable>(_ value: Value) throws { append(try NodeBox(value, path: codingPath)) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy keyType: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        let child = NodeBox()
        child.content = .map([])
        append(child)
        return KeyedEncodingContainer(KeyedNodes<NestedKey>(box: child, codingPath: codingPath))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let child = NodeBox()
        child.content = .list([])
        append(child)
        return UnkeyedNodes(box: child, codingPath: codingPath)
    }

    func superEncoder() -> any Encoder { NodeEncoder(path: codingPath) }
}

private struct SingleNode: SingleValueEncodingContainer {
    let box: NodeBox
    let codingPath: [any CodingKey]

    private func set(_ value: ConfigurationNode.Value, _ kind: ConfigurationNode.Kind) {
        box.content = .single(ConfigurationNode(value: value, kind: kind))
    }

    func encodeNil() { box.content = .single(ConfigurationNode(value: .null, kind: .open, isOptional: true)) }
    func encode(_ value: Bool) { set(.bool(value), .bool) }
    func encode(_ value: String) { set(.text(value), .text) }
    func encode(_ value: Double) { set(.number(value), .number) }

    // Through its shortest decimal form, so that 0.1 in code is 0.1 in the file and not 0.10000000149.
    func encode(_ value: Float) { set(.number(Double("\(value)") ?? Double(value)), .number) }

    func encode<Value: Encodable>(_ value: Value) throws {
        box.content = .single(try ConfigurationEncoder.tree(of: value))
    }

    func encode(_ value: Int) throws { set(.integer(Int128(value)), .integer) }
    func encode(_ value: Int8) throws { set(.integer(Int128(value)), .integer) }
    func encode(_ value: Int16) throws { set(.integer(Int128(value)), .integer) }
    func encode(_ value: Int32) throws { set(.integer(Int128(value)), .integer) }
    func encode(_ value: Int64) throws { set(.integer(Int128(value)), .integer) }
    func encode(_ value: UInt) throws { set(.integer(Int128(value)), .natural) }
    func encode(_ value: UInt8) throws { set(.integer(Int128(value)), .natural) }
    func encode(_ value: UInt16) throws { set(.integer(Int128(value)), .natural) }
    func encode(_ value: UInt32) throws { set(.integer(Int128(value)), .natural) }
    func encode(_ value: UInt64) throws { set(.integer(Int128(value)), .natural) }
}
