import AuspexSupport
import AuspexTensors
import CAuspexFFmpeg
import Foundation

/// One video stream in one file, encoded by FFmpeg frame after frame.
///
/// Owns its FFmpeg objects from `init` on; used from one thread; `finish` completes the file.
final class FrameEncoder {
    /// How pixels are stored, with the encoders for it, best first.
    struct Coding {
        let container: String
        let encoders: [String]
        let pixelFormat: AVPixelFormat
        var containerOptions: [String: String] = [:]
        var encoderOptions: [String: String] = [:]
        /// The YUV matrix, if the pixel format is YUV.
        var matrix = Matrix.bt709
        /// For MPEG-4's own encoder, 1 (best) to 31.
        var quantiser: Int32 = 2
        /// From RGB, if the pixel format is YUV.
        var conversion = ColourConversion.exact
        /// Threads of the encoder, for frames of this height.
        var threads: @Sendable (_ height: Int) -> Int32 = { _ in 1 }

        enum Matrix { case bt601, bt709 }
    }

    /// The path that the user gave: errors name it, not the temporary file.
    private let path: String
    private let height: Int
    private let width: Int
    private var container: UnsafeMutablePointer<AVFormatContext>?
    private var encoder: UnsafeMutablePointer<AVCodecContext>?
    private var stream: UnsafeMutablePointer<AVStream>?
    private var packet = av_packet_alloc()
    private var scaler: OpaquePointer?

