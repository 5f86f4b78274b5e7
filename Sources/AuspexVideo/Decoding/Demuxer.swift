import CAuspexFFmpeg
import Foundation

/// An open media file and its one video stream that is read.
final class Demuxer {
    let path: String
    let stream: UnsafeMutablePointer<AVStream>
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let input: InputGuard
    /// How many more packets may come before the file is judged to be endless.
    private var packetsLeft = 0
    private let mostPackets: Int

    var format: AVFormatContext { context!.pointee }
    var parameters: AVCodecParameters { stream.pointee.codecpar.pointee }
    /// FFmpeg's short names of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    var containerName: String { String(cString: context!.pointee.iformat.pointee.name) }

    /// - Parameters:
    ///   - path: a file on this machine; never a network address.
    ///   - analysing: decode a little to learn what the container does not say. Needed for probing; for reading it is skipped if the
    ///     container gives every packet its time.
    /// - Throws: `VideoError` that names the file and includes FFmpeg's own words.
    init(path: String, analysing: Bool = false) throws {
        self.path = path
        mostPackets = max(MediaLimits.fewestPacketsAllowed, try Self.checkedSize(of: path))
        packetsLeft = mostPackets
        let input = InputGuard(path: path)
        self.input = input
        let opened = try input.open()
        var owned: UnsafeMutablePointer<AVFormatContext>? = opened
        do {
            let container = String(cString: opened.pointee.iformat.pointee.name)
            if analysing || !Self.isSelfDescribing(container, opened) {
                let code = try input.limited("analysing it") { Self.findStreamInfo(opened) }
                guard code >= 0 else {
                    throw VideoError(
                        .damaged, path, "FFmpeg finds no usable streams: \(FFmpegMessages.text(of: code))")
                }
            }
            stream = try Self.videoStream(of: opened, path: path)
            let parameters = stream.pointee.codecpar.pointee
            // A drawing may refer to other files, and FFmpeg recognises it by its text whatever the file's name.
            guard parameters.codec_id != AV_CODEC_ID_SVG else {
                throw VideoError(.notAVideo, path, "a drawing (SVG), where a video or a picture of pixels was expected")
            }
            try MediaLimits.checkSize(
                FrameSize(height: Int(parameters.height), width: Int(parameters.width)), of: path)
        } catch {
            avformat_close_input(&owned)
            throw error
        }
        for index in 0..<Int(opened.pointee.nb_streams) where opened.pointee.streams[index] != stream {
            opened.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
        context = opened
    }

    deinit { avformat_close_input(&context) }

    /// The size of a regular file that may be read.
    private static func checkedSize(of path: String) throws -> Int {
        guard let kind = try VideoError.kind(of: path) else { throw VideoError(.noSuchFile, path, "no such file") }
        guard kind == .file else {
            throw VideoError(.notAVideo, path, "a folder, where a video file was expected")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw VideoError(.notReadable, path, "the file may not be read: check its permissions")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            // Opening a pipe waits for a writer, and a device has no end.
            throw VideoError(
                .notAVideo, path, "a pipe or device, where a video file was expected: save it as a file first")
        }
        guard status.st_size != 0 else { throw VideoError(.notAVideo, path, "the file is empty (0 bytes)") }
        return Int(status.st_size)
    }

    /// Decodes a little of each stream, with pictures no larger than those that are read later.
    private static func findStreamInfo(_ context: UnsafeMutablePointer<AVFormatContext>) -> Int32 {
        let count = Int(context.pointee.nb_streams)
        var options = [OpaquePointer?](repeating: nil, count: count)
        for index in 0..<count {
            av_dict_set(&options[index], "max_pixels", "\(MediaLimits.mostPixels)", 0)
        }
        defer { for index in 0..<count { av_dict_free(&options[index]) } }
        return avformat_find_stream_info(context, &options)
    }

    /// MP4 and Matroska give every packet its time and the decoder its set-up, so decoding a few frames to guess them would waste time.
    private static func isSelfDescribing(_ container: String, _ context: UnsafeMutablePointer<AVFormatContext>) -> Bool
    {
        guard container.hasPrefix("mov,") || container.hasPrefix("matroska") else { return false }
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let parameters = context.pointee.streams[index]?.pointee.codecpar.pointee else { return false }
            guard parameters.codec_type == AVMEDIA_TYPE_VIDEO else { continue }
            if parameters.codec_id == AV_CODEC_ID_NONE || parameters.width <= 0 || parameters.height <= 0 {
                return false
            }
        }
        return context.pointee.nb_streams > 0
    }

    private static func videoStream(
        of context: UnsafeMutablePointer<AVFormatContext>, path: String
    ) throws -> UnsafeMutablePointer<AVStream> {
        let best = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        // A music file's cover is a video stream to FFmpeg.
        if best >= 0, let stream = context.pointee.streams[Int(best)],
            stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        {
            return stream
        }
        let kinds = (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }.map { stream in
            av_get_media_type_string(stream.pointee.codecpar.pointee.codec_type).map { String(cString: $0) } ?? "data"
        }
        let found = kinds.isEmpty ? "no streams at all" : kinds.joined(separator: ", ")
        throw VideoError(.notAVideo, path, "no video stream in it (found: \(found))")
    }

    /// Reads the next packet of the video stream; nil at the end of the file.
    ///
    /// - Returns: whether there was one; the packet holds it until the next call or `av_packet_unref`.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws -> Bool {
        while true {
            av_packet_unref(packet)
            guard packetsLeft > 0 else {
                throw VideoError(
                    .damaged, path,
                    "it holds more than \(mostPackets) packets, more than a file of its size can: it is damaged")
            }
            packetsLeft -= 1
            let code = try input.limited("reading from it") { av_read_frame(context, packet) }
            if code == ax_error_again() { continue }
            if code == ax_error_end_of_file() { return false }
            guard code >= 0 else {
                throw VideoError(.damaged, path, "reading stops before the end: \(FFmpegMessages.text(of: code))")
            }
            if packet.pointee.stream_index == stream.pointee.index { return true }
        }
    }

    /// Seeks to the last packet with a key frame at or before a time in the stream's units; false if the container cannot.
    func seek(to timestamp: Int64) -> Bool {
        packetsLeft = mostPackets
        return av_seek_frame(context, stream.pointee.index, timestamp, AVSEEK_FLAG_BACKWARD) >= 0
    }

    /// Seeks to a byte of the file; false if the container is not one whose packets can be found from anywhere.
    func seek(toByte position: Int64) -> Bool {
        containerName == "mpegts" && av_seek_frame(context, -1, position, AVSEEK_FLAG_BYTE) >= 0
    }

    /// Seeks to the first packet; false if the container cannot.
    func rewind() -> Bool {
        let start = stream.pointee.start_time
        return seek(to: start == ax_no_timestamp() ? 0 : min(start, 0) - 1_000_000)
            || av_seek_frame(context, -1, 0, AVSEEK_FLAG_BYTE) >= 0
    }

    /// FFmpeg's choice between the container's pixel aspect and the frame's.
    func guessAspect(_ frame: UnsafeMutablePointer<AVFrame>?) -> AVRational {
        av_guess_sample_aspect_ratio(context, stream, frame)
    }
}
