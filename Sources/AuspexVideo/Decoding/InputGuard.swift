import CAuspexFFmpeg
import Foundation

/// Restricts what FFmpeg may do while it reads one file: open this file and no other, and take a limited time for each call.
///
/// FFmpeg calls back on the reading thread, so a guard needs no lock; like its demuxer it serves one thread at a time.
final class InputGuard {
    private typealias Open =
        @convention(c) (
            UnsafeMutablePointer<AVFormatContext>?, UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?,
            UnsafePointer<CChar>?, Int32, UnsafeMutablePointer<OpaquePointer?>?
        ) -> Int32

    private let path: String
    private let limitSeconds: Double
    private var deadline = ContinuousClock.now
    private var hasExpired = false
    private var openFile: Open?

    init(path: String, limitSeconds: Double = MediaLimits.timeLimitSeconds) {
        self.path = path
        self.limitSeconds = limitSeconds
    }

    /// Opens the file, if its format is one of `MediaFormats`.
    ///
    /// - Returns: a context that the caller closes, and that must not outlive this guard.
    /// - Throws: `VideoError` that names the file and includes FFmpeg's own words.
    func open() throws -> UnsafeMutablePointer<AVFormatContext> {
        FFmpegMessages.clear()
        guard let made = avformat_alloc_context() else {
            throw VideoError(.damaged, path, "there is no memory to open it")
        }
        openFile = made.pointee.io_open
        made.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        made.pointee.interrupt_callback = interruption
        made.pointee.max_streams = Int32(MediaLimits.mostStreams)
        made.pointee.io_open = { context, io, url, flags, options in
            guard let context, let opaque = context.pointee.opaque, let url, let own = context.pointee.url,
                strcmp(url, own) == 0, flags & AVIO_FLAG_WRITE == 0,
                let open = Unmanaged<InputGuard>.fromOpaque(opaque).takeUnretainedValue().openFile
            else { return ax_error_not_permitted() }
            return open(context, io, url, flags, options)
        }
        var options: OpaquePointer?
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        av_dict_set(&options, "format_whitelist", MediaFormats.allowed, 0)
        // Without this, a picture named a%02d.png would mean a00.png, a01.png and so on.
        av_dict_set(&options, "pattern_type", "none", 0)
        defer { av_dict_free(&options) }
        // FFmpeg frees it if opening fails.
        var context: UnsafeMutablePointer<AVFormatContext>? = made
        let code = try limited("opening it") { avformat_open_input(&context, "file:" + path, nil, &options) }
        if code >= 0, let context { return context }
        if FFmpegMessages.said?.contains("not on whitelist") ?? false {
            throw MediaFormats.refusal(path, format: probedFormat())
        }
        if let error = MediaLimits.refusedSize(path) { throw error }
        throw VideoError(.notAVideo, path, "not a video that FFmpeg can open: \(FFmpegMessages.text(of: code))")
    }

    /// Runs a call into FFmpeg that reads the file.
    ///
    /// - Returns: FFmpeg's code.
    /// - Throws: `VideoError.tooSlow` if the call was ended because time ran out.
    func limited(_ work: String, _ call: () -> Int32) throws -> Int32 {
        deadline = .now + .seconds(limitSeconds)
        hasExpired = false
        let code = call()
        guard code < 0, hasExpired else { return code }
        throw VideoError(
            .tooSlow, path,
            "\(work) took longer than \(limitSeconds) s: copy it to a faster disk, or allow more time",
            remedies: [.readTimeout])
    }

    private var interruption: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                let guardian = Unmanaged<InputGuard>.fromOpaque(opaque).takeUnretainedValue()
                if ContinuousClock.now < guardian.deadline { return 0 }
                guardian.hasExpired = true
                return 1
            }, opaque: Unmanaged.passUnretained(self).toOpaque())
    }

    /// The format of a file that was refused, for the message.
    private func probedFormat() -> UnsafePointer<AVInputFormat>? {
        var io: UnsafeMutablePointer<AVIOContext>?
        var interrupt = interruption
        guard avio_open2(&io, "file:" + path, AVIO_FLAG_READ, &interrupt, nil) >= 0 else { return nil }
        defer { avio_closep(&io) }
        var format: UnsafePointer<AVInputFormat>?
        guard av_probe_input_buffer2(io, &format, "file:" + path, nil, 0, 0) >= 0 else { return nil }
        return format
    }
}
