import AuspexTensors
import CAuspexFFmpeg

/// Reads chosen frames of one video file, exactly: frame n is the n-th that a full decode shows.
///
/// A reader keeps its file and decoder open between calls. It serves one thread at a time; `ReaderPool` lends readers to many.
public final class VideoReader {
    public let path: String
    let index: FrameIndex
    private var demuxer: Demuxer
    private let decoder: FrameDecoder
    private let scaler = FrameScaler()
    private let packet: PacketBox
    private let orientation: Orientation
    private var position = Position()

    /// Where reading stands.
    private struct Position {
        /// Number of the next packet that the container gives; nil where that is not known.
        var nextPacket: Int? = 0
        /// The last frame that was taken out; later ones are still to come out of the decoder.
        var lastFrame = -1
        /// Whether the decoder was told that no more packets come.
        var isDrained = false
        /// The key frame that decoding began with: earlier frames may come out damaged, and are not asked for.
        var firstWholeFrame = 0
    }

    /// Opens a file and finds its frames, reading every packet once.
    ///
    /// - Parameter threads: decoding threads; 0 takes as many as there are processors.
    /// - Throws: `VideoError` where there is no such file, it is no video, or nothing in it can be decoded.
    public convenience init(path: String, threads: Int = 0) throws {
        try self.init(path: path, threads: threads, index: nil)
    }

    init(path: String, threads: Int, index known: FrameIndex?) throws {
        self.path = path
        packet = try PacketBox(path: path)
        demuxer = try Demuxer(path: path)
        if let known {
            index = known
        } else {
            index = try FrameIndex(scanning: demuxer)
            position.nextPacket = nil
        }
        decoder = try FrameDecoder(demuxer: demuxer, threads: threads)
        orientation = Orientation(displayMatrix: ax_display_matrix(demuxer.stream))
    }

    public var frameCount: Int { index.frameCount }

    /// When a frame is shown, in seconds after the first.
    public func seconds(ofFrame frame: Int) -> Double { index.seconds[frame] }

    /// The frame shown nearest to a time.
    public func frame(nearest seconds: Double) -> Int { index.frame(nearest: seconds) }

    /// Mean time from one frame to the next; nil for a single frame.
    public var frameIntervalSeconds: Double? { index.frameIntervalSeconds }

    /// Why the file is not whole; nil where nothing was found.
    public var damage: String? { index.damage }

    /// Size as stored, turned as it is shown.
    public var storedSize: FrameSize {
        let (height, width) = (Int(demuxer.parameters.height), Int(demuxer.parameters.width))
        return orientation.isTransposed
            ? FrameSize(height: width, width: height) : FrameSize(height: height, width: width)
    }

    /// Decodes frames.
    ///
    /// - Parameters:
    ///   - frames: numbers in `0..<frameCount`, none smaller than the one before.
    ///   - form: size, cut, filter and channels.
    ///   - continuing: whether the next call will probably ask for the frames that follow: then nothing is decoded twice.
    /// - Returns: `[T, H, W, C]`, uint8.
    /// - Throws: `VideoError.damaged` where a frame cannot be decoded whole.
    public func frames(at frames: [Int], form: PictureForm, continuing: Bool = false) throws -> Tensor {
        require(
            !frames.isEmpty && zip(frames, frames.dropFirst()).allSatisfy(<=) && frames[0] >= 0
                && frames[frames.count - 1] < frameCount, "VideoReader.frames",
            "frames \(frames) of a file of \(frameCount), in rising order")
        let size = form.size ?? storedSize
        let channels = form.colour.channels
        let frameBytes = size.height * size.width * channels
        var pictures = Tensor(uninitialized: [frames.count, size.height, size.width, channels], elementType: .uint8)
        try pictures.withMutableScalars(as: UInt8.self) { bytes in
            var next = 0
            try decode(frames, continuing: continuing) { number, frame in
                let first = next
                while next < frames.count, frames[next] == number {
                    let out = bytes.baseAddress! + next * frameBytes
                    if next > first {
                        out.update(from: out - frameBytes, count: frameBytes)
                    } else {
                        try write(frame, form: form, to: out)
                    }
                    next += 1
                }
            }
        }
        return pictures
    }

