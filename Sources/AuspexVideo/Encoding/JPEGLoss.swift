import CAuspexJPEG

/// What a picture loses when it is stored as JPEG and read again, by libjpeg-turbo: byte for byte as with Pillow and torchvision, which use it with these settings.
///
/// Colours become BT.601's Y, Cb and Cr of full range, the last two halved both ways (4:2:0); the slow integer transform; chroma interpolated on the way back.
final class JPEGLoss {
    private let quality: Int32
    private let compressor: tjhandle
    private let decompressor: tjhandle

    /// - Parameter quality: 1 to 100: Pillow's default is 75, OpenCV's 95.
    /// - Throws: `VideoError` where the library has no memory.
    init(quality: Int32) throws {
        self.quality = quality
        guard let compressor = tjInitCompress() else { throw Self.failure(nil) }
        guard let decompressor = tjInitDecompress() else {
            tjDestroy(compressor)
            throw Self.failure(nil)
        }
        (self.compressor, self.decompressor) = (compressor, decompressor)
    }

    deinit {
        tjDestroy(compressor)
        tjDestroy(decompressor)
    }

    /// - Parameters:
    ///   - pixels: `[H, W, C]`.
    ///   - out: room for the same number of bytes.
    ///   - channels: 3 (RGB) or 1 (grey).
    /// - Throws: `VideoError` with libjpeg-turbo's message.
    func apply(
        to pixels: UnsafePointer<UInt8>, height: Int, width: Int, channels: Int, into out: UnsafeMutablePointer<UInt8>
    ) throws {
        let (height, width) = (Int32(height), Int32(width))
        let (format, subsampling) = channels == 3 ? (TJPF_RGB, TJSAMP_420) : (TJPF_GRAY, TJSAMP_GRAY)
        var picture: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        defer { tjFree(picture) }
        guard
            tjCompress2(
                compressor, pixels, width, 0, height, Int32(format.rawValue), &picture, &size,
                Int32(subsampling.rawValue), quality, TJFLAG_ACCURATEDCT) == 0
        else { throw Self.failure(compressor) }
        guard
            tjDecompress2(
                decompressor, picture, size, out, width, 0, height, Int32(format.rawValue), TJFLAG_ACCURATEDCT) == 0
        else { throw Self.failure(decompressor) }
    }

    private static func failure(_ handle: tjhandle?) -> VideoError {
        let reason = tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
        return VideoError(.cannotWrite, "JPEG", "a frame could not be kept as JPEG: \(reason)")
    }
}
