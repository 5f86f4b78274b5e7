import AuspexSupport
import AuspexTensors
import CAuspexFFmpeg

/// Reads chosen frames of one video file exactly: frame n is the n-th that a full decode shows.
///
/// A reader keeps its file and decoder open between calls. It serves one thread at a time; `ReaderPool` lends readers to many.
public final class VideoReader {
    /// The file, as it was given.
    public let path: String
    package let index: FrameIndex
    private var demuxer: Demuxer
    private let threads: Int
    private let mostPictureBytes: Int
    private var decoder: FrameDecoder
    private let scaler = FrameScaler()
    private let packet: PacketBox
    private let orientation: Orientation
    /// A note on the pictures that were read: given once, however many there are.
    package private(set) var note: String?
    private var position = Position()

    /// The position of reading.
    private struct Position {
        /// Number of the next packet that the container gives; nil if unknown.
        var nextPacket: Int? = 0
        /// The last frame that was taken out; later ones are still in the decoder.
        var lastFrame = -1
        /// Whether the decoder was told that no more packets come.
        var isDrained = false
        /// The first correct frame: those before it would have needed packets before the place where decoding began.
        var firstWholeFrame = 0
        /// Whether damage to a frame must come from the file, and not from the place where decoding began.
        var beganClean = true
    }

    /// Opens a file and finds its frames: reads every packet once, and decodes the file if that leaves a doubt.
    ///
    /// - Parameter threads: decoding threads; 0 uses as many as there are processors.
    /// - Throws: `VideoError` where there is no such file, it is not a video, or nothing in it can be decoded.
    public convenience init(path: String, threads: Int = 0) throws {
        let stamp = FileStamp(of: path)
        let known = IndexCache.standard.index(of: path, stamp: stamp)
        try self.init(path: path, threads: threads, index: known)
        if known == nil { IndexCache.standard.keep(index, of: path, stamp: stamp) }
    }

    /// - Parameter mostPictureBytes: limit of decoded pictures that the decoder may hold.
    package convenience init(path: String, threads: Int, mostPictureBytes: Int) throws {
        try self.init(path: path, threads: threads, index: nil, mostPictureBytes: mostPictureBytes)
    }

    init(
        path: String, threads: Int, index known: FrameIndex?, mostPictureBytes: Int = MediaLimits.mostPictureBytes
    ) throws {
        self.path = path
        self.threads = threads
        self.mostPictureBytes = mostPictureBytes
        packet = try PacketBox(path: path)
        var demuxer = try Demuxer(path: path, analysing: known?.isCounted ?? false)
        if let known {
            index = known
        } else {
            index = try FrameIndex(scanning: demuxer, threads: threads)
            position.nextPacket = nil
            if index.isCounted {
                demuxer = try Demuxer(path: path, analysing: true)
                position.nextPacket = 0
            }
        }
        self.demuxer = demuxer
        decoder = try FrameDecoder(
            demuxer: demuxer, threads: threads, reorderDepth: index.isCounted ? 0 : index.reorderDepth,
            mostPictureBytes: mostPictureBytes)
        orientation = Orientation(displayMatrix: ax_display_matrix(demuxer.stream))
    }

    /// Frames that a full decode shows.
    public var frameCount: Int { index.frameCount }

    /// When a frame is shown, in seconds after the first.
    public func seconds(ofFrame frame: Int) -> Double { index.seconds[frame] }

    /// The frame shown nearest to a time.
    public func frame(nearest seconds: Double) -> Int { index.frame(nearest: seconds) }

    /// When its frames are shown.
    package var timeline: Timeline { index.timeline() }

    /// Mean time from one frame to the next; nil for a single frame.
    public var frameIntervalSeconds: Double? { index.frameIntervalSeconds }

    /// Why the file is incomplete; nil if no problem was found.
    public var damage: String? { index.damage }

