import AuspexSupport
import AuspexTensors
import Foundation

/// The Inflated 3D Inception network: 400 logits of Kinetics-400's actions for a clip, averaged over time.
///
/// What the published FVD takes as features (`RGB/inception_i3d/Mean:0` of its module). Batch norm is folded into the convolutions when the network is built.
/// Source: Carreira and Zisserman 2017, arXiv:1705.07750; deepmind/kinetics-i3d, `i3d.py`.
public final class I3D: Sendable {
    /// Height and width of the frames that the network takes, in pixels.
    public static let frameSide = 224
    /// How many logits the network gives for a clip: the actions of Kinetics-400.
    public static let logitCount = 400
    /// With fewer frames the network's strides leave less than the two time steps that its average pooling needs.
    public static let fewestFrames = 9

    /// What activations and weights are rounded to before they are multiplied; sums are always float32.
    public enum Precision: String, Sendable, Codable, CaseIterable {
        /// No rounding: what published values were computed with.
        case float32
        /// Half the memory, and on processors with instructions for it (`Kernels.multiplyBFloat16`) products in half the time.
        case bfloat16

        /// How a metric of the logits describes them.
        package var logitsSummary: String {
            "\(I3D.logitCount) logits of I3D (Kinetics-400)" + (self == .float32 ? "" : " in \(rawValue)")
        }

        /// The number as it is stored for multiplication.
        fileprivate func rounded(_ x: Tensor) -> Tensor {
            switch self {
            case .float32: x
            case .bfloat16: x.converted(to: .bfloat16).converted(to: Kernels.multiplyBFloat16 ? .bfloat16 : .float32)
            }
        }
    }

    private let precision: Precision
    private let conv1: Unit
    private let conv2b: Unit
    private let conv2c: Unit
    private let mixed3: [Inception]
    private let mixed4: [Inception]
    private let mixed5: [Inception]
    private let head: (weight: Tensor, bias: Tensor)

    /// The network with the store's weights.
    ///
    /// - Parameter precision: bfloat16 without instructions for it gives the same logits but saves nothing: float32 kernels run on rounded numbers.
    /// - Throws: `FileError` where they are absent or damaged.
    public convenience init(from store: WeightsStore = .standard, precision: Precision = .float32) throws {
        try self.init(store.tensors(of: .i3d), origin: store.path(of: .i3d), precision: precision)
    }

    /// - Throws: `FileError` where a tensor is absent or of another shape.
    convenience init(_ tensors: [String: Tensor], origin: String, precision: Precision = .float32) throws {
        let weights = NamedWeights(tensors, origin: origin)
        try self.init(precision) { name, shape in try weights.tensor(name, shape) }
    }

    /// A network of the same size with random weights, which takes as long.
    package convenience init(seed: UInt64, precision: Precision = .float32) {
        let stream = RandomStream(seed: seed, name: "I3D")
        self.init(precision) { name, shape in
            // Scaled so that activations keep their variance.
            if name.hasSuffix("/var") { return Tensor(repeating: 1, shape: shape) }
            let inputs = Array(shape.dropLast()).product
            return stream.named(name).normal(shape) * Tensor((2 / Float(inputs)).squareRoot())
        }
    }

    /// - Parameter find: returns the tensor of a name and shape.
    private init<Failure: Error>(
        _ precision: Precision, _ find: (String, [Int]) throws(Failure) -> Tensor
    ) throws(Failure) {
        self.precision = precision
        conv1 = try Unit(find, precision, "Conv3d_1a_7x7", 3, 64, window: 7, stride: 2)
        conv2b = try Unit(find, precision, "Conv3d_2b_1x1", 64, 64, window: 1)
        conv2c = try Unit(find, precision, "Conv3d_2c_3x3", 64, 192, window: 3)
        mixed3 = [
            try Inception(find, precision, "Mixed_3b", 192, .init(64, 96, 128, 16, 32, 32)),
            try Inception(find, precision, "Mixed_3c", 256, .init(128, 128, 192, 32, 96, 64)),
        ]
        mixed4 = [
            try Inception(find, precision, "Mixed_4b", 480, .init(192, 96, 208, 16, 48, 64)),
            try Inception(find, precision, "Mixed_4c", 512, .init(160, 112, 224, 24, 64, 64)),
            try Inception(find, precision, "Mixed_4d", 512, .init(128, 128, 256, 24, 64, 64)),
            try Inception(find, precision, "Mixed_4e", 512, .init(112, 144, 288, 32, 64, 64)),
            try Inception(find, precision, "Mixed_4f", 528, .init(256, 160, 320, 32, 128, 128)),
        ]
        mixed5 = [
            try Inception(find, precision, "Mixed_5b", 832, .init(256, 160, 320, 32, 128, 128)),
            try Inception(find, precision, "Mixed_5c", 832, .init(384, 192, 384, 48, 128, 128)),
        ]
        let name = "params/Logits/Conv3d_0c_1x1/Conv_0/"
        let kernel = try find(name + "kernel", [1, 1, 1, 1024, Self.logitCount])
        head = (kernel.reshaped(to: [1024, Self.logitCount]), try find(name + "bias", [Self.logitCount]))
    }

    /// - Parameter clips: `[B, T, 224, 224, 3]` in [−1, 1], T at least 9.
    /// - Returns: `[B, 400]`.
    public func logits(_ clips: Tensor) -> Tensor {
        require(
            clips.rank == 5 && clips.shape[1] >= Self.fewestFrames
                && Array(clips.shape.suffix(3)) == [Self.frameSide, Self.frameSide, 3],
            "I3D.logits", "clips of shape \(clips.shape), not [B, 9…, 224, 224, 3]")
        var x = pooled(conv1(precision.rounded(clips)), window: [1, 3, 3], stride: [1, 2, 2])
        x = pooled(conv2c(conv2b(x)), window: [1, 3, 3], stride: [1, 2, 2])
        x = pooled(mixed3.reduce(x) { $1($0) }, window: [3, 3, 3], stride: [2, 2, 2])
        x = pooled(mixed4.reduce(x) { $1($0) }, window: [2, 2, 2], stride: [2, 2, 2])
        x = mixed5.reduce(x) { $1($0) }
        return matrixProduct(Self.averaged(x.converted(to: .float32)), head.weight) + head.bias
    }

