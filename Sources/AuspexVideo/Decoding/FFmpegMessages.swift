import CAuspexFFmpeg
import Foundation
import Synchronization

/// FFmpeg's own words: kept from standard error, and put into our errors instead.
///
/// FFmpeg has one logger a process and talks on whichever thread works, so messages are kept by thread and the last one wins.
enum FFmpegMessages {
    private static let last = Mutex<[UInt: String]>([:])

    /// Takes FFmpeg's logger over, once; every entry into FFmpeg asks for it first.
    static let captured: Void = {
        // FFmpeg's limit is 2 GiB: a header of a few bytes could ask for as much.
        av_max_alloc(MediaLimits.mostAllocationBytes)
        av_log_set_level(AV_LOG_ERROR)
        av_log_set_callback { context, level, format, arguments in
            guard level <= AV_LOG_ERROR, let format, let arguments else { return }
            DecoderErrors.note(from: context)
            var text = [CChar](repeating: 0, count: 512)
            var isFirst: Int32 = 0
            av_log_format_line(context, level, format, arguments, &text, Int32(text.count), &isFirst)
            let line = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            FFmpegMessages.keep(line)
        }
    }()

    /// Bounded: a program may run through many threads.
    private static func keep(_ line: String) {
        // "[mov,mp4,m4a @ 0x55d0c0] moov atom not found": the address is noise to a reader.
        var words = line.trimmingCharacters(in: .whitespacesAndNewlines)
        if words.hasPrefix("["), let end = words.firstIndex(of: "]") {
            words = words[words.index(after: end)...].trimmingCharacters(in: .whitespaces)
        }
        guard !words.isEmpty else { return }
        last.withLock { messages in
            if messages.count > 256 { messages.removeAll() }
            messages[UInt(pthread_self())] = words
        }
    }

    /// Forgets what this thread was told, before a call whose failure should be explained.
    static func clear() {
        _ = captured
        last.withLock { $0[UInt(pthread_self())] = nil }
    }

    /// The last message on this thread since it was cleared.
    static var said: String? { last.withLock { $0[UInt(pthread_self())] } }

    /// What went wrong in words: the error code's text, and the last message on this thread where there is one.
    static func text(of code: Int32) -> String {
        var text = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE) * 4)
        _ = ax_error_text(code, &text, text.count)
        let standard = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let said, said != standard else { return standard }
        return "\(standard) (\(said))"
    }
}

/// How many errors one decoder has reported in words: some codecs conceal damage and mark nothing.
final class DecoderErrors: Sendable {
    private let reported = Atomic<Int>(0)

    var count: Int { reported.load(ordering: .relaxed) }

    /// - Parameter speaker: what FFmpeg's logger was given; its first field tells its class.
    static func note(from speaker: UnsafeMutableRawPointer?) {
        guard let speaker, speaker.load(as: UnsafePointer<AVClass>?.self) == avcodec_get_class() else { return }
        guard let opaque = speaker.assumingMemoryBound(to: AVCodecContext.self).pointee.opaque else { return }
        let errors = Unmanaged<DecoderWatch>.fromOpaque(opaque).takeUnretainedValue().errors
        errors.reported.wrappingAdd(1, ordering: .relaxed)
    }
}
