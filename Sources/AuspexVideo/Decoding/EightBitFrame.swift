import CAuspexFFmpeg

/// An RGB or grey frame of more than eight bits per value, rounded to eight as `v · 255 / (2ⁿ − 1)`.
///
/// libswscale divides by 2ⁿ⁻⁸ instead, which makes values above the middle too large: a 16-bit file must give the same as its 8-bit version.
/// YUV and limited-range values are left to libswscale, for which a power of two is right. Alpha is left out.
final class EightBitFrame {
    private var owned: UnsafeMutablePointer<AVFrame>?

    var frame: UnsafeMutablePointer<AVFrame> { owned! }

    /// - Returns: nil if the frame needs no rounding.
    init?(of deep: UnsafeMutablePointer<AVFrame>) {
        let format = AVPixelFormat(deep.pointee.format)
        guard let layout = av_pix_fmt_desc_get(format), Self.isDeep(layout.pointee),
            SourceColour(of: deep).isFullRange, let frame = av_frame_alloc()
        else { return nil }
        owned = frame
        let isGrey = layout.pointee.nb_components < 3
        av_frame_copy_props(frame, deep)
        frame.pointee.format = (isGrey ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24).rawValue
        frame.pointee.width = deep.pointee.width
        frame.pointee.height = deep.pointee.height
        frame.pointee.color_range = AVCOL_RANGE_JPEG
        guard av_frame_get_buffer(frame, 0) >= 0, let first = frame.pointee.data.0 else {
            av_frame_free(&owned)
            return nil
        }
        let channels: Int32 = isGrey ? 1 : 3
        let largest = (UInt32(1) << UInt32(layout.pointee.comp.0.depth)) - 1
        // Eight bits of every value, rounded to nearest.
        let rounded = (0...largest).map { UInt8(($0 * 255 + largest / 2) / largest) }
        var line = [UInt16](repeating: 0, count: Int(deep.pointee.width))
        for y in 0..<deep.pointee.height {
            let out = first + Int(y) * Int(frame.pointee.linesize.0)
            for channel in 0..<channels {
                ax_read_line(&line, deep, layout, y, channel)
                for (x, value) in line.enumerated() { out[x * Int(channels) + Int(channel)] = rounded[Int(value)] }
            }
        }
    }

    deinit { av_frame_free(&owned) }

    private static func isDeep(_ layout: AVPixFmtDescriptor) -> Bool {
        let isRGB = layout.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
        let others =
            UInt64(AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM)
            | UInt64(AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_HWACCEL)
        return (9...16).contains(layout.comp.0.depth) && layout.flags & others == 0
            && (isRGB || layout.nb_components < 3)
    }
}
