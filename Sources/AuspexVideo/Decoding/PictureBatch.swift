import AuspexTensors

/// The pictures requested by one call, and which of them have been written: they are returned only when all have.
package struct PictureBatch {
    /// Frame numbers in rising order; a number may be repeated.
    private let frames: [Int]
    private let frameBytes: Int
    private var pictures: Tensor
    private var isWritten: [Bool]

    /// - Parameters:
    ///   - frames: numbers in rising order.
    ///   - size: of each picture.
    ///   - channels: of each picture.
    package init(frames: [Int], size: FrameSize, channels: Int) {
        self.frames = frames
        frameBytes = size.height * size.width * channels
        pictures = Tensor(uninitialized: [frames.count, size.height, size.width, channels], elementType: .uint8)
        isWritten = [Bool](repeating: false, count: frames.count)
    }

    /// Writes a frame to each of its places.
    ///
    /// - Parameter body: writes one picture of `height·width·channels` bytes.
    package mutating func write(frame: Int, _ body: (UnsafeMutablePointer<UInt8>) throws -> Void) throws {
        let places = frames.indices.filter { frames[$0] == frame }
        guard let first = places.first else { return }
        try pictures.withMutableScalars(as: UInt8.self) { bytes in
            let source = bytes.baseAddress! + first * frameBytes
            try body(source)
            for place in places.dropFirst() {
                (bytes.baseAddress! + place * frameBytes).update(from: source, count: frameBytes)
            }
        }
        for place in places { isWritten[place] = true }
    }

    /// Marks all pictures as missing, before another attempt to decode the frames.
    package mutating func reset() {
        for place in isWritten.indices { isWritten[place] = false }
    }

    /// The pictures, `[T, H, W, C]`.
    ///
    /// - Throws: `VideoError.damaged` if one of them was not written.
    package func finished(path: String) throws -> Tensor {
        if let missing = isWritten.firstIndex(of: false) {
            throw VideoError(.damaged, path, "frame \(frames[missing]) does not come out of the decoder")
        }
        return pictures
    }
}
