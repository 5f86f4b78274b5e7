import AuspexTensors

/// Numbers that training changes. Layers own theirs and read them only through a `Pass`.
public final class Parameter {
    /// The current numbers; replaced by optimisers and by loading a checkpoint.
    public var value: Tensor

    public init(_ value: Tensor) { self.value = value }
}

/// Numbers that belong to a layer's state but take no gradient: running statistics, the vectors of a spectral norm.
public final class Buffer {
    public var value: Tensor

    public init(_ value: Tensor) { self.value = value }
}
