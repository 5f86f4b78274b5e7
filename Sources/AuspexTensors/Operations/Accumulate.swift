import AuspexSupport
import CAuspexEngine

extension Tensor {
    /// Adds another float32 tensor of the same shape: in place if this storage is not shared, otherwise into new storage.
    package mutating func add(_ addend: Tensor) {
        require(shape == addend.shape, "Tensor.add", "shapes \(shape) and \(addend.shape) differ")
        guard isUniquelyHeld else {
            self = detached() + addend.detached()
            return
        }
        withMutableScalars(as: Float.self) { sum in
            guard let first = sum.baseAddress else { return }
            withFloats(addend) { ax_accumulate(first, $0, sum.count) }
        }
    }

    /// The same numbers in new storage; the pool counts the copy.
    package func copied() -> Tensor {
        let copy = Tensor(uninitialized: shape, elementType: elementType)
        guard copy.hasMemory else { return copy }
        withBytes { bytes in
            if let base = bytes.baseAddress { copy.rawPointer.copyMemory(from: base, byteCount: bytes.count) }
        }
        StoragePool.shared.noteCopy()
        return copy
    }

    /// Moves the numbers into unshared storage if another tensor shares them, before they are changed in place.
    package mutating func makeUnique() {
        if !isUniquelyHeld { self = copied() }
    }
}
