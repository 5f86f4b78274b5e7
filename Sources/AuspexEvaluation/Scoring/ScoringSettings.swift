import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexVideo

/// Every choice of a comparison that can change a number; stored with the numbers, so that they can be reproduced.
public struct ScoringSettings: Codable, Sendable, Equatable {
    /// What is compared.
    public enum Kind: String, Codable, Sendable {
        /// Clips, or saved features of clips.
        case clips
        /// The user's own features.
        case embeddings
    }

    /// What is compared.
    public var kind = Kind.clips
    /// Metrics by name.
    public var metrics = ["psnr", "ssim", "mse"]
    /// Frames of every clip that are compared, from its first on; nil takes whole clips, which must then be equally long.
    public var clipFrames: Int?
    /// The number of pairs, or of clips of each set, that are drawn; nil takes all.
    public var clips: Int?
    /// Seed for draws of clips, subsets and intervals.
    public var seed: UInt64 = 0
    /// The size that frames of both sets are resized to; nil compares them as they are, and they must then be equally large.
    public var size: FrameSize? {
        get { sizeOption?.wrappedValue }
        set { sizeOption = newValue.map { FrameSizeOption(wrappedValue: $0) } }
    }
    private var sizeOption: FrameSizeOption?
    /// Order of an array's sides.
    public var axes: String?
    /// Smallest and largest value of an array of floats.
    public var range: [Float]?
    /// Whether intervals are computed that repeat the metric many times.
    public var wantsIntervals = true
    /// The element type of I3D's products; nil means float32, as in results of versions without a choice.
    public var precision: I3D.Precision?

    private enum CodingKeys: String, CodingKey {
        case kind, metrics, clipFrames, clips, seed
        case sizeOption = "size"
        case axes, range, wantsIntervals, precision
    }

    /// The defaults: PSNR, SSIM and mean squared error of all pairs.
    public init() {}

    /// The default metrics of a comparison.
    ///
    /// - Parameters:
    ///   - real: the input for the real set.
    ///   - predicted: the input for the predicted set.
    public static func usualMetrics(_ kind: Kind, real: String, predicted: String) -> [String] {
        switch kind {
        case .embeddings: ["frechet", "kernel"]
        case .clips:
            [real, predicted].contains(where: ScoredSide.isFeatures) ? ["fvd", "kvd"] : ScoringSettings().metrics
        }
    }

    /// Larger than any screen: frames of this side take almost a gigabyte.
    public static let mostPixelsOfASide = 16_384

    /// The reason why no comparison can be made with these settings; nil if they are valid.
    var problem: String? {
        for (name, value) in [("clipFrames", clipFrames), ("clips", clips)] {
            if let value, value < 1 { return "\(name) \(value)" }
        }
        if let size, !size.sides.allSatisfy((1...Self.mostPixelsOfASide).contains) {
            return "size \(FrameSizeOption.text(size))"
        }
        if let range, range.count != 2 || !(range[0] < range[1]) { return "range \(range)" }
        return metrics.isEmpty ? "no metric" : nil
    }

    var sourceOptions: SourceOptions {
        SourceOptions(axes: axes, range: range.flatMap { $0.count == 2 && $0[0] < $0[1] ? $0[0]...$0[1] : nil })
    }
}
