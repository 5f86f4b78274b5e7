import AuspexSupport

extension Tensor {
    /// - Parameters:
    ///   - scalars: the numbers, last dimension fastest.
    ///   - shape: sides whose product is `scalars.count`.
    public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: [Int]) {
        require(
            scalars.count == shape.product, "Tensor",
            "\(scalars.count, "number") for the shape \(shape), which has \(shape.product)")
        self.init(uninitialized: shape, elementType: Scalar.elementType)
        guard hasMemory else { return }
        scalars.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { storage.pointer.copyMemory(from: base, byteCount: bytes.count) }
        }
    }

    /// A float32 tensor of one number, without dimensions.
    public init(_ scalar: Float) { self.init([scalar], shape: []) }

    /// Zeros (of any element type: all of them have zero as zero bytes).
    public init(zeros shape: [Int], elementType: ElementType = .float32) {
        self.init(uninitialized: shape, elementType: elementType)
        guard hasMemory else { return }
        storage.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: sizeBytes)
    }

    /// The same float32 number everywhere.
    public init(repeating value: Float, shape: [Int]) {
        self.init(shape) { $0.update(repeating: value, count: shape.product) }
    }

    /// The numbers in order, last dimension fastest; stops the program if the tensor holds another type.
    public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar] {
        withScalars(as: type) { Array($0) }
    }

    /// The float32 numbers in order, last dimension fastest.
    public var scalars: [Float] { scalars(as: Float.self) }

    /// The number of a one-element float32 tensor.
    public var scalar: Float {
        require(count == 1, "Tensor.scalar", "a tensor of shape \(shape) is not one number")
        return withScalars(as: Float.self) { $0[0] }
    }

    /// Reads the numbers in place; they are ones if the tensor was made in a `ShapePass`.
    public func withScalars<Scalar: TensorScalar, Result>(
        as type: Scalar.Type = Scalar.self, _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
    ) rethrows -> Result {
        require(
            elementType == Scalar.elementType, "Tensor.withScalars",
            "the tensor holds \(elementType), asked for \(Scalar.elementType)")
        guard hasMemory else {
            return try [Scalar](repeating: 1, count: count).withUnsafeBufferPointer(body)
        }
        defer { withExtendedLifetime(storage) {} }
        let first = storage.pointer.assumingMemoryBound(to: Scalar.self) + offset
        return try body(UnsafeBufferPointer(start: first, count: count))
    }

    /// Reads the bytes in place, whatever the element type.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        require(hasMemory, "Tensor.withBytes", "this \(shape) tensor was made in a pass over shapes")
        defer { withExtendedLifetime(storage) {} }
        let first = storage.pointer + offset * elementType.sizeBytes
        return try body(UnsafeRawBufferPointer(start: first, count: sizeBytes))
    }

    /// Writes the numbers in place; in a `ShapePass` the change is only recorded. Stops the program if another tensor shares them: no other tensor may
    /// change unnoticed.
    package mutating func withMutableScalars<Scalar: TensorScalar>(
        as type: Scalar.Type = Scalar.self, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
    ) rethrows {
        require(
            elementType == Scalar.elementType, "Tensor.withMutableScalars",
            "the tensor holds \(elementType), asked for \(Scalar.elementType)")
        require(isUniquelyHeld, "Tensor.withMutableScalars", "the storage of this \(shape) tensor is shared")
        storage.derived = [:]
        if let pass = storage.shapePass { return pass.noteUpdate(of: sizeBytes) }
        let first = storage.pointer.assumingMemoryBound(to: Scalar.self) + offset
        try body(UnsafeMutableBufferPointer(start: first, count: count))
    }
}
