import AuspexTensors
import Foundation

/// Structural similarity of a frame, each channel by itself, averaged over channels and over the places where the window fits:
/// `(2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2))`, `C1 = (0.01 peak)²`, `C2 = (0.03 peak)²`.
///
/// - Source: Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity", equations 13–17; as scikit-image's
///   `structural_similarity` with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`, and for `ssim:uniform` with its defaults.
public struct SSIM: FramewiseMetric {
    /// The window for means and covariances.
    public enum Variant: String, Sendable, CaseIterable {
        /// Gaussian window 11×11, σ 1.5.
        case gaussian = "ssim"
        /// Flat window 7×7, covariances with n − 1.
        case uniform = "ssim:uniform"
    }

    /// Which window is used.
    public let variant: Variant
    private let settings: MetricSettings
    private let window: [Double]

    /// Makes a metric; of the settings it reads `peak`.
    public init(_ variant: Variant = .gaussian, settings: MetricSettings = MetricSettings()) {
        self.variant = variant
        self.settings = settings
        window = variant == .gaussian ? SSIMWindow.gaussian(side: 11, sigma: 1.5) : SSIMWindow.flat(side: 7)
    }

    public var name: String { variant.rawValue }
    /// True: 1 for equal frames.
    public var higherIsBetter: Bool { true }
    public var range: ClosedRange<Double> { -1...1 }
    public var convention: String {
        let kind =
            switch variant {
            case .gaussian: "Gaussian window 11×11, σ 1.5"
            case .uniform: "flat window 7×7, sample covariance"
            }
        return "\(kind), K1 0.01, K2 0.03, range 255 (float clips: \(settings.peak)), each channel by itself, "
            + "mean over places where the window fits, frames and clips"
    }

    public func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]] {
        let pairs = try FramePairs(metric: name, real: real, predicted: predicted, settings: settings)
        let (height, width) = (real.shape[2], real.shape[3])
        guard min(height, width) >= window.count else {
            throw MetricError.tooSmall(metric: name, height: height, width: width, window: window.count)
        }
        let places = Double(window.count * window.count)
        let moments = WindowMoments(window: window, height: height, rowCount: width * real.shape[4])
        let covarianceFactor = variant == .uniform ? places / (places - 1) : 1
        let c1 = (0.01 * pairs.peak) * (0.01 * pairs.peak)
        let c2 = (0.03 * pairs.peak) * (0.03 * pairs.peak)
        return try pairs.map { pair in
            moments.meanSimilarity(of: pair, c1: c1, c2: c2, covarianceFactor: covarianceFactor)
        }
    }
}

enum SSIMWindow {
    /// `exp(−d²/2σ²)` along one side, of sum 1: the window is its product with itself.
    static func gaussian(side: Int, sigma: Double) -> [Double] {
        let weights = (0..<side).map { place in
            let distance = Double(place) - Double(side - 1) / 2
            return exp(-distance * distance / (2 * sigma * sigma))
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    static func flat(side: Int) -> [Double] { [Double](repeating: 1 / Double(side), count: side) }
}
