import AuspexPretrained
import AuspexTensors

/// Learned Perceptual Image Patch Similarity of each frame: 0 for equal pictures, larger for more different ones.
///
/// - Source: Zhang et al. 2018, arXiv:1801.03924, equation 1; version 0.1 of its weights (trained heads on fixed networks).
public struct LPIPS: FramewiseMetric {
    /// Whose features are compared.
    public enum Variant: String, Sendable, CaseIterable {
        /// AlexNet's, the default of the authors' code.
        case alexNet = "lpips"
        /// VGG-16's.
        case vgg = "lpips:vgg"
    }

    /// Pictures that go through the network together.
    private static let batch = 8
    /// Mean and deviation of ImageNet's channels, for values in [−1, 1].
    private static let shift: [Float] = [-0.030, -0.088, -0.188]
    private static let scale: [Float] = [0.458, 0.448, 0.450]

    /// Whose features are compared.
    public let variant: Variant
    private let network: PerceptualNetwork
    private let settings: MetricSettings

    /// - Throws: `FileError` where the network's weights are damaged, and with the remedy `fetchWeights` where they are missing.
    public init(_ variant: Variant = .alexNet, settings: MetricSettings = MetricSettings()) throws {
        self.variant = variant
        self.settings = settings
        network = try PerceptualNetwork(variant == .alexNet ? .alexNet : .vgg, from: settings.weights)
    }

    public var name: String { variant.rawValue }
    /// False: 0 for equal pictures.
    public var higherIsBetter: Bool { false }
    public var range: ClosedRange<Double> { 0 ... .infinity }
    public var weights: String? { "\(network.kind.file.rawValue), SHA-256 \(network.kind.file.checksum)" }
    public var convention: String {
        "LPIPS 0.1, \(variant == .alexNet ? "AlexNet" : "VGG-16") features with trained heads, frames at their own size, grey repeated to three "
            + "channels, values in −1…1 (from 0…255; float clips: 0…\(settings.peak)), averaged over frames and clips"
    }

    public func frameValues(real: Tensor, predicted: Tensor) throws -> [[Double]] {
        // Shapes, types and finite numbers are checked by the code shared by all pixel metrics.
        let pairs = try FramePairs(metric: name, real: real, predicted: predicted, settings: settings)
        _ = try pairs.map { $0.squaredError }
        let (height, width, channels) = (real.shape[2], real.shape[3], real.shape[4])
        guard channels == 1 || channels == 3 else {
            throw MetricError.mismatch(
                metric: name, found: "clips of \(channels, "channel")", expected: "3 (RGB) or 1 (grey), without alpha")
        }
        guard min(height, width) >= network.kind.smallestSide else {
            throw MetricError.tooSmall(
                metric: name, height: height, width: width, window: network.kind.smallestSide)
        }
        let (clips, frames) = (real.shape[0], real.shape[1])
        var distances: [Double] = []
        for start in stride(from: 0, to: clips * frames, by: Self.batch) {
            let pictures = start..<min(start + Self.batch, clips * frames)
            distances += network.distances(
                prepared(real, pictures, peak: pairs.peak), prepared(predicted, pictures, peak: pairs.peak))
        }
        return (0..<clips).map { Array(distances[$0 * frames..<($0 + 1) * frames]) }
    }

    /// Pictures of clips, `[N, H, W, 3]`, scaled as in the networks' training.
    private func prepared(_ clips: Tensor, _ pictures: Range<Int>, peak: Double) -> Tensor {
        let (height, width, channels) = (clips.shape[2], clips.shape[3], clips.shape[4])
        let size = height * width
        let factors = Self.scale.map { Float(2 / peak) / $0 }
        let offsets = zip(Self.shift, Self.scale).map { (-1 - $0) / $1 }
        func fill<Scalar>(
            _ out: UnsafeMutablePointer<Float>, _ pixels: UnsafeBufferPointer<Scalar>, _ float: (Scalar) -> Float
        ) {
            let first = pictures.lowerBound * size
            for pixel in 0..<pictures.count * size {
                for channel in 0..<3 {
                    let value = float(pixels[(first + pixel) * channels + (channels == 1 ? 0 : channel)])
                    out[pixel * 3 + channel] = value * factors[channel] + offsets[channel]
                }
            }
        }
        return Tensor([pictures.count, height, width, 3]) { out in
            if clips.elementType == .uint8 {
                clips.withScalars(as: UInt8.self) { fill(out, $0) { Float($0) } }
            } else {
                clips.withScalars(as: Float.self) { fill(out, $0) { $0 } }
            }
        }
    }
}
