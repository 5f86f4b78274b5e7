import AuspexTensors
import Foundation

/// Peak signal-to-noise ratio: `10 log₁₀(peak² / mean squared error)`, in dB, over all channels.
///
/// A frame without error would have infinitely many dB: values are limited to 100, and the result says how many frames had no error.
/// - Source: as scikit-image's `peak_signal_noise_ratio`; `psnr:clip` as computed by MCVD (Voleti et al. 2022), `psnr:set` as by torchmetrics.
public struct PSNR: FramewiseMetric {
    /// What the error is averaged over before its logarithm is taken.
    public enum Variant: String, Sendable, CaseIterable {
        /// Each frame; the dB are then averaged over frames.
        case frame = "psnr"
        /// Each clip; the dB are then averaged over clips.
        case clip = "psnr:clip"
        /// All clips at once.
        case set = "psnr:set"
    }

    /// The value of a perfect prediction, in dB.
    public static let ceiling = 100.0

    /// What the error is averaged over.
    public let variant: Variant
    private let settings: MetricSettings

    /// Makes a metric; of the settings it reads `peak`.
    public init(_ variant: Variant = .frame, settings: MetricSettings = MetricSettings()) {
        self.variant = variant
        self.settings = settings
    }

    public var name: String { variant.rawValue }
    /// True: more dB mean less error.
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { 0...Self.ceiling }
    public var isMeanOfClips: Bool { variant != .set }
    public var convention: String {
        let over =
            switch variant {
            case .frame: "of each frame's mean squared error, averaged over frames and clips"
            case .clip: "of each clip's mean squared error, averaged over clips"
            case .set: "of the mean squared error of all clips"
            }
        return "dB \(over); peak 255 (float clips: \(settings.peak)), all channels together, at most 100"
    }

    /// Mean squared errors on the scale 0…1, so that the logarithm needs no peak.
    public func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]] {
        let pairs = try FramePairs(metric: name, real: real, predicted: predicted, settings: settings)
        return try pairs.map { $0.squaredError / Double($0.count) / (pairs.peak * pairs.peak) }
    }

    public func measurement(ofFrames errors: [Double]) -> ClipMeasurement {
        let mean = errors.reduce(0, +) / Double(errors.count)
        let perfect = errors.count { $0 == 0 }
        let decibels = errors.map(Self.decibels)
        return switch variant {
        case .frame: ClipMeasurement(perFrame: decibels, perfectFrames: perfect)
        case .clip: ClipMeasurement(value: Self.decibels(mean), perFrame: decibels, perfectFrames: perfect)
        case .set: ClipMeasurement(value: mean, perFrame: errors, perfectFrames: perfect)
        }
    }

    public func summary(ofMean mean: Double) -> Double { variant == .set ? Self.decibels(mean) : mean }

    // The set's ratio accumulates errors: the smaller one is better.
    public func isBetter(_ first: ClipMeasurement, than second: ClipMeasurement) -> Bool {
        variant == .set ? first.value < second.value : first.value > second.value
    }

    public func notes(perfectFrames: Int, of frames: Int) -> [String] {
        guard perfectFrames > 0 else { return [] }
        return [
            "\(perfectFrames) of \(frames, "frame") \(perfectFrames == 1 ? "has" : "have") no error at all; values are limited to 100 dB"
        ]
    }

    private static func decibels(_ error: Double) -> Double { min(ceiling, -10 * log10(error)) }
}
