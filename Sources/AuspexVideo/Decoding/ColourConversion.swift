import CAuspexFFmpeg

/// How libswscale goes from RGB to YUV with halved chroma and back.
enum ColourConversion: Sendable, Hashable {
    /// Sums rounded exactly, the same on every processor; chroma averaged on the way there and interpolated on the way back.
    case exact
    /// What the program ffmpeg does unasked, and with it OpenCV and PyAV: sums as quick as they can be; chroma of every second line's pixels by a bicubic there,
    /// repeated over its 2×2 pixels back.
    case unasked

    /// libswscale's flags.
    ///
    /// - Parameter averaging: what scales and averages where the conversion is exact.
    func flags(averaging: Int32) -> Int32 {
        switch self {
        case .exact: averaging | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
        case .unasked: SWS_BICUBIC
        }
    }
}
