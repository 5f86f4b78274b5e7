import AuspexSupport

/// A dense array of numbers with a shape, channels last: images `[batch, height, width, channel]`, clips `[batch, time, height, width, channel]`.
///
/// A value over shared storage: copying a tensor copies no numbers, operations make new ones. A tensor computed from a differentiated
/// parameter knows its node on the tape that recorded it; every other tensor has none.
public struct Tensor: Sendable {
    /// The sides, outermost first; empty for a single number.
    public let shape: [Int]
    /// The element type.
    public let elementType: ElementType
    package private(set) var storage: Storage
    /// The offset of the first element in the storage, in elements: a leading-dimension slice is a view.
    package let offset: Int
    /// Where on a tape this value was recorded; nil if no gradient is needed.
    package let node: TapeNode?

    /// Whether no other tensor shares the storage, so that in-place writes affect no other tensor.
    package var isUniquelyHeld: Bool { mutating get { isKnownUniquelyReferenced(&storage) } }

    package init(storage: Storage, shape: [Int], elementType: ElementType, offset: Int = 0, node: TapeNode? = nil) {
        self.storage = storage
        self.shape = shape
        self.elementType = elementType
        self.offset = offset
        self.node = node
    }

    /// A tensor whose numbers are not yet written: for operations that write all of them.
    package init(uninitialized shape: [Int], elementType: ElementType = .float32) {
        require(shape.allSatisfy { $0 >= 0 }, "Tensor", "a shape has no negative sides: \(shape)")
        self.init(
            storage: Storage(byteCount: shape.product * elementType.sizeBytes), shape: shape, elementType: elementType)
    }

    /// A float32 tensor that `body` writes.
    package init(_ shape: [Int], writing body: (UnsafeMutablePointer<Float>) -> Void) {
        self.init(uninitialized: shape)
        guard hasMemory else { return }
        body(storage.pointer.assumingMemoryBound(to: Float.self))
    }

    /// Number of dimensions.
    public var rank: Int { shape.count }
    /// Number of elements.
    public var count: Int { shape.product }
    /// Bytes of all elements.
    public var sizeBytes: Int { count * elementType.sizeBytes }
    /// Whether there are numbers: not in a `ShapePass`.
    package var hasMemory: Bool { storage.shapePass == nil }
    /// Whether a gradient will reach this value.
    package var isTracked: Bool { node != nil }

    /// The same numbers without a node on the tape: no gradient passes.
    public func detached() -> Tensor {
        Tensor(storage: storage, shape: shape, elementType: elementType, offset: offset)
    }

    package func at(_ node: TapeNode?) -> Tensor {
        Tensor(storage: storage, shape: shape, elementType: elementType, offset: offset, node: node)
    }

    /// The same numbers under another shape, off the tape: the public `reshaped(to:)` records.
    package func viewed(as shape: [Int], from first: Int = 0) -> Tensor {
        Tensor(storage: storage, shape: shape, elementType: elementType, offset: offset + first)
    }
}

extension Array where Element == Int {
    /// The product of the sides: how many elements a shape has.
    package var product: Int { reduce(1, *) }
}
