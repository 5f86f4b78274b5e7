import CAuspexFFmpeg
import Foundation

/// Which frames a video file has, when each is shown, and from which key frame it can be decoded: found by reading every packet once,
/// without decoding.
///
/// A frame's number counts from 0 in the order frames are shown. A packet's number counts from 0 in the order they lie in the file.
final class FrameIndex: Sendable {
    /// How a decoded frame is recognised.
    enum Order: Sendable {
        /// Every packet says when its frame is shown.
        case timestamps
        /// No times, but the codec shows frames in the order they lie in the file.
        case packets
        /// No times, and frames may be reordered: only decoding from the start tells which is which.
        case sequential
    }

    struct KeyFrame: Sendable {
        var packet: Int
        var frame: Int
        /// Times in the stream's units, to seek to; `ax_no_timestamp()` where there is none.
        var presentation: Int64
        var decoding: Int64
    }

    let order: Order
    /// When each frame is shown, in the order of showing, in seconds after the first.
    let seconds: [Double]
    /// The frame that each packet gives; -1 for packets that are never shown.
    let frameOfPacket: [Int32]
    let packetOfFrame: [Int32]
    /// In the order they lie in the file.
    let keyFrames: [KeyFrame]
    /// Why the file is not whole; nil where nothing was found.
    let damage: String?

    var frameCount: Int { seconds.count }

