import AuspexSupport

/// Passes addresses to kernels; keeps each tensor alive until the kernel has returned.
///
/// In a `ShapePass` there are no numbers, and the kernel is not called. Layers and models never use this directly.
extension Tensor {
    /// The first float32; valid only inside the `withFloats` that guards it.
    fileprivate var floats: UnsafePointer<Float> {
        require(elementType == .float32, "withFloats", "the tensor holds \(elementType), not float32")
        return UnsafePointer(storage.pointer.assumingMemoryBound(to: Float.self) + offset)
    }

    /// The first byte of the first element; valid only while the tensor is guarded by `withExtendedLifetime`.
    package var rawPointer: UnsafeMutableRawPointer { storage.pointer + offset * elementType.sizeBytes }
}

package func withFloats(_ a: Tensor, _ body: (UnsafePointer<Float>) throws -> Void) rethrows {
    guard a.hasMemory else { return }
    defer { withExtendedLifetime(a.storage) {} }
    try body(a.floats)
}

package func withFloats(
    _ a: Tensor, _ b: Tensor, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) throws -> Void
) rethrows {
    guard a.hasMemory, b.hasMemory else { return }
    defer { withExtendedLifetime((a.storage, b.storage)) {} }
    try body(a.floats, b.floats)
}

package func withFloats(
    _ a: Tensor, _ b: Tensor, _ c: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) throws -> Void
) rethrows {
    guard a.hasMemory, b.hasMemory, c.hasMemory else { return }
    defer { withExtendedLifetime((a.storage, b.storage, c.storage)) {} }
    try body(a.floats, b.floats, c.floats)
}

package func withFloats(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ d: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) throws -> Void
) rethrows {
    guard a.hasMemory, b.hasMemory, c.hasMemory, d.hasMemory else { return }
    defer { withExtendedLifetime((a.storage, b.storage, c.storage, d.storage)) {} }
    try body(a.floats, b.floats, c.floats, d.floats)
}

/// For any number of float32 tensors: their addresses in order.
package func withFloats(
    of tensors: [Tensor], _ body: ([UnsafePointer<Float>]) throws -> Void
) rethrows {
    guard tensors.allSatisfy(\.hasMemory) else { return }
    defer { withExtendedLifetime(tensors) {} }
    try body(tensors.map(\.floats))
}
