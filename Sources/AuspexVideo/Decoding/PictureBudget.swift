import CAuspexFFmpeg
import Synchronization

/// The state of a working decoder, which FFmpeg passes to every callback, on any thread.
final class DecoderWatch: Sendable {
    let errors = DecoderErrors()
    let budget: PictureBudget

    init(mostPictureBytes: Int) { budget = PictureBudget(limit: mostPictureBytes) }

    /// Watches a decoder that is not yet open, and that this object must outlive.
    func install(in context: UnsafeMutablePointer<AVCodecContext>) {
        context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        ax_allow_concurrent_buffers(context)
        context.pointee.get_buffer2 = { context, frame, flags in
            let code = avcodec_default_get_buffer2(context, frame, flags)
            guard code >= 0, let frame, let opaque = context?.pointee.opaque else { return code }
            return Unmanaged<DecoderWatch>.fromOpaque(opaque).takeUnretainedValue().budget.take(frame)
        }
    }
}

/// Counts the bytes of decoded pictures that a decoder and its callers hold, and refuses to exceed a limit.
///
/// A stream of a few kilobytes may request sixteen reference frames of the largest size.
final class PictureBudget: Sendable {
    private let held = Atomic<Int>(0)
    private let refused = Atomic<Bool>(false)
    private let limit: Int

    init(limit: Int = MediaLimits.mostPictureBytes) { self.limit = limit }

    /// Bytes currently held.
    var heldBytes: Int { held.load(ordering: .relaxed) }

    /// Whether a picture was refused since the decoder was opened.
    var hasRefused: Bool { refused.load(ordering: .relaxed) }

    /// One of FFmpeg's buffers and the budget that it counts against; released with the last reference to the picture, on any thread.
    private final class Share: @unchecked Sendable {
        let budget: PictureBudget
        var buffer: UnsafeMutablePointer<AVBufferRef>?
        let bytes: Int

        init(_ budget: PictureBudget, _ buffer: UnsafeMutablePointer<AVBufferRef>) {
            (self.budget, self.buffer, bytes) = (budget, buffer, Int(buffer.pointee.size))
        }

        deinit {
            budget.held.subtract(bytes, ordering: .relaxed)
            av_buffer_unref(&buffer)
        }
    }

    /// Counts the buffers of a frame, and replaces each by one whose release is counted, too.
    fileprivate func take(_ frame: UnsafeMutablePointer<AVFrame>) -> Int32 {
        let places = 0..<Int(AV_NUM_DATA_POINTERS)
        return withUnsafeMutablePointer(to: &frame.pointee.buf) { tuple in
            tuple.withMemoryRebound(to: UnsafeMutablePointer<AVBufferRef>?.self, capacity: places.count) { buffers in
                let bytes = places.reduce(0) { $0 + Int(buffers[$1]?.pointee.size ?? 0) }
                guard held.add(bytes, ordering: .relaxed).newValue <= limit else {
                    held.subtract(bytes, ordering: .relaxed)
                    refused.store(true, ordering: .relaxed)
                    for place in places { av_buffer_unref(&buffers[place]) }
                    return ax_error_no_memory()
                }
                var failed = false
                for place in places {
                    guard let buffer = buffers[place] else { continue }
                    let share = Unmanaged.passRetained(Share(self, buffer))
                    buffers[place] = av_buffer_create(
                        buffer.pointee.data, buffer.pointee.size,
                        { opaque, _ in
                            if let opaque { Unmanaged<Share>.fromOpaque(opaque).release() }
                        }, share.toOpaque(), 0)
                    if buffers[place] == nil {
                        share.release()
                        failed = true
                    }
                }
                guard failed else { return 0 }
                for place in places { av_buffer_unref(&buffers[place]) }
                return ax_error_no_memory()
            }
        }
    }
}