    /// The last key frame that is shown no later than a frame; the start of the file where there is none.
    func keyFrame(for frame: Int) -> KeyFrame? {
        guard order != .sequential else { return nil }
        var (low, high) = (0, keyFrames.count)
        while low < high {
            let middle = (low + high) / 2
            if keyFrames[middle].frame <= frame { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? keyFrames[low - 1] : nil
    }

    /// The frame shown nearest to a time; of two equally near ones the earlier.
    func frame(nearest time: Double) -> Int {
        var (low, high) = (0, seconds.count)
        while low < high {
            let middle = (low + high) / 2
            if seconds[middle] < time { low = middle + 1 } else { high = middle }
        }
        if low == seconds.count { return max(0, low - 1) }
        return low > 0 && time - seconds[low - 1] <= seconds[low] - time ? low - 1 : low
    }

    /// Mean time from one frame to the next; nil for a single frame.
    var frameIntervalSeconds: Double? {
        guard let last = seconds.last, seconds.count > 1, last > 0 else { return nil }
        return last / Double(seconds.count - 1)
    }

    /// Whether some interval differs from the mean by more than what rounding to the container's clock explains.
    ///
    /// Containers count in ticks as coarse as 10 ms (GIF), so a hundredth of a second is never called variable.
    var hasVariableFrameRate: Bool {
        guard let mean = frameIntervalSeconds else { return false }
        let tolerance = max(0.011, mean * 0.2)
        return zip(seconds, seconds.dropFirst()).contains { abs($1 - $0 - mean) > tolerance }
    }

    /// Reads every packet of an open file.
    ///
    /// - Throws: `VideoError` where there is no frame at all.
    init(scanning demuxer: Demuxer) throws {
        var scan = PacketScan()
        damage = try scan.run(over: demuxer)
        guard scan.presentation.count > 0 else {
            throw VideoError(.damaged, demuxer.path, "no frame in it\(damage.map { " (\($0))" } ?? "")")
        }
        let none = ax_no_timestamp()
        let packets = scan.presentation.indices
        let shown = packets.filter { scan.isShown[$0] }
        let everyTime = shown.allSatisfy { scan.presentation[$0] != none }
        let reorders = demuxer.codecReorders
        order =
            everyTime && scan.decodingTimesRise ? .timestamps : reorders ? .sequential : .packets
        let sorted =
            order == .timestamps
            ? shown.sorted { (scan.presentation[$0], $0) < (scan.presentation[$1], $1) } : shown
        var frameOfPacket = [Int32](repeating: -1, count: packets.count)
        for (frame, packet) in sorted.enumerated() { frameOfPacket[packet] = Int32(frame) }
        self.frameOfPacket = frameOfPacket
        packetOfFrame = sorted.map(Int32.init)
        keyFrames = packets.filter { scan.isKey[$0] && frameOfPacket[$0] >= 0 }.map {
            KeyFrame(
                packet: $0, frame: Int(frameOfPacket[$0]), presentation: scan.presentation[$0],
                decoding: scan.decoding[$0])
        }
        seconds = Self.seconds(of: sorted, scan: scan, order: order, demuxer: demuxer)
    }

    private static func seconds(of sorted: [Int], scan: PacketScan, order: Order, demuxer: Demuxer) -> [Double] {
        let stream = demuxer.stream.pointee
        let tick = Double(stream.time_base.num) / Double(max(1, stream.time_base.den))
        let clock = order == .timestamps ? scan.presentation : scan.decoding
        let times = sorted.map { clock[$0] }
        if !times.contains(ax_no_timestamp()), let first = times.first, zip(times, times.dropFirst()).allSatisfy(<=) {
            return times.map { Double($0 - first) * tick }
        }
        // Without any clock the container's frame rate has to do, and 25 a second where it has none.
        let rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate
        let interval = rate.num > 0 ? Double(rate.den) / Double(rate.num) : 0.04
        return sorted.indices.map { Double($0) * interval }
    }
}

/// What the packets of a file say, in the order they lie there.
private struct PacketScan {
    var presentation: [Int64] = []
    var decoding: [Int64] = []
    var isKey: [Bool] = []
    var isShown: [Bool] = []
    /// A clock that runs backwards (joined recordings) makes times useless for ordering.
    var decodingTimesRise = true

    /// - Returns: why the file is not whole, if it is not.
    mutating func run(over demuxer: Demuxer) throws -> String? {
        FFmpegMessages.clear()
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        guard let packet else { throw VideoError(.damaged, demuxer.path, "no memory for a packet") }
        let isVP8 = demuxer.parameters.codec_id == AV_CODEC_ID_VP8
        var damage: String?
        var last = Int64.min
        do {
            while try demuxer.read(into: packet) {
                let read = packet.pointee
                if read.dts != ax_no_timestamp() {
                    if read.dts < last { decodingTimesRise = false }
                    last = read.dts
                }
                presentation.append(read.pts)
                decoding.append(read.dts)
                isKey.append(read.flags & AV_PKT_FLAG_KEY != 0)
                // VP8 keeps its hidden reference frames in packets of their own: bit 4 of the first byte is `show_frame`.
                let isHidden = isVP8 && read.size > 0 && read.data[0] & 0x10 == 0
                isShown.append(read.flags & AV_PKT_FLAG_DISCARD == 0 && !isHidden)
                if read.flags & AV_PKT_FLAG_CORRUPT != 0 {
                    damage = damage ?? "the file is cut or damaged at frame \(presentation.count - 1)"
                }
            }
        } catch let error as VideoError {
            damage = error.message
        }
        return damage ?? demuxer.truncation
    }
}

extension Demuxer {
    /// Whether the codec may show frames in another order than they lie in the file.
    fileprivate var codecReorders: Bool {
        guard let descriptor = avcodec_descriptor_get(parameters.codec_id) else { return true }
        return descriptor.pointee.props & AV_CODEC_PROP_REORDER != 0
    }

    /// Signs that a file ends too early which FFmpeg passes over in silence.
    fileprivate var truncation: String? {
        if let said = FFmpegMessages.said, said.contains("partial file") || said.contains("prematurely") {
            return "the file is cut: \(said)"
        }
        guard containerName == "avi", let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        // RIFF: four letters, then the length of what follows them.
        guard let head = try? file.read(upToCount: 8), head.count == 8, let end = try? file.seekToEnd() else {
            return nil
        }
        let length = head.suffix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // Recorders that could not go back leave the length unset.
        guard length < 0xFFFF_FFF0 else { return nil }
        return length + 8 > end + 1 ? "the file is cut: \(end) bytes of \(length + 8)" : nil
    }
}
