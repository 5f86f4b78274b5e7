import CAuspexFFmpeg

/// The frames that a decode of a whole file gives, as the ffmpeg program would write them.
struct FrameCount {
    /// The packet of each frame; -1 if the decoder does not say.
    var packetOfFrame: [Int32] { frames.packets }
    /// `FrameChecksum` of each frame.
    var checksums: [UInt64] { frames.checksums }
    /// The decoder's message for the last packet that it could not decode.
    var complaint: String? { frames.complaint }
    /// Frames that a second decode gives differently: a decoder's replacement for missing references depends on its threads.
    let unsteadyFrames: [Int]
    let scan: PacketScan
    private let frames: Frames

    /// Decodes every packet, continuing after those that cannot be decoded. If the decoder reports errors, it decodes twice.
    ///
    /// - Throws: `VideoError` where the file or its decoder cannot be opened.
    init(path: String, threads: Int) throws {
        let first = try Self.decode(path: path, threads: threads)
        (scan, frames) = (first.scan, first.frames)
        guard first.errors > 0, !first.frames.packets.isEmpty else {
            unsteadyFrames = []
            return
        }
        unsteadyFrames = first.frames.differences(
            from: try Self.decode(path: path, threads: threads == 1 ? 2 : 1).frames)
    }

    private static func decode(path: String, threads: Int) throws -> (scan: PacketScan, frames: Frames, errors: Int) {
        // As the ffmpeg program does: what is learned from the first packets decides how many frames the decoder holds back.
        let demuxer = try Demuxer(path: path, analysing: true)
        let decoder = try FrameDecoder(demuxer: demuxer, threads: threads)
        var frames = Frames()
        let scan = try PacketScan(over: demuxer) { packet, number in
            packet.pointee.pts = Int64(number)
            frames.send(packet, to: decoder)
        }
        frames.send(nil, to: decoder)
        // Pictures that are refused for their size are not damage: the reason must not be lost behind later errors.
        if frames.packets.isEmpty, let refusal = frames.refusal { throw refusal }
        return (scan, frames, decoder.reportedErrors)
    }

    private struct Frames {
        var packets: [Int32] = []
        var checksums: [UInt64] = []
        var complaint: String?
        /// The first picture that was refused for its size.
        private(set) var refusal: VideoError?

        mutating func send(_ packet: UnsafeMutablePointer<AVPacket>?, to decoder: FrameDecoder) {
            do { try decoder.send(packet) } catch { note(error) }
            // A decoder with several threads reports an error late, between frames that are good.
            var errors = 0
            while errors < 256 {
                do {
                    guard try decoder.receive() == .frame else { return }
                    let tag = decoder.frame.pointee.pts
                    packets.append(tag == ax_no_timestamp() ? -1 : Int32(clamping: tag))
                    checksums.append(FrameChecksum.of(decoder.frame))
                } catch {
                    errors += 1
                    note(error)
                }
            }
        }

        /// Frames that the other decode does not have, or has with other pixels.
        func differences(from other: Frames) -> [Int] {
            var known: [Int32: UInt64] = [:]
            for (packet, checksum) in zip(other.packets, other.checksums) { known[packet] = checksum }
            return packets.indices.filter { known[packets[$0]] != checksums[$0] }
        }

        private mutating func note(_ error: any Error) {
            let error = error as? VideoError
            if error?.kind == .tooLarge { refusal = refusal ?? error }
            complaint = error?.message ?? complaint
        }
    }
}
