import Foundation
import Synchronization

/// Limits for reading one media file, so that a small hostile file cannot take all memory or all time.
public enum MediaLimits {
    /// The largest number of pixels of a picture: 8192×4096, so that 8K video (7680×4320) fits.
    public static let mostPixels = 1 << 25
    /// The most bytes of decoded pictures that one decoder may hold at a time: its reference frames and those that it works on.
    static let mostPictureBytes = 1 << 30
    /// The most bytes that FFmpeg may allocate in one piece: a packet, a plane of a picture, or the list of packets in a header.
    static let mostAllocationBytes = 320 << 20
    /// A file may have as many packets as bytes; a short file may have at least this many.
    static let fewestPacketsAllowed = 1 << 20
    /// The most streams in a file: broadcast recordings have dozens.
    static let mostStreams = 256

    /// The time limit for opening a file, or for one read from it, unless `setTimeLimit` changes it.
    public static let standardTimeLimitSeconds = 60.0

    /// The bits of a number of seconds, because `Double` itself has no atomic form.
    private static let timeLimit = Atomic<UInt64>(standardTimeLimitSeconds.bitPattern)

    /// The time limit for opening a file, or for one read from it.
    public static var timeLimitSeconds: Double { Double(bitPattern: timeLimit.load(ordering: .relaxed)) }

    /// Sets the time limit for all files that the process opens from now on.
    public static func setTimeLimit(seconds: Double) {
        timeLimit.store(min(max(0, seconds), 1e9).bitPattern, ordering: .relaxed)
    }

    static func checkSize(_ size: FrameSize, of path: String) throws {
        let (pixels, overflow) = size.height.multipliedReportingOverflow(by: size.width)
        if overflow || pixels > mostPixels { throw tooLarge(path, "pictures of \(size)") }
    }

    static func tooLarge(_ path: String, _ found: String) -> VideoError {
        VideoError(
            .tooLarge, path,
            "\(found), where a picture may have at most \(mostPixels / 1_000_000) million pixels (as 8192×4096): make it smaller first, "
                + "for example ffmpeg -i IN -vf scale=1280:-2 OUT")
    }

    /// The error for FFmpeg's last message on this thread if it refused the size of a picture; nil for any other failure.
    static func refusedSize(_ path: String) -> VideoError? {
        // "Picture size 65535x65535 is invalid", or "… exceeds specified max pixel count …".
        guard let words = FFmpegMessages.said?.split(separator: " "), words.count > 2, words[0] == "Picture",
            words[1] == "size"
        else { return nil }
        let sides = words[2].split(separator: "x").compactMap { Int($0) }
        guard sides.count == 2, sides[0].multipliedReportingOverflow(by: sides[1]).partialValue > mostPixels else {
            return nil
        }
        return tooLarge(path, "pictures of \(FrameSize(height: sides[1], width: sides[0]))")
    }

    static func tooMuchMemory(_ path: String) -> VideoError {
        VideoError(
            .tooLarge, path,
            "its decoder needs more than \(mostPictureBytes >> 20) MiB for decoded pictures: make them smaller first, "
                + "for example ffmpeg -i IN -vf scale=1280:-2 OUT")
    }
}
