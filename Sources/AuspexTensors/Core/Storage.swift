/// Pooled, 64-byte aligned memory that tensors share; given back to the pool when the last of them goes.
///
/// Written only while it is being made, or through `Tensor.withMutableScalars`, which asserts that nobody else holds it.
package final class Storage: @unchecked Sendable {
    package let pointer: UnsafeMutableRawPointer
    let capacity: Int

    /// What a backend derived from these bytes (weights in its own layout) and may keep as long as they do not change.
    ///
    /// Touched by the engine's thread only.
    package var derived: [AnyHashable: Storage] = [:]

    package init(byteCount: Int) {
        (pointer, capacity) = StoragePool.shared.take(byteCount)
    }

    deinit { StoragePool.shared.giveBack(pointer, capacity: capacity) }
}
