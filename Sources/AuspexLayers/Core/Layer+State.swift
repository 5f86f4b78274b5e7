import AuspexTensors

/// The reason why saved numbers do not fit a network.
public enum LayerStateError: Error, CustomStringConvertible, Equatable {
    /// The saved numbers lack a parameter or buffer of the network.
    case missing(name: String)
    /// The network lacks a parameter or buffer of the saved numbers.
    case unknown(name: String)
    /// A parameter or buffer has different shapes.
    case shape(name: String, found: [Int], expected: [Int])

    public var description: String {
        switch self {
        case .missing(let name):
            "the weights have no '\(name)': they were saved by a model of another configuration"
        case .unknown(let name):
            "the weights hold '\(name)', which this model does not have: they were saved by a model of another configuration"
        case .shape(let name, let found, let expected):
            "'\(name)' has shape \(found) in the weights, this model expects \(expected): the configurations differ"
        }
    }
}

extension Layer {
    /// Every parameter's numbers by name.
    public var parameterValues: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.parameter.value) })
    }

    /// Every buffer's numbers by name.
    public var bufferValues: [String: Tensor] {
        Dictionary(uniqueKeysWithValues: buffers.map { ($0.name, $0.buffer.value) })
    }

    /// Replaces every parameter; nothing is changed if a name is missing, unknown or of another shape.
    public func load(parameters values: [String: Tensor]) throws {
        let own = parameters
        try check(values, against: own.map { ($0.name, $0.parameter.value.shape) })
        for entry in own { if let value = values[entry.name] { entry.parameter.value = value } }
    }

    /// Replaces every buffer; nothing is changed if a name is missing, unknown or of another shape.
    public func load(buffers values: [String: Tensor]) throws {
        let own = buffers
        try check(values, against: own.map { ($0.name, $0.buffer.value.shape) })
        for entry in own { if let value = values[entry.name] { entry.buffer.value = value } }
    }
}

private func check(_ values: [String: Tensor], against own: [(name: String, shape: [Int])]) throws(LayerStateError) {
    for (name, shape) in own {
        guard let value = values[name] else { throw .missing(name: name) }
        guard value.shape == shape else { throw .shape(name: name, found: value.shape, expected: shape) }
    }
    let known = Set(own.map(\.name))
    if let stranger = values.keys.filter({ !known.contains($0) }).min() { throw .unknown(name: stranger) }
}
