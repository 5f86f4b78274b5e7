import CAuspexFFmpeg

/// How libswscale goes from RGB to YUV with halved chroma and back.
enum ColourConversion: Sendable, Hashable {
    /// Exactly rounded sums, the same on every processor; chroma is averaged on the way to YUV and interpolated on the way back.
    case exact
    /// The defaults of the ffmpeg program, and so of OpenCV and PyAV: the fastest sums; chroma from every second line's pixels by a bicubic filter,
    /// repeated over its 2×2 pixels on the way back.
    case ffmpegDefault

    /// libswscale's flags.
    ///
    /// - Parameter averaging: the filter that scales and averages in the exact conversion.
    func flags(averaging: Int32) -> Int32 {
        switch self {
        case .exact: averaging | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
        case .ffmpegDefault: SWS_BICUBIC
        }
    }
}
