import AuspexTensors

/// A classification network, cut into the five stages whose activations LPIPS compares, with the weight of each channel.
package final class PerceptualNetwork: Sendable {
    package enum Kind: String, Sendable {
        case alexNet = "AlexNet_0"
        case vgg = "VGG16_0"

        package var file: WeightsFile { self == .alexNet ? .lpipsAlexNet : .lpipsVGG }

        /// Smaller frames leave nothing for the last stage.
        package var smallestSide: Int { self == .alexNet ? 31 : 16 }

        /// For each stage: the maximum before it, if any, and its convolutions.
        fileprivate var stages: [(pool: Int?, convolutions: [(window: Int, stride: Int, padding: Int, channels: Int)])]
        {
            switch self {
            case .alexNet:
                [
                    (nil, [(11, 4, 2, 64)]), (3, [(5, 1, 2, 192)]), (3, [(3, 1, 1, 384)]), (nil, [(3, 1, 1, 256)]),
                    (nil, [(3, 1, 1, 256)]),
                ]
            case .vgg:
                zip([64, 128, 256, 512, 512], [2, 2, 3, 3, 3]).enumerated().map { stage, sizes in
                    (stage == 0 ? nil : 2, [(3, 1, 1, sizes.0)].repeated(sizes.1))
                }
            }
        }
    }

    private struct Convolution: Sendable {
        let weight: Tensor
        let bias: Tensor
        let stride: Int
        let padding: Int

        func callAsFunction(_ x: Tensor) -> Tensor {
            convolution(
                x, weight: weight, bias: bias, stride: stride,
                padding: .explicit([(padding, padding), (padding, padding)]), activation: .relu, method: .filtering)
        }
    }

    private struct Stage: Sendable {
        let pool: Int?
        let convolutions: [Convolution]
        let channelWeights: [Float]
    }

    package let kind: Kind
    private let stages: [Stage]

    /// - Throws: `FileError` where the weights are absent, damaged, or of another network.
    package convenience init(_ kind: Kind, from store: WeightsStore) throws {
        try self.init(kind, try store.tensors(of: kind.file), origin: store.path(of: kind.file))
    }

    init(_ kind: Kind, _ tensors: [String: Tensor], origin: String) throws {
        let weights = NamedWeights(tensors, origin: origin)
        var number = 0
        var inputs = 3
        stages = try kind.stages.enumerated().map { stage, description in
            let convolutions = try description.convolutions.map { shape in
                let name = "\(kind.rawValue)/Conv_\(number)/"
                let kernel = try weights.tensor(name + "kernel", [shape.window, shape.window, inputs, shape.channels])
                defer { (number, inputs) = (number + 1, shape.channels) }
                return Convolution(
                    weight: kernel, bias: try weights.tensor(name + "bias", [shape.channels]), stride: shape.stride,
                    padding: shape.padding)
            }
            let head = try weights.tensor("NetLinLayer_\(stage)/Conv_0/kernel", [1, 1, inputs, 1])
            return Stage(pool: description.pool, convolutions: convolutions, channelWeights: head.scalars)
        }
        self.kind = kind
    }

    /// `Σ_stages mean_places Σ_channels w (x̂ − ŷ)²`, where x̂ is an activation divided by its length over channels.
    ///
    /// - Parameters:
    ///   - first: `[N, H, W, 3]`, scaled as in the networks' training.
    ///   - second: the same number of pictures.
    /// - Returns: N distances.
    package func distances(_ first: Tensor, _ second: Tensor) -> [Double] {
        var (x, y) = (first, second)
        var totals = [Double](repeating: 0, count: first.shape[0])
        for stage in stages {
            if let pool = stage.pool {
                (x, y) = (maximumPooled(x, size: pool, stride: 2), maximumPooled(y, size: pool, stride: 2))
            }
            for convolution in stage.convolutions { (x, y) = (convolution(x), convolution(y)) }
            for (picture, distance) in Self.distances(x, y, stage.channelWeights).enumerated() {
                totals[picture] += distance
            }
        }
        return totals
    }

    /// One stage's distances, the mean over places.
    private static func distances(_ x: Tensor, _ y: Tensor, _ weights: [Float]) -> [Double] {
        let channels = weights.count
        let places = x.shape[1] * x.shape[2]
        return x.withScalars(as: Float.self) { x in
            y.withScalars(as: Float.self) { y in
                (0..<(x.count / (places * channels))).map { picture in
                    var total = 0.0
                    for place in picture * places..<(picture + 1) * places {
                        let range = place * channels..<(place + 1) * channels
                        total += distance(
                            UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: x[range])),
                            UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: y[range])), weights)
                    }
                    return total / Double(places)
                }
            }
        }
    }

    /// `Σ w (x/|x| − y/|y|)²` at one place; all layers have a multiple of 8 channels.
    private static func distance(
        _ x: UnsafeRawBufferPointer, _ y: UnsafeRawBufferPointer, _ weights: [Float]
    ) -> Double {
        typealias Vector = SIMD8<Float>
        var (squareX, squareY) = (Vector.zero, Vector.zero)
        for byte in stride(from: 0, to: x.count, by: 32) {
            let a = x.loadUnaligned(fromByteOffset: byte, as: Vector.self)
            let b = y.loadUnaligned(fromByteOffset: byte, as: Vector.self)
            squareX += a * a
            squareY += b * b
        }
        let scaleX = 1 / (squareX.sum().squareRoot() + 1e-10)
        let scaleY = 1 / (squareY.sum().squareRoot() + 1e-10)
        return weights.withUnsafeBytes { weights in
            var sum = Vector.zero
            for byte in stride(from: 0, to: x.count, by: 32) {
                let a = x.loadUnaligned(fromByteOffset: byte, as: Vector.self)
                let b = y.loadUnaligned(fromByteOffset: byte, as: Vector.self)
                let difference = a * scaleX - b * scaleY
                sum += weights.loadUnaligned(fromByteOffset: byte, as: Vector.self) * difference * difference
            }
            return Double(sum.sum())
        }
    }
}

extension Array {
    fileprivate func repeated(_ times: Int) -> [Element] { (0..<times).flatMap { _ in self } }
}