    /// Averages of windows 2×7×7 with stride 1, averaged over time again: `[B, T, 7, 7, C]` to `[B, C]`.
    ///
    /// The last convolution is linear, so the mean over time is taken before it. Of T steps, the first and the last are in one window, the others in two.
    private static func averaged(_ x: Tensor) -> Tensor {
        let steps = mean(x, along: [2, 3])
        let (batch, time, channels) = (steps.shape[0], steps.shape[1], steps.shape[2])
        let scale = 1 / Float(2 * (time - 1))
        return Tensor([batch, channels]) { out in
            steps.withScalars(as: Float.self) { steps in
                for clip in 0..<batch {
                    for channel in 0..<channels {
                        var sum: Float = 0
                        for step in 0..<time {
                            let windows: Float = step == 0 || step == time - 1 ? 1 : 2
                            sum += windows * steps[(clip * time + step) * channels + channel]
                        }
                        out[clip * channels + channel] = sum * scale
                    }
                }
            }
        }
    }
}

/// The maximum of windows with TensorFlow's padding.
private func pooled(_ x: Tensor, window: [Int], stride: [Int]) -> Tensor {
    let sides = Array(x.shape[1...3])
    return maximumPooled(
        x, size: window, stride: stride,
        padding: .tensorFlowSame(sides: sides, window: window, stride: stride))
}

/// A convolution with the following batch norm folded in, and ReLU.
private struct Unit: Sendable {
    let precision: I3D.Precision
    let weight: Tensor
    let bias: Tensor
    let window: Int
    let stride: Int

    init<Failure: Error>(
        _ find: (String, [Int]) throws(Failure) -> Tensor, _ precision: I3D.Precision, _ name: String, _ inputs: Int,
        _ outputs: Int, window: Int, stride: Int = 1
    ) throws(Failure) {
        let kernel = try find("params/\(name)/Conv_0/kernel", [window, window, window, inputs, outputs])
        let offset = try find("params/\(name)/BatchNorm_0/bias", [outputs])
        let mean = try find("batch_stats/\(name)/BatchNorm_0/mean", [1, 1, 1, 1, outputs])
        let variance = try find("batch_stats/\(name)/BatchNorm_0/var", [1, 1, 1, 1, outputs])
        // Sonnet's batch norm without scale: (x − mean) / √(variance + 1e-3) + offset.
        let scales = variance.scalars.map { 1 / ($0 + 1e-3).squareRoot() }
        weight = precision.rounded(kernel * Tensor(scales, shape: [outputs]))
        self.precision = precision
        bias = offset - mean.reshaped(to: [outputs]) * Tensor(scales, shape: [outputs])
        self.window = window
        self.stride = stride
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let (window, stride) = ([Int](repeating: window, count: 3), [Int](repeating: stride, count: 3))
        let padding = Padding.tensorFlowSame(sides: Array(x.shape[1...3]), window: window, stride: stride)
        let y = convolution(
            x, weight: weight, bias: bias, stride: stride, padding: padding, activation: .relu,
            method: .filtering)
        return precision.rounded(y)
    }
}

/// Four branches side by side: 1×1×1; 1×1×1 and 3×3×3; the same, narrower; a maximum and 1×1×1.
private struct Inception: Sendable {
    let branch0: Unit
    let branch1: (Unit, Unit)
    let branch2: (Unit, Unit)
    let branch3: Unit

    /// Channels that each convolution gives.
    struct Widths {
        let branch0: Int
        let branch1: (Int, Int)
        let branch2: (Int, Int)
        let branch3: Int

        init(_ branch0: Int, _ first1: Int, _ second1: Int, _ first2: Int, _ second2: Int, _ branch3: Int) {
            self.branch0 = branch0
            branch1 = (first1, second1)
            branch2 = (first2, second2)
            self.branch3 = branch3
        }
    }

    init<Failure: Error>(
        _ find: (String, [Int]) throws(Failure) -> Tensor, _ precision: I3D.Precision, _ name: String, _ inputs: Int,
        _ widths: Widths
    ) throws(Failure) {
        branch0 = try Unit(find, precision, name + "/Branch_0/Conv3d_0a_1x1", inputs, widths.branch0, window: 1)
        branch1 = (
            try Unit(find, precision, name + "/Branch_1/Conv3d_0a_1x1", inputs, widths.branch1.0, window: 1),
            try Unit(find, precision, name + "/Branch_1/Conv3d_0b_3x3", widths.branch1.0, widths.branch1.1, window: 3)
        )
        branch2 = (
            try Unit(find, precision, name + "/Branch_2/Conv3d_0a_1x1", inputs, widths.branch2.0, window: 1),
            try Unit(find, precision, name + "/Branch_2/Conv3d_0b_3x3", widths.branch2.0, widths.branch2.1, window: 3)
        )
        branch3 = try Unit(find, precision, name + "/Branch_3/Conv3d_0b_1x1", inputs, widths.branch3, window: 1)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let greatest = pooled(x, window: [3, 3, 3], stride: [1, 1, 1])
        return joined(
            [branch0(x), branch1.1(branch1.0(x)), branch2.1(branch2.0(x)), branch3(greatest)], along: 4)
    }
}