    /// - Parameters:
    ///   - temporaryPath: where the bytes go.
    ///   - height: of the stored frames; even if the pixel format halves chroma.
    ///   - timeBase: the unit of the times passed to `encode`, in seconds.
    ///   - rate: frames per second, as the file declares it.
    init(
        _ temporaryPath: String, naming path: String, coding: Coding, height: Int, width: Int, timeBase: AVRational,
        rate: AVRational
    ) throws {
        FFmpegMessages.clear()
        (self.path, self.height, self.width) = (path, height, width)
        // Without the protocol a folder such as `a:b` would be mistaken for one.
        let address = "file:" + temporaryPath
        try check(avformat_alloc_output_context2(&container, nil, coding.container, address), "container")
        guard let container else { throw failure("container", "FFmpeg made none for '\(coding.container)'") }
        try openEncoder(coding, timeBase: timeBase, rate: rate)
        guard let stream = avformat_new_stream(container, nil), let encoder else {
            throw failure("stream", "out of memory")
        }
        self.stream = stream
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder), "stream")
        stream.pointee.time_base = timeBase
        stream.pointee.avg_frame_rate = rate
        try check(avio_open(&container.pointee.pb, address, AVIO_FLAG_WRITE), "opening")
        var options = dictionary(coding.containerOptions)
        defer { av_dict_free(&options) }
        try check(avformat_write_header(container, &options), "header")
    }

    deinit {
        sws_freeContext(scaler)
        av_packet_free(&packet)
        avcodec_free_context(&encoder)
        if let container {
            avio_closep(&container.pointee.pb)
            avformat_free_context(container)
        }
    }

    private func openEncoder(_ coding: Coding, timeBase: AVRational, rate: AVRational) throws {
        guard let codec = coding.encoders.lazy.compactMap({ avcodec_find_encoder_by_name($0) }).first else {
            throw VideoError(
                .noEncoder, path,
                "this machine's FFmpeg has no encoder named \(coding.encoders.joined(separator: " or ")): install a fuller FFmpeg, or write .npy or a folder"
            )
        }
        encoder = avcodec_alloc_context3(codec)
        guard let encoder, let container else { throw failure("encoder", "out of memory") }
        encoder.pointee.width = Int32(width)
        encoder.pointee.height = Int32(height)
        encoder.pointee.pix_fmt = coding.pixelFormat
        encoder.pointee.time_base = timeBase
        encoder.pointee.framerate = rate
        encoder.pointee.thread_count = coding.threads(height)
        if container.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 {
            encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
        if coding.pixelFormat == AV_PIX_FMT_YUV420P {
            // The tags describe the conversion below; primaries and transfer are those of ordinary video, untouched.
            let isHighDefinition = coding.matrix == .bt709
            encoder.pointee.colorspace = isHighDefinition ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
            encoder.pointee.color_primaries = AVCOL_PRI_BT709
            encoder.pointee.color_trc = AVCOL_TRC_BT709
            encoder.pointee.color_range = AVCOL_RANGE_MPEG
            scaler = ax_rgb_to_yuv420(
                Int32(width), Int32(height), isHighDefinition ? SWS_CS_ITU709 : SWS_CS_SMPTE170M,
                coding.conversion.flags(averaging: SWS_AREA))
            guard scaler != nil else { throw failure("colours", "FFmpeg can't convert \(width)×\(height) frames") }
        } else if coding.pixelFormat == AV_PIX_FMT_GRAY8 {
            encoder.pointee.color_range = AVCOL_RANGE_JPEG
        }
        var chosen = coding.encoderOptions
        switch String(cString: codec.pointee.name) {
        case "libx264":
            chosen.merge(["crf": "16", "preset": "medium"]) { first, _ in first }
            // x264's AVX-512 code (core 164) reads uninitialised memory: the same frames give other bits from run to run, even with a single
            // thread. Its AVX2 code does not.
            if av_get_cpu_flags() & AV_CPU_FLAG_AVX512 != 0 { chosen["x264-params"] = "asm=avx2" }
        case "mpeg4": ax_use_quantiser(encoder, coding.quantiser)
        case "libopenh264": encoder.pointee.bit_rate = Int64(width * height) * 8
        default: break
        }
        var options = dictionary(chosen)
        defer { av_dict_free(&options) }
        try check(avcodec_open2(encoder, codec, &options), "encoder '\(String(cString: codec.pointee.name))'")
    }

    // MARK: Frames

    /// Encodes an RGB picture as limited-range YUV.
    func encode(rgb pixels: UnsafePointer<UInt8>, at time: Int64) throws {
        try encode(at: time) { frame in
            ax_scale_into_frame(scaler, pixels, Int32(width * 3), frame)
        }
    }

    /// Encodes a frame whose planes `fill` writes.
    func encode(at time: Int64, _ fill: (UnsafeMutablePointer<AVFrame>) -> Int32) throws {
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        guard let frame, let encoder else { throw failure("frame", "out of memory") }
        frame.pointee.width = Int32(width)
        frame.pointee.height = Int32(height)
        frame.pointee.format = encoder.pointee.pix_fmt.rawValue
        frame.pointee.colorspace = encoder.pointee.colorspace
        frame.pointee.color_range = encoder.pointee.color_range
        try check(av_frame_get_buffer(frame, 0), "frame")
        try check(fill(frame), "colours")
        frame.pointee.pts = time
        try check(avcodec_send_frame(encoder, frame), "frame \(time)")
        try writePackets()
    }

    /// Writes what the encoder still holds and closes the file.
    func finish() throws {
        try check(avcodec_send_frame(encoder, nil), "end")
        try writePackets()
        try check(av_write_trailer(container), "end")
        guard let container else { return }
        // A write that failed within FFmpeg's buffer is reported here at the latest.
        try check(container.pointee.pb?.pointee.error ?? 0, "writing")
        try check(avio_closep(&container.pointee.pb), "closing")
    }

    private func writePackets() throws {
        guard let encoder, let stream, let packet else { return }
        while true {
            let status = avcodec_receive_packet(encoder, packet)
            if status == ax_error_again() || status == ax_error_end_of_file() { return }
            try check(status, "frame")
            av_packet_rescale_ts(packet, encoder.pointee.time_base, stream.pointee.time_base)
            packet.pointee.stream_index = stream.pointee.index
            try check(av_interleaved_write_frame(container, packet), "writing")
        }
    }

    // MARK: Errors

    /// Disk errors that FFmpeg passes on from the system, as for any other file.
    private static let diskErrors = [
        ENOSPC, EDQUOT, EFBIG, EROFS, EACCES, EPERM, EIO, ENOENT, ENOTDIR, ENAMETOOLONG, EMFILE, ENFILE,
    ]

    private func check(_ status: Int32, _ step: String) throws {
        if status >= 0 { return }
        if Self.diskErrors.contains(-status) { throw FileError.writing(path, code: -status) }
        throw failure(step, FFmpegMessages.text(of: status))
    }

    private func failure(_ step: String, _ reason: String) -> VideoError {
        VideoError(.cannotWrite, path, "could not be encoded (\(step)): \(reason)")
    }
}

private func dictionary(_ entries: [String: String]) -> OpaquePointer? {
    var result: OpaquePointer?
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) { av_dict_set(&result, key, value, 0) }
    return result
}
