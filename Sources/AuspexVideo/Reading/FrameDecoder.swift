import CAuspexFFmpeg

/// FFmpeg's decoder for one stream, and the frame it decodes into.
final class FrameDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var holder: UnsafeMutablePointer<AVFrame>?
    private let path: String

    var frame: UnsafeMutablePointer<AVFrame> { holder! }

    /// - Parameter threads: decoding threads; 0 lets FFmpeg take as many as there are processors.
    init(demuxer: Demuxer, threads: Int) throws {
        path = demuxer.path
        let parameters = demuxer.stream.pointee.codecpar!
        guard let codec = avcodec_find_decoder(parameters.pointee.codec_id) else {
            let name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
            throw VideoError(
                .noDecoder, path, "this FFmpeg has no decoder for \(name): convert the file, for example to H.264")
        }
        var context = avcodec_alloc_context3(codec)
        var holder = av_frame_alloc()
        FFmpegMessages.clear()
        var code = avcodec_parameters_to_context(context, parameters)
        if code >= 0, let context {
            context.pointee.thread_count = Int32(threads)
            context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
            context.pointee.pkt_timebase = demuxer.stream.pointee.time_base
            code = avcodec_open2(context, codec, nil)
        }
        guard code >= 0, context != nil, holder != nil else {
            avcodec_free_context(&context)
            av_frame_free(&holder)
            throw VideoError(.damaged, path, "the decoder does not start: \(FFmpegMessages.text(of: code))")
        }
        self.context = context
        self.holder = holder
    }

    deinit {
        av_frame_free(&holder)
        avcodec_free_context(&context)
    }

    /// Forgets all frames, before packets from another place of the file come.
    func flush() { avcodec_flush_buffers(context) }

    /// Hands a packet to the decoder; nil says that no more come.
    ///
    /// - Parameter isWanted: false lets the decoder drop the frame if no other frame refers to it.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?, isWanted: Bool = true) throws {
        context!.pointee.skip_frame = isWanted ? AVDISCARD_DEFAULT : AVDISCARD_NONREF
        FFmpegMessages.clear()
        let code = avcodec_send_packet(context, packet)
        guard code >= 0 || code == ax_error_end_of_file() else { throw damage(code) }
    }

    /// What a decoder has to give.
    enum Output { case frame, needsPacket, end }

    func receive() throws -> Output {
        let code = avcodec_receive_frame(context, holder)
        if code >= 0 { return .frame }
        if code == ax_error_again() { return .needsPacket }
        if code == ax_error_end_of_file() { return .end }
        throw damage(code)
    }

    private func damage(_ code: Int32) -> VideoError {
        VideoError(.damaged, path, "a frame does not decode: \(FFmpegMessages.text(of: code))")
    }
}
