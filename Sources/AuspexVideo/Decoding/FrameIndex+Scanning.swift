import CAuspexFFmpeg

extension FrameIndex {
    /// Finds the frames of an open file: reads every packet once, and decodes the file only if that leaves a doubt.
    ///
    /// - Parameters:
    ///   - demuxer: at the start of the file.
    ///   - threads: decoding threads, if decoding is needed; 0 uses as many as there are processors.
    /// - Throws: `VideoError` where there is no frame at all.
    init(scanning demuxer: Demuxer, threads: Int = 0) throws {
        FFmpegMessages.clear()
        let scan = try PacketScan(over: demuxer)
        let damage = scan.damage ?? Truncation.find(in: demuxer, packets: scan.packets)
        let order = demuxer.parameters.width > 0 && demuxer.parameters.height > 0 ? scan.certainOrder : nil
        if let order, !order.isEmpty {
            try self.init(
                packetOfFrame: order.map { Int32($0) }, checksums: [], unsteady: [], scan: scan, demuxer: demuxer,
                damage: damage)
            return
        }
        let count = try FrameCount(path: demuxer.path, threads: threads)
        guard !count.packetOfFrame.isEmpty else {
            let reason = damage ?? count.complaint
            throw VideoError(.damaged, demuxer.path, "no frame in it\(reason.map { " (\($0))" } ?? "")")
        }
        try self.init(
            packetOfFrame: count.packetOfFrame, checksums: count.checksums, unsteady: count.unsteadyFrames,
            scan: count.scan, demuxer: demuxer, damage: damage)
    }

    private init(
        packetOfFrame: [Int32], checksums: [UInt64], unsteady: [Int], scan: PacketScan, demuxer: Demuxer,
        damage: String?
    ) throws {
        guard scan.packets.count <= Int(Int32.max) else {
            throw VideoError(.damaged, demuxer.path, "more than \(Int32.max) packets: cut the file into parts")
        }
        var frameOfPacket = [Int32](repeating: -1, count: scan.packets.count)
        var isClear = true
        for (frame, packet) in packetOfFrame.enumerated() {
            if packet < 0 || frameOfPacket[Int(packet)] >= 0 {
                isClear = false
            } else {
                frameOfPacket[Int(packet)] = Int32(frame)
            }
        }
        self.frameOfPacket = frameOfPacket
        self.packetOfFrame = isClear ? packetOfFrame : []
        bytesOfPacket = scan.packets.map { Int32(clamping: $0.bytes) }
        self.checksums = checksums
        self.damage = damage
        keyFrameCount = scan.packets.count { $0.isKey }
        reorderDepth = max(0, packetOfFrame.enumerated().map { Int($1) - $0 }.max() ?? 0)
        starts = Self.starts(in: scan, frameOfPacket: frameOfPacket)
        suspectFrames = Self.suspectFrames(in: scan, frameOfPacket: frameOfPacket, unsteady: unsteady)
        seconds = Self.seconds(of: packetOfFrame, scan: scan, demuxer: demuxer)
    }

    private static func starts(in scan: PacketScan, frameOfPacket: [Int32]) -> [Start] {
        var starts: [Start] = []
        /// The last frame, in display order, of the packets so far.
        var shown = -1
        let hasPositions = Set(scan.packets.map(\.position)).count == scan.packets.count
        for (number, packet) in scan.packets.enumerated() {
            let frame = Int(frameOfPacket[number])
            if frame > shown, packet.isKey, packet.start != .none {
                starts.append(
                    Start(
                        packet: number, frame: frame, isClean: packet.start == .clean,
                        presentation: packet.storedPresentation,
                        decoding: packet.storedDecoding, position: hasPositions ? packet.position : -1))
            }
            shown = max(shown, frame)
        }
        return starts
    }

    /// What a packet that is marked as corrupt may spoil: everything from it to the next starting point for decoding.
    private static func suspectFrames(
        in scan: PacketScan, frameOfPacket: [Int32], unsteady: [Int]
    ) -> [Range<Int>] {
        var suspects = unsteady
        var isSpoilt = false
        /// Leading pictures that follow a start may refer to pictures before it.
        var spoiltBefore = -1
        for (number, packet) in scan.packets.enumerated() {
            let frame = Int(frameOfPacket[number])
            if packet.isFlaggedCorrupt {
                isSpoilt = true
            } else if isSpoilt, packet.start != .none, frame >= 0 {
                isSpoilt = false
                spoiltBefore = packet.start == .clean ? -1 : frame
            } else if packet.start != .none {
                spoiltBefore = -1
            }
            if frame >= 0, isSpoilt || frame < spoiltBefore { suspects.append(frame) }
        }
        return ranges(of: suspects)
    }

