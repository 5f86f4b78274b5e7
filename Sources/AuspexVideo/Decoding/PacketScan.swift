import CAuspexFFmpeg

/// Information from the packets of a video stream, in file order.
struct PacketScan {
    struct Packet {
        /// Times in the stream's units, made continuous where the container's clock wraps; `ax_no_timestamp()` if there is none.
        var presentation: Int64
        var decoding: Int64
        /// The same as the container gives them.
        var storedPresentation: Int64
        var storedDecoding: Int64
        /// Byte in the file; -1 if the container does not say.
        var position: Int64
        var bytes: Int
        var isKey: Bool
        /// False for packets that an edit list cuts away.
        var isShown: Bool
        var isFlaggedCorrupt: Bool
        var picture: CodedPicture

        /// Whether decoding can begin here: if headers do not tell, by the container's flag, which a comparison of checksums has to confirm.
        var start: CodedPicture.Start { picture.isUncertain && isKey ? .fromHere : picture.start }
    }

    var packets: [Packet] = []
    var order = ShowingOrder.asCoded
    /// Why reading stopped before the end of the file; nil if it did not.
    var damage: String?

    /// Reads every packet of an open file.
    ///
    /// - Parameter visit: gets each packet and its number, after its headers were read.
    init(
        over demuxer: Demuxer, visit: (UnsafeMutablePointer<AVPacket>, Int) throws -> Void = { _, _ in }
    ) throws {
        let box = try PacketBox(path: demuxer.path)
        let packet = box.pointer
        let headers = PictureHeaders(demuxer.stream.pointee.codecpar)
        order = headers.order
        var clock = WrappingClock(bits: demuxer.stream.pointee.pts_wrap_bits)
        while try next(of: demuxer, into: packet) {
            let read = packet.pointee
            let times = clock.times(of: read)
            packets.append(
                Packet(
                    presentation: times.presentation, decoding: times.decoding, storedPresentation: read.pts,
                    storedDecoding: read.dts, position: read.pos, bytes: Int(read.size),
                    isKey: read.flags & AV_PKT_FLAG_KEY != 0, isShown: read.flags & AV_PKT_FLAG_DISCARD == 0,
                    isFlaggedCorrupt: read.flags & AV_PKT_FLAG_CORRUPT != 0, picture: headers.picture(in: read)))
            try visit(packet, packets.count - 1)
        }
    }

    /// A file that cannot be read to its end is damaged, but the part that was read still counts.
    private mutating func next(of demuxer: Demuxer, into packet: UnsafeMutablePointer<AVPacket>) throws -> Bool {
        do {
            return try demuxer.read(into: packet)
        } catch let error as VideoError where error.kind == .damaged {
            damage = error.message
            return false
        }
    }
}

/// Makes times continuous in containers that store them in a limited number of bits: MPEG-TS wraps after 26.5 hours.
struct WrappingClock {
    private let period: Int64
    private var last: Int64?
    private var offset: Int64 = 0

    /// - Parameter bits: of the container's times; 64 if they do not wrap.
    init(bits: Int32) { period = (1..<63).contains(bits) ? 1 << Int64(bits) : 0 }

    mutating func times(of packet: AVPacket) -> (presentation: Int64, decoding: Int64) {
        let none = ax_no_timestamp()
        guard period > 0 else { return (packet.pts, packet.dts) }
        if packet.dts != none {
            if let last, packet.dts < last - period / 2 { offset += period }
            last = packet.dts
        }
        let decoding = packet.dts == none ? none : packet.dts + offset
        var presentation = packet.pts == none ? none : packet.pts + offset
        // The wrap may be between a picture's two times.
        if presentation != none, decoding != none, presentation < decoding - period / 2 { presentation += period }
        return (presentation, decoding)
    }
}
