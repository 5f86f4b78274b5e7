import AuspexTensors
import CAuspexFFmpeg

/// The frames of a video file: when each is shown, which packet it is decoded from, and where decoding can begin.
///
/// A frame's number counts from 0 in the order of a full decode. A packet's number counts from 0 in the order of
/// packets in the file. If the packets' headers prove that each gives one frame, and in which order, nothing is decoded; otherwise the
/// file is decoded once, and every frame's checksum is kept so that a decode that begins elsewhere can be compared.
///
/// The index depends only on the file's bytes and on FFmpeg's version. It is a plain value of numbers and texts, so it can be stored with
/// the file's size and date and used instead of reading the file again.
package struct FrameIndex: Sendable, Codable, Equatable {
    /// A packet that decoding can begin with; the container also marks it as a key frame.
    package struct Start: Sendable, Codable, Equatable {
        package var packet: Int
        /// The first frame that is correct when decoding begins here; all later ones are correct, too.
        package var frame: Int
        /// Whether no frame that comes out after the jump refers to anything before it.
        package var isClean: Bool
        /// Times in the stream's units to seek to, as the container gives them; `ax_no_timestamp()` if there is none.
        package var presentation: Int64
        package var decoding: Int64
        /// Byte in the file, different for every packet; -1 if the container does not say.
        package var position: Int64
    }

    /// When each frame is shown, in seconds after the first.
    package let seconds: [Double]
    /// The packet that each frame is decoded from; empty if decoding does not tell: then frames are counted from the start of the file.
    package let packetOfFrame: [Int32]
    /// The frame that each packet gives; -1 for packets that give none.
    package let frameOfPacket: [Int32]
    /// Size of each packet, for recognising packets after a seek.
    package let bytesOfPacket: [Int32]
    /// `FrameChecksum` of every frame, from a full decode; empty if the headers sufficed.
    package let checksums: [UInt64]
    /// In file order; packet and frame numbers increase.
    package let starts: [Start]
    /// How many packets marked as key frames the container has.
    package let keyFrameCount: Int
    /// The largest number of pictures that come before another in the file and are shown after it.
    package let reorderDepth: Int
    /// Why the file is incomplete; nil if no problem was found. Otherwise none of its frames should be used.
    package let damage: String?
    /// Frames that may be wrong: a packet that they are decoded from is marked as corrupt, or two full decodes differ.
    package let suspectFrames: [Range<Int>]

    package var frameCount: Int { seconds.count }

    /// Whether the file was decoded to count its frames. If so, it must be opened in the same way to read frames: FFmpeg has to analyse
    /// the stream as it did for the count.
    package var isCounted: Bool { !checksums.isEmpty }

    /// Whether a decoded frame is recognised by its packet; otherwise by counting from the start of the file.
    package var recognisesPackets: Bool { !packetOfFrame.isEmpty }

    /// The last place from which a frame can be decoded; nil is the start of the file.
    func start(for frame: Int) -> Start? {
        guard recognisesPackets else { return nil }
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].frame <= frame { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? starts[low - 1] : nil
    }

    /// The frame shown nearest to a time; of two equally near ones the earlier.
    func frame(nearest time: Double) -> Int {
        seconds.isEmpty ? 0 : seconds.index(nearest: time, in: seconds.indices)
    }

    /// When its frames are shown, and which of them may be used.
    func timeline(window: Range<Double>? = nil, share: Range<Double> = 0..<1) -> Timeline {
        Timeline(
            seconds: seconds, frameCount: frameCount, frameIntervalSeconds: frameIntervalSeconds, window: window,
            share: share)
    }

    /// Mean time from one frame to the next; nil for a single frame.
    var frameIntervalSeconds: Double? {
        guard let last = seconds.last, seconds.count > 1, last > 0 else { return nil }
        return last / Double(seconds.count - 1)
    }

    /// Whether some interval differs from the mean by more than the rounding of the container's clock explains.
    ///
    /// Containers count in ticks as coarse as 10 ms (GIF), so a deviation of a hundredth of a second never counts as variable.
    var hasVariableFrameRate: Bool {
        guard let mean = frameIntervalSeconds else { return false }
        let tolerance = max(0.011, mean * 0.2)
        return zip(seconds, seconds.dropFirst()).contains { abs($1 - $0 - mean) > tolerance }
    }

    /// Says which frames may be wrong; nil if none of them is.
    func doubt(about frames: some Sequence<Int>) -> String? {
        guard !suspectFrames.isEmpty else { return nil }
        for frame in frames {
            guard let range = suspectFrames.first(where: { $0.contains(frame) }) else { continue }
            return Self.words(of: range)
        }
        return nil
    }

    /// Says which frames of the file may be wrong; nil if none of them is.
    package var doubt: String? {
        suspectFrames.isEmpty ? nil : suspectFrames.map(Self.words).joined(separator: "; ")
    }

    private static func words(of range: Range<Int>) -> String {
        let frames =
            range.count == 1 ? "frame \(range.lowerBound)" : "frames \(range.lowerBound) to \(range.upperBound - 1)"
        return "\(frames) may be wrong: data was lost there, or two recordings are joined"
    }
}
