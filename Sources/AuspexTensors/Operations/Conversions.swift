import AuspexSupport
import CAuspexEngine

extension Tensor {
    /// The numbers as float32 or bfloat16 (rounded to nearest, ties to even); the same tensor if nothing changes. The gradient is float32.
    public func converted(to type: ElementType) -> Tensor {
        if type == elementType { return self }
        let result = Tensor(uninitialized: shape, elementType: type)
        withExtendedLifetime((storage, result.storage)) {
            if !result.hasMemory { return }
            switch (elementType, type) {
            case (.float32, .bfloat16):
                ax_floats_to_bfloat16(
                    result.rawPointer.assumingMemoryBound(to: UInt16.self),
                    rawPointer.assumingMemoryBound(to: Float.self),
                    count)
            case (.bfloat16, .float32):
                ax_bfloat16_to_floats(
                    result.rawPointer.assumingMemoryBound(to: Float.self),
                    rawPointer.assumingMemoryBound(to: UInt16.self),
                    count)
            default:
                stopProgram("converted", "from \(elementType) to \(type): only between float32 and bfloat16")
            }
        }
        // Sums of gradients stay float32 whatever the activations are.
        return result.recorded("converted", from: self) { [$0.converted(to: .float32)] }
    }

    /// Pixels 0…255 (uint8) as network values −1…1 (float32).
    public func pixelsAsValues() -> Tensor {
        require(elementType == .uint8, "pixelsAsValues", "the tensor holds \(elementType), not uint8")
        return Tensor(shape) { out in
            withScalars(as: UInt8.self) { if let first = $0.baseAddress { ax_bytes_to_floats(out, first, count) } }
        }
    }

    /// Network values −1…1 (float32) as pixels 0…255 (uint8), rounded; values outside are clamped, NaN becomes 0.
    public func valuesAsPixels() -> Tensor {
        let result = Tensor(uninitialized: shape, elementType: .uint8)
        withExtendedLifetime(result.storage) {
            withFloats(self) { ax_floats_to_bytes(result.rawPointer.assumingMemoryBound(to: UInt8.self), $0, count) }
        }
        return result
    }
}
