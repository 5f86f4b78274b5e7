import CAuspexFFmpeg

/// Information about a video file, without its pictures.
public struct VideoInfo: Sendable, Hashable, Codable {
    /// The file, as it was given.
    public var path: String
    /// FFmpeg's names of the container.
    public var container: String
    /// Every stream in the file, in order.
    public var streams: [Stream]
    /// FFmpeg's name of the codec of the pictures: `h264`.
    public var codec: String
    /// FFmpeg's name of the pixel format: `yuv420p`.
    public var pixelFormat: String
    /// Bits of one colour value.
    public var bitDepth: Int
    /// Whether pictures may be transparent in places, which decoding ignores.
    public var hasAlpha: Bool
    /// As stored, before rotation.
    public var storedSize: FrameSize
    /// As shown: rotated, in square pixels.
    public var shownSize: FrameSize
    /// Width of a stored pixel over its height.
    public var pixelAspect: Double
    /// Clockwise rotation that the file asks for.
    public var rotationDegrees: Int
    /// Whether the file asks for its pictures to be mirrored.
    public var isMirrored: Bool
    /// Whether the file says that the rows of a frame are from two times; such frames are refused.
    public var isInterlaced: Bool
    /// Names as FFmpeg gives them; `unknown` if the file does not say.
    public var colourMatrix: String
    /// FFmpeg's name of the range of stored numbers: `tv` (16…235) or `pc` (0…255); `unknown` if the file does not say.
    public var colourRange: String
    /// The curve from numbers to light: `smpte2084` is PQ, `arib-std-b67` is HLG.
    public var colourTransfer: String
    /// Frames that a full decode shows.
    public var frameCount: Int
    /// Mean rate; nil for a single frame.
    public var framesPerSecond: Double?
    /// Whether frames are unevenly spaced in time.
    public var hasVariableFrameRate: Bool
    /// From the first frame to the end of the last, which is assumed to last as long as the others.
    public var durationSeconds: Double
    /// Frames that can be decoded without any other.
    public var keyFrameCount: Int
    /// Why the file is incomplete, or which of its frames may be wrong; nil if no problem was found.
    public var damage: String?
    /// A note on the pictures for users; nil if there is none.
    public var note: String?

    /// One stream of a file.
    public struct Stream: Sendable, Hashable, Codable {
        /// `video`, `audio`, `subtitle`, `data`.
        public var kind: String
        /// FFmpeg's name of the codec.
        public var codec: String
    }

    /// Inspects a file: reads every packet once and decodes a few frames, or all if packets do not tell how many there are.
    ///
    /// - Throws: `VideoError` where there is no such file or it is not a video.
    public init(probing path: String) throws {
        let demuxer = try Demuxer(path: path, analysing: true)
        let parameters = demuxer.parameters
        let stamp = FileStamp(of: path)
        let known = IndexCache.standard.index(of: path, stamp: stamp)
        let index = try known ?? FrameIndex(scanning: demuxer)
        if known == nil { IndexCache.standard.keep(index, of: path, stamp: stamp) }
        let orientation = Orientation(displayMatrix: ax_display_matrix(demuxer.stream))
        self.path = path
        container = demuxer.containerName
        streams = demuxer.streams
        codec = String(cString: avcodec_get_name(parameters.codec_id))
        let format = AVPixelFormat(parameters.format)
        pixelFormat = av_get_pix_fmt_name(format).map { String(cString: $0) } ?? "unknown"
        let layout = av_pix_fmt_desc_get(format)?.pointee
        bitDepth = layout.map { Int($0.comp.0.depth) } ?? 0
        let mayHaveAlpha = layout.map { $0.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 } ?? false
        // Colours of a palette can be transparent; only the palette says whether they are.
        hasAlpha =
            demuxer.hasSeparateAlpha
            || mayHaveAlpha && (format != AV_PIX_FMT_PAL8 || ((try? StillImage(path: path))?.hasAlpha ?? true))
        storedSize = FrameSize(height: Int(parameters.height), width: Int(parameters.width))
        pixelAspect = demuxer.pixelAspect()
        let square = FrameSize(
            height: storedSize.height, width: Int((Double(storedSize.width) * pixelAspect).rounded()))
        shownSize = orientation.isTransposed ? FrameSize(height: square.width, width: square.height) : square
        rotationDegrees = orientation.clockwiseDegrees
        isMirrored = orientation.isMirrored
        isInterlaced = parameters.field_order.rawValue > AV_FIELD_PROGRESSIVE.rawValue
        colourMatrix = av_color_space_name(parameters.color_space).map { String(cString: $0) } ?? "unknown"
        colourRange = av_color_range_name(parameters.color_range).map { String(cString: $0) } ?? "unknown"
        colourTransfer = av_color_transfer_name(parameters.color_trc).map { String(cString: $0) } ?? "unknown"
        note = SourceColour.note(on: parameters.color_trc, path: path)
        frameCount = index.frameCount
        framesPerSecond = index.frameIntervalSeconds.map { 1 / $0 }
        hasVariableFrameRate = index.hasVariableFrameRate
        durationSeconds = (index.seconds.last ?? 0) + (index.frameIntervalSeconds ?? 0)
        keyFrameCount = index.keyFrameCount
        damage = index.damage ?? index.doubt
    }
}

extension Demuxer {
    /// WebM stores the alpha of VP8 and VP9 beside the pictures, where FFmpeg's own decoders do not look.
    fileprivate var hasSeparateAlpha: Bool {
        guard let entry = av_dict_get(stream.pointee.metadata, "alpha_mode", nil, 0) else { return false }
        return String(cString: entry.pointee.value) == "1"
    }

    fileprivate var streams: [VideoInfo.Stream] {
        (0..<Int(format.nb_streams)).compactMap { format.streams[$0]?.pointee.codecpar.pointee }.map { parameters in
            VideoInfo.Stream(
                kind: av_get_media_type_string(parameters.codec_type).map { String(cString: $0) } ?? "data",
                codec: String(cString: avcodec_get_name(parameters.codec_id)))
        }
    }
}