    private func write(
        _ frame: UnsafeMutablePointer<AVFrame>, form: PictureForm, to out: UnsafeMutablePointer<UInt8>
    ) throws {
        let size = FrameSize(height: Int(frame.pointee.height), width: Int(frame.pointee.width))
        let stored = FrameSize(height: Int(demuxer.parameters.height), width: Int(demuxer.parameters.width))
        guard form.size != nil || size == stored else {
            throw VideoError(
                .damaged, path, "the picture's size changes from \(stored) to \(size): ask for a size to scale to")
        }
        try scaler.write(
            frame, form: form, orientation: orientation,
            pixelAspect: demuxer.pixelAspect(of: frame), to: out)
    }

    /// Frames as the decoder gives them, planes one behind the other without gaps: what `ffmpeg -f rawvideo` writes.
    package func storedBytes(at frames: [Int], continuing: Bool = false) throws -> [[UInt8]] {
        var pictures: [[UInt8]] = []
        try decode(frames, continuing: continuing) { _, frame in
            let (format, width, height) = (
                AVPixelFormat(frame.pointee.format), frame.pointee.width, frame.pointee.height
            )
            let size = av_image_get_buffer_size(format, width, height, 1)
            var bytes = [UInt8](repeating: 0, count: Int(max(0, size)))
            _ = ax_frame_copy(frame, &bytes, size)
            pictures.append(bytes)
        }
        return pictures
    }
}

extension VideoReader {
    /// Decodes, from the nearest key frame and, if that does not give every frame (as in streams that refresh picture parts one by one), from the start.
    private func decode(
        _ frames: [Int], continuing: Bool, each body: (Int, UnsafeMutablePointer<AVFrame>) throws -> Void
    ) throws {
        let wanted = Set(frames)
        guard let first = frames.first, let last = frames.last else { return }
        let run = Run(first: first, last: last, wanted: wanted, continuing: continuing)
        var delivered: Set<Int> = []
        func once(_ number: Int, _ frame: UnsafeMutablePointer<AVFrame>) throws {
            if delivered.insert(number).inserted { try body(number, frame) }
        }
        do {
            let keyFrame = index.keyFrame(for: first)
            if !canContinue(to: first, from: keyFrame) { try go(to: keyFrame) }
            if try decode(run, each: once) { return }
            try reopen()
            if try decode(run, each: once) { return }
        } catch {
            position = Position(nextPacket: nil, isDrained: true)
            throw error
        }
        throw VideoError(
            .damaged, path, "frame \(run.missing(after: position.lastFrame)) does not come out of the decoder")
    }

    /// What one call wants.
    private struct Run {
        var first: Int
        var last: Int
        var wanted: Set<Int>
        var continuing: Bool

        func missing(after frame: Int) -> Int { wanted.filter { $0 > frame }.min() ?? first }
    }

    /// Whether going on from here is no more work than starting at the key frame.
    private func canContinue(to first: Int, from keyFrame: FrameIndex.KeyFrame?) -> Bool {
        guard let next = position.nextPacket, !position.isDrained, first > position.lastFrame else { return false }
        return (keyFrame?.packet ?? 0) <= next
    }

    private func reopen() throws {
        demuxer = try Demuxer(path: path)
        decoder.flush()
        packet.isHeld = false
        position = Position()
    }

    /// Makes a key frame's packet the next to be decoded.
    private func go(to keyFrame: FrameIndex.KeyFrame?) throws {
        packet.isHeld = false
        guard let keyFrame, keyFrame.packet > 0 else {
            // A file that has just been opened stands at its start.
            guard position.nextPacket != 0 || position.isDrained else { return }
            if index.order != .sequential, demuxer.rewind() {
                decoder.flush()
                position = Position(nextPacket: nil)
                if try advance(to: 0) { return }
            }
            return try reopen()
        }
        decoder.flush()
        // Matroska counts by when frames are shown, MP4 by when they are decoded; the packets tell where the jump ended.
        for time in [keyFrame.presentation, keyFrame.decoding] where time != ax_no_timestamp() {
            position = Position(nextPacket: nil)
            if demuxer.seek(to: time), try advance(to: keyFrame.packet) { return }
        }
        try reopen()
        _ = try advance(to: keyFrame.packet)
    }

