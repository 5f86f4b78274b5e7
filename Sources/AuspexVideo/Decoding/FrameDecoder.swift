import CAuspexFFmpeg

/// FFmpeg's decoder for one stream, and the frame it decodes into.
final class FrameDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var holder: UnsafeMutablePointer<AVFrame>?
    private let path: String
    private let watch: DecoderWatch
    /// Errors before the last frame.
    private var knownErrors = 0
    /// Whether a reported error concerns only the frame that comes out next.
    private let ownsItsErrors: Bool

    /// Bytes of decoded pictures that the decoder holds.
    var heldBytes: Int { watch.budget.heldBytes }

    var frame: UnsafeMutablePointer<AVFrame> { holder! }

    /// - Parameters:
    ///   - threads: decoding threads; 0 lets FFmpeg use as many as there are processors.
    ///   - reorderDepth: how many frames must be held back to show them in order, if known: many H.264 streams do not say, and a
    ///     decoder that finds out late drops frames.
    ///   - mostPictureBytes: limit of decoded pictures held at a time.
    init(
        demuxer: Demuxer, threads: Int, reorderDepth: Int = 0, mostPictureBytes: Int = MediaLimits.mostPictureBytes
    ) throws {
        path = demuxer.path
        watch = DecoderWatch(mostPictureBytes: mostPictureBytes)
        let parameters = demuxer.stream.pointee.codecpar!
        guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
            let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
            throw VideoError(
                .noDecoder, path, "this FFmpeg has no decoder for \(name): convert the file, for example to H.264")
        }
        ownsItsErrors = parameters.pointee.codec_id == AV_CODEC_ID_FFV1
        var context = avcodec_alloc_context3(codec)
        var holder = av_frame_alloc()
        FFmpegMessages.clear()
        var code = avcodec_parameters_to_context(context, parameters)
        if code >= 0, let context {
            context.pointee.thread_count = Int32(threads)
            // With a thread for each frame, an error could not be attributed to a frame.
            context.pointee.thread_type = ownsItsErrors ? FF_THREAD_SLICE : FF_THREAD_FRAME | FF_THREAD_SLICE
            context.pointee.pkt_timebase = demuxer.stream.pointee.time_base
            if parameters.pointee.codec_id == AV_CODEC_ID_H264 {
                context.pointee.has_b_frames = max(context.pointee.has_b_frames, Int32(min(16, reorderDepth)))
            }
            context.pointee.err_recognition = Self.errorRecognition(for: parameters.pointee.codec_id)
            context.pointee.max_pixels = Int64(MediaLimits.mostPixels)
            watch.install(in: context)
            code = avcodec_open2(context, codec, nil)
        }
        guard code >= 0, context != nil, holder != nil else {
            avcodec_free_context(&context)
            av_frame_free(&holder)
            throw MediaLimits.refusedSize(path)
                ?? VideoError(.damaged, path, "the decoder does not start: \(FFmpegMessages.text(of: code))")
        }
        self.context = context
        self.holder = holder
    }

    deinit {
        av_frame_free(&holder)
        avcodec_free_context(&context)
    }

    /// Which damage counts as an error.
    ///
    /// Codecs without prediction between frames would replace damaged data by something else. The others mark the frame, and what they
    /// recover from (a reference released twice, where recordings are joined) need not be visible.
    private static func errorRecognition(for codec: AVCodecID) -> Int32 {
        // FFmpeg's TIFF decoder treats unknown tags as damage.
        if codec == AV_CODEC_ID_TIFF { return AV_EF_CRCCHECK }
        let properties = avcodec_descriptor_get(codec)?.pointee.props ?? 0
        return AV_EF_CRCCHECK | (properties & AV_CODEC_PROP_INTRA_ONLY != 0 ? AV_EF_EXPLODE : 0)
    }

    /// How many errors the decoder has reported in messages, whether or not it failed.
    var reportedErrors: Int { watch.errors.count }

    /// Whether the decoder filled the whole frame without guessing.
    private(set) var isFrameWhole = true

    /// Drops all frames, before packets from another place of the file come.
    func flush() { avcodec_flush_buffers(context) }

    /// Passes a packet to the decoder; nil says that no more come.
    ///
    /// - Parameter isWanted: false lets the decoder drop the frame if no other frame refers to it.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?, isWanted: Bool = true) throws {
        context!.pointee.skip_frame = isWanted ? AVDISCARD_DEFAULT : AVDISCARD_NONREF
        FFmpegMessages.clear()
        let code = avcodec_send_packet(context, packet)
        guard code >= 0 || code == ax_error_end_of_file() else { throw damage(code) }
    }

    /// The decoder's output.
    enum Output { case frame, needsPacket, end }

    func receive() throws -> Output {
        let code = avcodec_receive_frame(context, holder)
        if code >= 0 {
            let isUnmarked = frame.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0 && frame.pointee.decode_error_flags == 0
            isFrameWhole = isUnmarked && (!ownsItsErrors || watch.errors.count == knownErrors)
            knownErrors = watch.errors.count
            return .frame
        }
        if code == ax_error_again() { return .needsPacket }
        if code == ax_error_end_of_file() { return .end }
        throw damage(code)
    }

    private func damage(_ code: Int32) -> VideoError {
        if watch.budget.hasRefused { return MediaLimits.tooMuchMemory(path) }
        return MediaLimits.refusedSize(path)
            ?? VideoError(.damaged, path, "a frame does not decode: \(FFmpegMessages.text(of: code))")
    }
}
