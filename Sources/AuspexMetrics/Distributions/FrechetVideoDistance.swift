import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// Fréchet Video Distance: the distance between the distributions of predicted and real clips, by I3D's logits.
///
/// - Source: Unterthiner et al. 2018, arXiv:1812.01717, and google-research/frechet_video_distance; variants as the code of StyleGAN-V (Skorokhodov et al.
///     2022), VideoGPT (Yan et al. 2021) and TATS (Ge et al. 2022) computes them. Their networks are ports whose weights agree with ours to rounding.
public struct FrechetVideoDistance: FeatureMetric {
    /// Conventions that are all called FVD: the same distance of differently prepared clips.
    public enum Variant: String, FeatureMetricVariant, CaseIterable {
        /// As published: TensorFlow's resize, covariances with n − 1.
        case published = "fvd"
        /// PyTorch's resize, covariances with n, at most 2,048 clips of each set.
        case styleGANV = "fvd:styleganv"
        /// Short side resized, middle cropped, half the value range; at most 256 clips of each set.
        case videoGPT = "fvd:videogpt"
        /// PyTorch's resize, covariances with n − 1, at most 2,048 clips of each set.
        case tats = "fvd:tats"

        package var preparation: FramePreparation {
            switch self {
            case .published: .published
            case .styleGANV, .tats: .centred
            case .videoGPT: .cropped
            }
        }

        package var divisor: FeatureStatistics.Divisor { self == .styleGANV ? .all : .lessOne }

        /// The most clips of each set that are compared.
        package var mostClips: Int? {
            switch self {
            case .published: nil
            case .styleGANV, .tats: 2048
            case .videoGPT: 256
            }
        }
    }

    /// With fewer frames the network's strides leave nothing.
    public static let fewestFrames = I3D.fewestFrames
    /// With fewer clips a note reports the value's bias.
    public static let usualClips = 2048

    let parts: FeatureMetricParts<Variant>
    /// Which convention is computed.
    public var variant: Variant { parts.variant }

    /// - Throws: `FileError` with the remedy `fetchWeights` where the network's weights are missing and needed; damaged ones are noticed at the first clip.
    public init(_ variant: Variant = .published, settings: MetricSettings = MetricSettings()) throws {
        parts = try FeatureMetricParts(variant, settings: settings)
    }

    /// With a network other than I3D.
    package init(_ variant: Variant, settings: MetricSettings, extractor: FeatureExtractor) {
        parts = FeatureMetricParts(variant, settings: settings, extractor: extractor)
    }

    public var name: String { variant.rawValue }
    /// False: 0 for equal sets.
    public var higherIsBetter: Bool { false }
    public var range: ClosedRange<Double> { 0 ... .infinity }
    public func makeAccumulator() -> any MetricAccumulator { FeatureAccumulator(self) }
    public func check(clips: Int, frames: Int) throws { try checkNumbers(clips: clips, frames: frames) }
    public var convention: String {
        let most = variant.mostClips.map { "; at most \($0, "clip") of each set" } ?? ""
        return "Fréchet distance of \(settings.precision.logitsSummary); \(variant.preparation.summary); "
            + "covariances with \(variant.divisor == .all ? "n" : "n − 1")\(most)"
    }

    func result(real: ClipFeatures, predicted: ClipFeatures) throws -> MetricResult {
        var notes: [String] = []
        let stream = RandomStream(seed: settings.seed, name: name)
        func limited(_ features: ClipFeatures, _ side: MetricSide) -> ClipFeatures {
            guard let most = variant.mostClips, features.count > most else { return features }
            notes.append("\(most) of \(features.count) \(side.rawValue) clips, drawn with seed \(settings.seed)")
            // From sets of equal size the same clips are drawn: they may be pairs.
            let name = real.count == predicted.count ? "clips" : side.rawValue
            let drawn = stream.named(name).sample(most, below: features.count)
            return features.rows(drawn.sorted())
        }
        let (first, second) = (limited(real, .real), limited(predicted, .predicted))
        var result = FrechetEstimates.result(
            first, second, divisor: variant.divisor, from: stream, wantsInterval: settings.wantsIntervals,
            convention: convention)
        if result.clips < Self.usualClips {
            notes.append(
                "the value of \(result.clips, "clip") is biased upward (published ones have \(Self.usualClips) or more); "
                    + (result.atInfinity.map { Self.told(atInfinity: $0, clips: result.clips, size: real.size) }
                        ?? "for FVD∞, the value of infinitely many, at least 20 are needed"))
        }
        result.notes = notes
        return result
    }

    private static func told(atInfinity value: Double, clips: Int, size: Int) -> String {
        let told = "FVD∞, extrapolated to infinitely many clips: \(NumberText.nearest(value))"
        let needed = FrechetEstimates.linearCounts(of: size)
        if clips >= needed { return told }
        return told + (value < 0 ? ", which is negative, so treat it as 0; " : ", ")
            + "extrapolation is unreliable below \(needed) clips"
    }
}
