import AuspexMetrics
import AuspexPretrained
import AuspexSupport
import AuspexVideo

/// Every choice of a comparison that can change a number; stored beside the numbers, so that they can be had again.
public struct ScoringSettings: Codable, Sendable, Equatable {
    /// What is compared.
    public enum Kind: String, Codable, Sendable {
        /// Clips, or features of clips that were saved before.
        case clips
        /// Anybody's own features.
        case embeddings
    }

    /// What is compared.
    public var kind = Kind.clips
    /// Metrics by name.
    public var metrics = ["psnr", "ssim", "mse"]
    /// Frames of every clip that are compared, from its first on; nil takes whole clips, which must then be equally long.
    public var clipFrames: Int?
    /// How many pairs, or clips of each set, are drawn; nil takes all.
    public var clips: Int?
    /// What clips, subsets and intervals are drawn from.
    public var seed: UInt64 = 0
    /// The size that both are brought to; nil compares them as they are, and they must then be equally large.
    public var size: FrameSize? {
        get { sizeOption?.wrappedValue }
        set { sizeOption = newValue.map { FrameSizeOption(wrappedValue: $0) } }
    }
    private var sizeOption: FrameSizeOption?
    /// Order of an array's sides.
    public var axes: String?
    /// Smallest and largest value of an array of floats.
    public var range: [Float]?
    /// Whether intervals that repeat the metric many times are wanted.
    public var wantsIntervals = true
    /// What I3D multiplies; nil is float32, as in results of programs that knew no other.
    public var precision: I3D.Precision?

    private enum CodingKeys: String, CodingKey {
        case kind, metrics, clipFrames, clips, seed
        case sizeOption = "size"
        case axes, range, wantsIntervals, precision
    }

    /// The defaults: PSNR, SSIM and mean squared error of all pairs.
    public init() {}

    /// The metrics of a comparison that names none.
    ///
    /// - Parameters:
    ///   - real: what stands in the real set's place.
    ///   - predicted: what stands in the predicted set's place.
    public static func usualMetrics(_ kind: Kind, real: String, predicted: String) -> [String] {
        switch kind {
        case .embeddings: ["frechet", "kernel"]
        case .clips:
            [real, predicted].contains(where: ScoredSide.isFeatures) ? ["fvd", "kvd"] : ScoringSettings().metrics
        }
    }

    /// More than any screen shows: frames of this side take almost a gigabyte.
    public static let mostPixelsOfASide = 16_384

    /// What no comparison can be made with, in words; nil where there is nothing.
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
