import CAuspexFFmpeg

/// How the numbers of a decoded frame represent colours.
struct SourceColour: Hashable {
    /// The layout, without FFmpeg's older convention of putting the range into its name.
    let format: AVPixelFormat
    let isFullRange: Bool
    /// One of libswscale's matrix numbers.
    let matrix: Int32

    init(of frame: UnsafeMutablePointer<AVFrame>) {
        let stored = AVPixelFormat(frame.pointee.format)
        let (plain, wasFull) = Self.withoutRange(stored)
        format = plain
        let descriptor = av_pix_fmt_desc_get(plain)
        // A grey or RGB picture uses all its values unless it says otherwise; YUV is limited unless it says full.
        let isYUV =
            descriptor.map { $0.pointee.nb_components >= 3 && $0.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB) == 0 }
            ?? true
        switch frame.pointee.color_range {
        case AVCOL_RANGE_JPEG: isFullRange = true
        case AVCOL_RANGE_MPEG: isFullRange = wasFull
        default: isFullRange = wasFull || !isYUV
        }
        matrix = Self.matrix(frame.pointee.colorspace, width: frame.pointee.width, height: frame.pointee.height)
    }

    /// A note on pictures whose numbers represent light differently from a screen's.
    static func note(on transfer: AVColorTransferCharacteristic, path: String) -> String? {
        let curve: String
        switch transfer {
        case AVCOL_TRC_SMPTE2084: curve = "PQ"
        case AVCOL_TRC_ARIB_STD_B67: curve = "HLG"
        default: return nil
        }
        return
            "\(path): high dynamic range (\(curve)): its values are taken as they are, without tone mapping, so pictures look flat; to "
            + "map them: ffmpeg -i IN -vf zscale=t=linear:npl=100,tonemap=hable,zscale=p=bt709:t=bt709:m=bt709:r=tv,format=yuv420p OUT"
    }

    private static func withoutRange(_ format: AVPixelFormat) -> (AVPixelFormat, wasFull: Bool) {
        switch format {
        case AV_PIX_FMT_YUVJ420P: (AV_PIX_FMT_YUV420P, true)
        case AV_PIX_FMT_YUVJ422P: (AV_PIX_FMT_YUV422P, true)
        case AV_PIX_FMT_YUVJ444P: (AV_PIX_FMT_YUV444P, true)
        case AV_PIX_FMT_YUVJ440P: (AV_PIX_FMT_YUV440P, true)
        case AV_PIX_FMT_YUVJ411P: (AV_PIX_FMT_YUV411P, true)
        default: (format, false)
        }
    }

    private static func matrix(_ named: AVColorSpace, width: Int32, height: Int32) -> Int32 {
        switch named {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_FCC: SWS_CS_FCC
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        default: width >= 1280 || height > 576 ? SWS_CS_ITU709 : SWS_CS_ITU601
        }
    }
}

extension ClipRequest.ScalingFilter {
    /// libswscale's flag.
    var flag: Int32 {
        switch self {
        case .nearest: SWS_POINT
        case .bilinear: SWS_BILINEAR
        case .bicubic: SWS_BICUBIC
        case .area: SWS_AREA
        case .lanczos: SWS_LANCZOS
        }
    }
}
