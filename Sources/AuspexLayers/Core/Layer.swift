import AuspexTensors

/// A part of a network that owns parameters. A final class whose stored properties are parameters, buffers, layers, and arrays or optionals of them:
/// the property path is the parameter's name (`stages.0.unit.candidate.weight`), in checkpoints too.
public protocol Layer: AnyObject {
    /// The kernels between hidden features: the optimizer `muon` treats them as matrices and orthogonalises their updates.
    ///
    /// By default the kernels of convolutions with a side above 1, `[…, k, k, in, out]`, except the first and the last of them in order of
    /// declaration, which face pixels. Networks may override it; each kernel must be one of `parameters`, with two dimensions or more.
    var hiddenKernels: [Parameter] { get }
}

/// A parameter with its property path.
public struct NamedParameter {
    /// Property path: `stages.0.unit.candidate.weight`.
    public let name: String
    /// The parameter itself, not a copy.
    public let parameter: Parameter
}

/// A buffer with its property path.
public struct NamedBuffer {
    /// Property path: `stages.0.unit.gate.norm.u`.
    public let name: String
    /// The buffer itself, not a copy.
    public let buffer: Buffer
}

extension Layer {
    /// All parameters in order of declaration, named by property path.
    public var parameters: [NamedParameter] {
        var found: [NamedParameter] = []
        visit(self, path: "") { name, leaf in
            if let parameter = leaf as? Parameter { found.append(NamedParameter(name: name, parameter: parameter)) }
        }
        return found
    }

    public var hiddenKernels: [Parameter] {
        let kernels = parameters.map(\.parameter).filter { parameter in
            let shape = parameter.value.shape
            return shape.count >= 4 && shape.dropLast(2).contains { $0 > 1 }
        }
        return Array(kernels.dropFirst().dropLast())
    }

    /// All buffers in order of declaration, named by property path.
    public var buffers: [NamedBuffer] {
        var found: [NamedBuffer] = []
        visit(self, path: "") { name, leaf in
            if let buffer = leaf as? Buffer { found.append(NamedBuffer(name: name, buffer: buffer)) }
        }
        return found
    }

    /// Smallest and largest σ by which the last pass divided weights; nil if there are no spectral norms, or none was used yet.
    public var spectralNormRange: ClosedRange<Float>? {
        var sigmas: [Float] = []
        visit(self, path: "") { _, leaf in
            if let sigma = (leaf as? SpectralNorm)?.lastSigma { sigmas.append(sigma) }
        }
        guard let least = sigmas.min(), let most = sigmas.max() else { return nil }
        return least...most
    }

    /// The number of trainable numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.value.count } }
}

/// Calls `leaf` with every parameter, buffer and layer below a value, and their property paths.
func visit(_ value: Any, path: String, leaf: (String, AnyObject) -> Void) {
    var mirror: Mirror? = Mirror(reflecting: value)
    while let current = mirror {
        for (position, child) in current.children.enumerated() {
            let isElement = current.displayStyle == .collection
            let isWrapped = current.displayStyle == .optional
            let part = isElement ? String(position) : (child.label ?? String(position))
            let name = isWrapped ? path : path.isEmpty ? part : path + "." + part
            switch child.value {
            case let object as Parameter: leaf(name, object)
            case let object as Buffer: leaf(name, object)
            case let layer as any Layer:
                leaf(name, layer)
                visit(layer, path: name, leaf: leaf)
            default:
                let style = Mirror(reflecting: child.value).displayStyle
                if style == .collection || style == .optional { visit(child.value, path: name, leaf: leaf) }
            }
        }
        mirror = current.superclassMirror
    }
}
