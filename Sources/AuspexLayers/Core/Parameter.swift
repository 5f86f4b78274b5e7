import AuspexTensors

/// Numbers that training changes. Layers own theirs and read them only through a `Pass`.
public final class Parameter {
    /// The current numbers; replaced by optimisers and by loading a checkpoint.
    public var value: Tensor

    /// A parameter that begins with these numbers, float32.
    public init(_ value: Tensor) { self.value = value }
}

/// Numbers that belong to a layer's state but have no gradient: running statistics, the vectors of a spectral norm.
public final class Buffer {
    /// The current numbers; replaced by training passes and by loading a checkpoint.
    public var value: Tensor

    /// A buffer that begins with these numbers.
    public init(_ value: Tensor) { self.value = value }
}
