/// Pooled, 64-byte aligned memory that tensors share; returned to the pool when the last of them goes.
///
/// Written only while it is being made, or through `Tensor.withMutableScalars`, which asserts that no other tensor holds it.
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    let capacity: Int
    /// The pass over shapes that this belongs to: there is no memory at `pointer` then, and no kernel may run on it.
    let shapePass: ShapePass?

    /// Data that a backend derived from these bytes (weights in its own layout) and may keep as long as they do not change.
    ///
    /// Used by the engine's thread only.
    package var derived: [AnyHashable: Storage] = [:]

    package init(byteCount: Int) {
        shapePass = ShapePass.current
        if let shapePass {
            (pointer, capacity) = (ShapePass.nowhere, shapePass.take(byteCount))
        } else {
            (pointer, capacity) = StoragePool.shared.take(byteCount)
        }
    }

    deinit {
        if let shapePass {
            shapePass.giveBack(capacity: capacity)
        } else {
            StoragePool.shared.giveBack(pointer, capacity: capacity)
        }
    }
}