    private static func ranges(of numbers: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound >= number {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, number + 1)
            } else {
                ranges.append(number..<number + 1)
            }
        }
        return ranges
    }

    private static func seconds(of packetOfFrame: [Int32], scan: PacketScan, demuxer: Demuxer) -> [Double] {
        let stream = demuxer.stream.pointee
        let tick = Double(stream.time_base.num) / Double(max(1, stream.time_base.den))
        let none = ax_no_timestamp()
        let decoding = scan.packets.map(\.decoding)
        var clocks = [packetOfFrame.map { $0 < 0 ? none : scan.packets[Int($0)].presentation }]
        // Decoding times have the same spacing as presentation times, once they are in order; but not where the clock restarts.
        if zip(decoding, decoding.dropFirst()).allSatisfy(<=) {
            clocks.append(packetOfFrame.map { $0 < 0 ? none : decoding[Int($0)] }.sorted())
        }
        for times in clocks {
            guard let first = times.first, let last = times.last, first < last || times.count == 1 else { continue }
            guard !times.contains(none), zip(times, times.dropFirst()).allSatisfy(<=) else { continue }
            return times.map { Double($0 - first) * tick }
        }
        // Without a usable clock, use the container's frame rate, or 25 per second if it has none.
        let rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate
        let interval = rate.num > 0 ? Double(rate.den) / Double(rate.num) : 0.04
        return packetOfFrame.indices.map { Double($0) * interval }
    }
}

extension PacketScan {
    /// The packets that give frames, in display order, if the headers prove it; nil if the file must be decoded to know.
    var certainOrder: [Int]? {
        guard let first = packets.first, first.picture.start != .none else { return nil }
        guard packets.allSatisfy({ !$0.picture.isUncertain }) else { return nil }
        let shown = packets.indices.filter { packets[$0].isShown && packets[$0].picture.isShown }
        let decoded: [Int]?
        switch order {
        case .asCoded: decoded = Array(packets.indices)
        case .anchorsLate: decoded = anchorsLate
        case .numbered: decoded = numbered
        }
        guard let decoded else { return nil }
        let isShown = Set(shown)
        let sorted = shown.count == packets.count ? decoded : decoded.filter(isShown.contains)
        return order == .asCoded || agreesWithClock(sorted) ? sorted : nil
    }

    /// If a container gives times, they must not contradict the order in the headers: two recordings may have been joined.
    private func agreesWithClock(_ sorted: [Int]) -> Bool {
        let times = sorted.map { packets[$0].presentation }.filter { $0 != ax_no_timestamp() }
        return zip(times, times.dropFirst()).allSatisfy(<=)
    }

    private var anchorsLate: [Int]? {
        var sorted: [Int] = []
        sorted.reserveCapacity(packets.count)
        var waiting: Int?
        var anchors = 0
        for number in packets.indices {
            if packets[number].picture.isBidirectional {
                // The decoder drops it if it has no picture before and one after it.
                guard anchors > 1 else { return nil }
                sorted.append(number)
            } else {
                if let waiting { sorted.append(waiting) }
                waiting = number
                anchors += 1
            }
        }
        if let waiting { sorted.append(waiting) }
        return sorted
    }

    private var numbered: [Int]? {
        // Pictures before the first reset, and those after it that are shown before it, may be left out by the decoder.
        guard packets.first?.picture.resetsOrder == true else { return nil }
        var sorted: [Int] = []
        sorted.reserveCapacity(packets.count)
        var group = 0
        for number in packets.indices.dropFirst() + [packets.count] {
            guard number == packets.count || packets[number].picture.resetsOrder else { continue }
            let members = (group..<number).sorted {
                packets[$0].picture.displayOrder < packets[$1].picture.displayOrder
            }
            guard
                zip(members, members.dropFirst()).allSatisfy({
                    packets[$0].picture.displayOrder < packets[$1].picture.displayOrder
                })
            else { return nil }
            // No decoder holds back more than 16 pictures.
            guard zip(members, group..<number).allSatisfy({ $0 - $1 <= 16 }) else { return nil }
            sorted += members
            group = number
        }
        return sorted
    }
}
