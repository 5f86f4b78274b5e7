import CAuspexFFmpeg

/// One decoded picture file.
final class StillImage {
    private let demuxer: Demuxer
    private let decoder: FrameDecoder
    private let orientation: Orientation

    /// - Throws: `VideoError` where the file is missing, holds no picture, or one that is damaged or cut short.
    init(path: String) throws {
        do {
            demuxer = try Demuxer(path: path, analysing: false)
            decoder = try FrameDecoder(demuxer: demuxer, threads: 1)
            orientation = try Self.decode(with: decoder, from: demuxer)
        } catch let error as VideoError where error.kind == .damaged || error.kind == .notAVideo {
            throw VideoError(
                .damaged, path, "the picture is damaged or cut short (\(error.message)): copy or create it again")
        }
    }

    /// Decodes the first picture of the file, and finds its orientation.
    private static func decode(with decoder: FrameDecoder, from demuxer: Demuxer) throws -> Orientation {
        var orientation = Orientation.upright
        let packet = try PacketBox(path: demuxer.path)
        while try demuxer.read(into: packet.pointer) {
            let bytes = UnsafeRawBufferPointer(
                start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
            orientation = Orientation(pictureBytes: bytes)
            try decoder.send(packet.pointer)
            if try decoder.receive() == .frame { return try whole(decoder, orientation, demuxer) }
        }
        try decoder.send(nil)
        guard try decoder.receive() == .frame else {
            throw VideoError(.damaged, demuxer.path, "no picture in it")
        }
        return try whole(decoder, orientation, demuxer)
    }

    private static func whole(
        _ decoder: FrameDecoder, _ orientation: Orientation, _ demuxer: Demuxer
    ) throws -> Orientation {
        let frame = decoder.frame.pointee
        guard frame.flags & AV_FRAME_FLAG_CORRUPT == 0, frame.decode_error_flags == 0 else {
            throw VideoError(.damaged, demuxer.path, "the decoder filled what is missing")
        }
        return orientation
    }

    /// As shown.
    var size: FrameSize {
        let (height, width) = (Int(decoder.frame.pointee.height), Int(decoder.frame.pointee.width))
        return orientation.isTransposed
            ? FrameSize(height: width, width: height) : FrameSize(height: height, width: width)
    }

    /// Whether pixels may be transparent. For an indexed picture the palette decides.
    var hasAlpha: Bool {
        let frame = decoder.frame.pointee
        let format = AVPixelFormat(frame.format)
        guard let layout = av_pix_fmt_desc_get(format), layout.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
        else { return false }
        guard format == AV_PIX_FMT_PAL8, let palette = frame.data.1 else { return true }
        // 256 colours of 32 bits in the machine's order, alpha in the highest byte.
        return UnsafeRawBufferPointer(start: palette, count: 1024).bindMemory(to: UInt32.self).contains {
            $0 >> 24 != 0xFF
        }
    }

    func write(form: PictureForm, scaler: FrameScaler, to out: UnsafeMutablePointer<UInt8>) throws {
        try scaler.write(
            decoder.frame, form: form, orientation: orientation,
            pixelAspect: demuxer.pixelAspect(of: decoder.frame), to: out)
    }
}