    /// Reads up to a key frame's packet and holds it back; false where the container stands behind it.
    private func advance(to number: Int) throws -> Bool {
        if let next = position.nextPacket, next == number { return true }
        let target = index.keyFrames.first { $0.packet == number }
        while try demuxer.read(into: packet.pointer) {
            let read = packet.pointer.pointee
            if target.map({ matches($0, read) }) ?? false || position.nextPacket == number {
                position.nextPacket = number
                position.firstWholeFrame = target?.frame ?? 0
                packet.isHeld = true
                return true
            }
            if let target, isBehind(read, target) { return false }
            if let next = position.nextPacket { position.nextPacket = next + 1 }
        }
        return false
    }

    /// After a jump a container may not know one of the two times any more.
    private func matches(_ target: FrameIndex.KeyFrame, _ read: AVPacket) -> Bool {
        let none = ax_no_timestamp()
        guard read.flags & AV_PKT_FLAG_KEY != 0 else { return false }
        if target.presentation != none, read.pts != none { return target.presentation == read.pts }
        return target.decoding != none && target.decoding == read.dts
    }

    private func isBehind(_ read: AVPacket, _ target: FrameIndex.KeyFrame) -> Bool {
        let none = ax_no_timestamp()
        if target.presentation != none, read.pts != none {
            return read.flags & AV_PKT_FLAG_KEY != 0 && read.pts > target.presentation
        }
        return target.decoding != none && read.dts != none && read.dts > target.decoding
    }

    /// - Returns: whether every wanted frame came.
    private func decode(_ run: Run, each body: (Int, UnsafeMutablePointer<AVFrame>) throws -> Void) throws -> Bool {
        var remaining = run.wanted.count
        let lastPacket = run.wanted.map { Int(index.packetOfFrame[$0]) }.max() ?? 0
        while remaining > 0 {
            switch try decoder.receive() {
            case .end: return false
            case .needsPacket:
                if !run.continuing, index.order != .sequential, (position.nextPacket ?? 0) > lastPacket {
                    try finish()
                } else {
                    try feed(run)
                }
            case .frame:
                let frame = decoder.frame
                let number = index.order == .sequential ? position.lastFrame + 1 : Int(frame.pointee.pts)
                guard number > position.lastFrame else { continue }
                // Behind the first wanted frame without it: this key frame was none to start from.
                if number > run.first, remaining == run.wanted.count { return false }
                position.lastFrame = number
                let isWhole = frame.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0 && frame.pointee.decode_error_flags == 0
                // A damaged frame damages all that refer to it, up to the next key frame.
                guard isWhole || number < position.firstWholeFrame else {
                    throw VideoError(.damaged, path, "frame \(number) is damaged")
                }
                guard run.wanted.contains(number) else { continue }
                try body(number, frame)
                remaining -= 1
            }
        }
        return true
    }

    /// Sends the next packet, marked with the number of its frame.
    private func feed(_ run: Run) throws {
        if packet.isHeld {
            packet.isHeld = false
        } else if try !demuxer.read(into: packet.pointer) {
            return try finish()
        }
        let number = position.nextPacket ?? 0
        position.nextPacket = number + 1
        let frame = number < index.frameOfPacket.count ? Int(index.frameOfPacket[number]) : -1
        guard index.order != .sequential else { return try decoder.send(packet.pointer) }
        packet.pointer.pointee.pts = frame >= 0 ? Int64(frame) : ax_no_timestamp()
        // Frames behind the last wanted one are still wanted by whoever goes on from here.
        let isWanted = frame < 0 || run.wanted.contains(frame) || frame > run.last
        try decoder.send(packet.pointer, isWanted: isWanted)
    }

    private func finish() throws {
        position.isDrained = true
        try decoder.send(nil)
    }
}

/// A packet, and whether it was read but not yet decoded.
final class PacketBox {
    let pointer: UnsafeMutablePointer<AVPacket>
    var isHeld = false

    init(path: String) throws {
        guard let packet = av_packet_alloc() else { throw VideoError(.damaged, path, "no memory for a packet") }
        pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }
}

extension Demuxer {
    /// Width of a stored pixel over its height: the container's word, else the frame's, else square.
    func pixelAspect(of frame: UnsafeMutablePointer<AVFrame>? = nil) -> Double {
        let ratio = guessAspect(frame)
        guard ratio.num > 0, ratio.den > 0 else { return 1 }
        let aspect = Double(ratio.num) / Double(ratio.den)
        // Nobody films so; files that say it are wrong.
        return (0.1...10).contains(aspect) ? aspect : 1
    }
}
