import CAuspexFFmpeg
import Foundation
import Synchronization

/// FFmpeg's own messages: kept from standard error, and included in our errors instead.
///
/// FFmpeg has one logger per process, which is called on the working thread, so messages are kept per thread and the last one wins.
enum FFmpegMessages {
    private static let last = Mutex<[UInt: String]>([:])

    /// Takes over FFmpeg's logger, once; every entry into FFmpeg calls this first.
    static let captured: Void = {
        // FFmpeg's limit is 2 GiB: a header of a few bytes could request as much.
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

    /// Bounded: a program may use many threads.
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

    /// Clears this thread's message, before a call whose failure should be explained.
    static func clear() {
        _ = captured
        last.withLock { $0[UInt(pthread_self())] = nil }
    }

    /// The last message on this thread since it was cleared.
    static var said: String? { last.withLock { $0[UInt(pthread_self())] } }

    /// The error in words: the error code's text, and the last message on this thread if there is one.
    static func text(of code: Int32) -> String {
        var text = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE) * 4)
        _ = ax_error_text(code, &text, text.count)
        let standard = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let said, said != standard else { return standard }
        return "\(standard) (\(said))"
    }
}

/// How many errors one decoder has reported in messages: some codecs conceal damage without marking frames.
final class DecoderErrors: Sendable {
    private let reported = Atomic<Int>(0)

    var count: Int { reported.load(ordering: .relaxed) }

    /// - Parameter speaker: the object passed to FFmpeg's logger; its first field is its class.
    static func note(from speaker: UnsafeMutableRawPointer?) {
        guard let speaker, speaker.load(as: UnsafePointer<AVClass>?.self) == avcodec_get_class() else { return }
        guard let opaque = speaker.assumingMemoryBound(to: AVCodecContext.self).pointee.opaque else { return }
        let errors = Unmanaged<DecoderWatch>.fromOpaque(opaque).takeUnretainedValue().errors
        errors.reported.wrappingAdd(1, ordering: .relaxed)
    }
}
