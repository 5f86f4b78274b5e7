import AuspexTensors

/// Contiguous numbers that never change: in the block's own memory, or in the pages of a mapped file, which the system may drop and read again.
package final class FeatureBlock: @unchecked Sendable {
    let values: UnsafeBufferPointer<Float>
    /// Keeps a mapped file open; nil where the memory is the block's own.
    private let file: AnyObject?

    init(copying values: UnsafeBufferPointer<Float>) {
        let own = UnsafeMutableBufferPointer<Float>.allocate(capacity: values.count)
        _ = own.initialize(from: values)
        self.values = UnsafeBufferPointer(own)
        file = nil
    }

    /// - Parameter file: on which the numbers' pages depend.
    package init(_ values: UnsafeBufferPointer<Float>, in file: AnyObject) {
        self.values = values
        self.file = file
    }

    deinit { if file == nil { values.deallocate() } }
}