    /// Size as stored, rotated for display.
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
        var batch = PictureBatch(frames: frames, size: form.size ?? storedSize, channels: form.colour.channels)
        try decode(frames, continuing: continuing) { event in
            switch event {
            case .restart: batch.reset()
            case .frame(let number, let frame): try batch.write(frame: number) { try write(frame, form: form, to: $0) }
            }
        }
        return try batch.finished(path: path)
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
        // A stream may begin to rotate itself at some frame, whatever the container says.
        let orientation = Orientation(of: frame) ?? self.orientation
        guard form.size != nil || orientation.isTransposed == self.orientation.isTransposed else {
            throw VideoError(
                .damaged, path, "frame \(position.lastFrame) is turned to another shape: ask for a size to scale to")
        }
        try checkProgressive(frame)
        note = note ?? SourceColour.note(on: frame.pointee.color_trc, path: path)
        try scaler.write(
            frame, form: form, orientation: orientation,
            pixelAspect: demuxer.pixelAspect(of: frame), to: out)
    }

    /// - Throws: `VideoError.interlaced` for a frame whose odd and even rows are from different times.
    private func checkProgressive(_ frame: UnsafeMutablePointer<AVFrame>) throws {
        let codec = demuxer.parameters.codec_id
        // PNG's interlacing is only a storage order.
        guard ax_frame_is_interlaced(frame) != 0, codec != AV_CODEC_ID_PNG, codec != AV_CODEC_ID_APNG else { return }
        throw VideoError.interlaced(path, frame: position.lastFrame)
    }

    /// Bytes of decoded pictures that the reader holds between calls.
    var heldBytes: Int { decoder.heldBytes }

    /// Frames as the decoder gives them, their planes in order without gaps: what `ffmpeg -f rawvideo` writes.
    package func storedBytes(at frames: [Int], continuing: Bool = false) throws -> [[UInt8]] {
        var pictures: [[UInt8]] = []
        try decode(frames, continuing: continuing) { event in
            guard case .frame(_, let frame) = event else { return pictures.removeAll() }
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
    /// Receives the decoded frames.
    private enum Event {
        /// The next wanted frame, in rising order.
        case frame(Int, UnsafeMutablePointer<AVFrame>)
        /// Decoding begins again: everything given so far is void.
        case restart
    }

    /// The frames that one call wants.
    private struct Run {
        /// Numbers in rising order, each once.
        var wanted: [Int]
        var continuing: Bool
        /// Whether unwanted frames may be dropped, and the decoder be drained once all needed packets are in.
        var takesShortcuts: Bool
        /// How many of the wanted frames have come.
        private(set) var delivered = 0
        private let set: Set<Int>

        init(wanted: [Int], continuing: Bool) {
            self.wanted = wanted
            self.continuing = continuing
            takesShortcuts = true
            set = Set(wanted)
        }

        var first: Int { wanted[0] }
        var last: Int { wanted[wanted.count - 1] }
        var isComplete: Bool { delivered == wanted.count }
        var next: Int { wanted[delivered] }

        mutating func deliver() { delivered += 1 }

        /// The same from the start of the file, decoding everything.
        mutating func restart() { (delivered, takesShortcuts) = (0, false) }

        /// Whether a frame must come out of the decoder; frames after the last wanted one are needed by a call that continues from here.
        func needs(_ frame: Int) -> Bool { !takesShortcuts || frame < 0 || frame > last || set.contains(frame) }
    }

    /// Decodes from the nearest starting point and, if that does not give every frame in order, from the start of the file.
    private func decode(_ frames: [Int], continuing: Bool, _ handle: (Event) throws -> Void) throws {
        guard let first = frames.first, let last = frames.last else { return }
        if let doubt = index.doubt(about: frames) { throw VideoError(.damaged, path, doubt) }
        var wanted = [first]
        for frame in frames where frame > wanted[wanted.count - 1] { wanted.append(frame) }
        require(wanted[wanted.count - 1] == last, "VideoReader.decode", "frames \(frames) do not rise")
        var run = Run(wanted: wanted, continuing: continuing)
        do {
            let start = index.start(for: first)
            if !canContinue(to: first, from: start) { try go(to: start) }
            if try decode(&run, handle) { return }
            try handle(.restart)
            try reopen()
            decoder = try FrameDecoder(
                demuxer: demuxer, threads: threads, reorderDepth: index.isCounted ? 0 : index.reorderDepth,
                mostPictureBytes: mostPictureBytes)
            run.restart()
            if try decode(&run, handle) { return }
        } catch {
            position = Position(nextPacket: nil, isDrained: true)
            throw error
        }
        position = Position(nextPacket: nil, isDrained: true)
        throw VideoError(
            .damaged, path, "frame \(run.next) does not come out of the decoder as in a decode of the whole file")
    }

    /// Whether continuing from here is no more work than beginning at the nearest starting point.
    private func canContinue(to first: Int, from start: FrameIndex.Start?) -> Bool {
        guard let next = position.nextPacket, !position.isDrained, first > position.lastFrame else { return false }
        return first >= position.firstWholeFrame && (start?.packet ?? 0) <= next
    }

    private func reopen() throws {
        demuxer = try Demuxer(path: path, analysing: index.isCounted)
        decoder.flush()
        packet.isHeld = false
        position = Position()
    }

    /// Makes a start's packet the next to be decoded.
    private func go(to start: FrameIndex.Start?) throws {
        packet.isHeld = false
        guard let start, start.packet > 0 else {
            // A file that has just been opened is at its start.
            guard position.nextPacket != 0 || position.isDrained else { return }
            if let start, demuxer.rewind() {
                decoder.flush()
                position = Position(nextPacket: nil)
                if try advance(to: start) {
                    (position.firstWholeFrame, position.beganClean) = (0, true)
                    return
                }
            }
            return try reopen()
        }
        decoder.flush()
        position = Position(nextPacket: nil)
        if start.position >= 0, demuxer.seek(toByte: start.position), try advance(to: start) { return }
        // Matroska seeks by display time, MP4 by decoding time; the packets tell where the seek ended.
        for time in [start.presentation, start.decoding] where time != ax_no_timestamp() {
            position = Position(nextPacket: nil)
            if demuxer.seek(to: time), try advance(to: start) { return }
        }
        try reopen()
        _ = try advance(to: start)
    }

    /// Reads up to a start's packet and holds it back; false if the container is already past it.
    private func advance(to start: FrameIndex.Start) throws -> Bool {
        while try demuxer.read(into: packet.pointer) {
            let read = packet.pointer.pointee
            if position.nextPacket == start.packet || (position.nextPacket == nil && matches(start, read)) {
                position.nextPacket = start.packet
                position.firstWholeFrame = start.frame
                position.beganClean = start.isClean
                packet.isHeld = true
                return true
            }
            if let next = position.nextPacket {
                position.nextPacket = next + 1
            } else if isPast(read, start) {
                return false
            }
        }
        return false
    }

    /// After a seek a container may have lost one of the two times, and may first give the rest of a packet that began before.
    private func matches(_ start: FrameIndex.Start, _ read: AVPacket) -> Bool {
        let none = ax_no_timestamp()
        guard read.flags & AV_PKT_FLAG_KEY != 0, read.size == index.bytesOfPacket[start.packet] else { return false }
        if start.position >= 0, read.pos >= 0, start.position != read.pos { return false }
        if start.presentation != none, read.pts != none { return start.presentation == read.pts }
        return start.decoding != none && start.decoding == read.dts
    }

    private func isPast(_ read: AVPacket, _ start: FrameIndex.Start) -> Bool {
        let none = ax_no_timestamp()
        if start.presentation != none, read.pts != none {
            return read.flags & AV_PKT_FLAG_KEY != 0 && read.pts > start.presentation
        }
        return start.decoding != none && read.dts != none && read.dts > start.decoding
    }

    /// - Returns: whether every wanted frame came, and came in order.
    private func decode(_ run: inout Run, _ handle: (Event) throws -> Void) throws -> Bool {
        let lastPacket = index.recognisesPackets ? run.wanted.map { Int(index.packetOfFrame[$0]) }.max() ?? 0 : .max
        var failures = 0
        while !run.isComplete {
            do {
                switch try decoder.receive() {
                case .end: return false
                case .needsPacket:
                    if run.takesShortcuts, !run.continuing, (position.nextPacket ?? 0) > lastPacket {
                        try finish()
                    } else if try !feed(run) {
                        return false
                    }
                    continue
                case .frame: break
                }
            } catch let error as VideoError where error.kind == .damaged {
                // The full decode continued after packets that do not decode, and its checksums tell which frames are correct.
                failures += 1
                if index.isCounted, failures < 256 { continue }
                guard position.beganClean, !index.isCounted else { return false }
                throw error
            }
            let number = index.recognisesPackets ? Int(clamping: decoder.frame.pointee.pts) : position.lastFrame + 1
            // Frames that a full decode does not give, and those whose references are missing.
            guard number >= position.firstWholeFrame else { continue }
            guard number > position.lastFrame, number <= run.next else { return false }
            position.lastFrame = number
            guard decoder.isFrameWhole else {
                // A damaged frame damages all frames that refer to it, up to the next start.
                guard position.beganClean else { return false }
                throw VideoError(.damaged, path, "frame \(number) is damaged")
            }
            guard number == run.next else { continue }
            if index.isCounted, FrameChecksum.of(decoder.frame) != index.checksums[number] { return false }
            try handle(.frame(number, decoder.frame))
            run.deliver()
        }
        return true
    }

    /// Sends the next packet, marked with the number of its frame.
    ///
    /// - Returns: false if the container gives another packet than when the index was made.
    private func feed(_ run: Run) throws -> Bool {
        if packet.isHeld {
            packet.isHeld = false
        } else if try !read() {
            try finish()
            return true
        }
        let number = position.nextPacket ?? 0
        position.nextPacket = number + 1
        guard number < index.bytesOfPacket.count, index.bytesOfPacket[number] == packet.pointer.pointee.size else {
            return false
        }
        guard index.recognisesPackets else {
            try decoder.send(packet.pointer)
            return true
        }
        let frame = Int(index.frameOfPacket[number])
        packet.pointer.pointee.pts = frame >= 0 ? Int64(frame) : ax_no_timestamp()
        try decoder.send(packet.pointer, isWanted: run.needs(frame))
        return true
    }

    /// Reads a packet. If reading failed when frames were counted, the packets before are all there are.
    private func read() throws -> Bool {
        do {
            return try demuxer.read(into: packet.pointer)
        } catch let error as VideoError where error.kind == .damaged && index.isCounted {
            return false
        }
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
    /// Width of a stored pixel over its height: as the container says, otherwise the frame, otherwise square.
    func pixelAspect(of frame: UnsafeMutablePointer<AVFrame>? = nil) -> Double {
        let ratio = guessAspect(frame)
        guard ratio.num > 0, ratio.den > 0 else { return 1 }
        let aspect = Double(ratio.num) / Double(ratio.den)
        // No camera films this way; files that say so are wrong.
        return (0.1...10).contains(aspect) ? aspect : 1
    }
}
