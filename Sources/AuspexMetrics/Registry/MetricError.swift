import AuspexSupport
import AuspexTensors
import Foundation

/// Clips that cannot be compared, or a metric that does not exist.
public enum MetricError: RemediableError, Sendable, Equatable, CustomStringConvertible, LocalizedError {
    /// There is no metric of this name; the nearest one, if one is near, and all known ones.
    case unknown(name: String, nearest: String?, known: [String])
    /// Clips or element types that do not match, or are not clips.
    case mismatch(metric: String, found: String, expected: String)
    /// Clips of different numbers of frames where all must be equally long.
    case unequalLengths(metric: String, side: MetricSide, frames: Int, others: Int)
    /// Pictures smaller than the metric's window.
    case tooSmall(metric: String, height: Int, width: Int, window: Int)
    /// A float clip with NaN or infinity in it.
    case notFinite(metric: String, clip: Int, frame: Int)
    /// No clip was given.
    case noClips(metric: String)

    public var description: String {
        switch self {
        case .unknown(let name, let nearest, let known):
            "no metric is called '\(name)'; "
                + (nearest.map { "did you mean '\($0)'?" } ?? "known are \(known.joined(separator: ", "))")
        case .mismatch(let metric, let found, let expected):
            "\(metric): found \(found), expected \(expected)"
        case .unequalLengths(let metric, let side, let frames, let others):
            "\(metric): found \(side.rawValue) clips of \(frames, "frame") beside others of \(others), expected equally long ones; "
                + "cut all to \(min(frames, others))"
        case .tooSmall(let metric, let height, let width, let window):
            "\(metric): found frames of \(width)×\(height) pixels, expected at least \(window)×\(window), "
                + "the metric's window; score larger frames or leave \(metric) out"
        case .notFinite(let metric, let clip, let frame):
            "\(metric): frame \(frame) of clip \(clip) holds NaN or infinity, expected finite numbers; "
                + "look at what wrote it"
        case .noClips(let metric):
            "\(metric): found no clips, expected at least one; check the source"
        }
    }

    /// One clip for a metric that compares distributions.
    package static func oneClip(of side: MetricSide, metric: String) -> MetricError {
        .mismatch(
            metric: metric, found: "one \(side.rawValue) clip",
            expected: "at least two of each set, as a distribution of one clip has no width; score more clips")
    }

    /// Clips that are neither RGB nor grey.
    static func wrongChannels(_ channels: Int, of side: MetricSide? = nil, metric: String) -> MetricError {
        .mismatch(
            metric: metric, found: "\(side.map { $0.rawValue + " " } ?? "")clips of \(channels, "channel")",
            expected: channels == 4
                ? "3 (RGB) or 1 (grey): what alpha hides would be scored; lay the picture on a background first"
                : "3 (RGB) or 1 (grey)")
    }

    public var errorDescription: String? { description }

    /// The length that all clips can be cut to.
    public var remedies: [Remedy] {
        if case .unequalLengths(_, _, let frames, let others) = self { return [.clipFrames(min(frames, others))] }
        return []
    }
}
