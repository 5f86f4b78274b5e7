import AuspexSupport

extension RandomAccessFile {
    /// Reads the elements from `offset` on into a new tensor; the file must store them as the tensor does.
    package func tensor(shape: [Int], elementType: ElementType, at offset: Int) throws -> Tensor {
        let tensor = Tensor(uninitialized: shape, elementType: elementType)
        try read(
            into: UnsafeMutableRawBufferPointer(start: tensor.rawPointer, count: tensor.sizeBytes), at: offset)
        return tensor
    }
}
