import AuspexTensors
import Foundation

/// The Inflated 3D Inception network: 400 logits of Kinetics-400's actions for a clip, averaged over time.
///
/// What the published FVD takes as features (`RGB/inception_i3d/Mean:0` of its module). Batch norm is folded into the convolutions when the network is built.
/// Source: Carreira and Zisserman 2017, arXiv:1705.07750; deepmind/kinetics-i3d, `i3d.py`.
public final class I3D: Sendable {
    public static let frameSide = 224
    public static let logitCount = 400
    /// With fewer frames the network's strides leave less than the two time steps that its average pooling takes.
    public static let fewestFrames = 9

    private let conv1: Unit
    private let conv2b: Unit
    private let conv2c: Unit
    private let mixed3: [Inception]
    private let mixed4: [Inception]
    private let mixed5: [Inception]
    private let head: (weight: Tensor, bias: Tensor)

    /// The network with the store's weights.
    ///
    /// - Throws: `FileError` where they are absent or damaged.
    public convenience init(from store: WeightsStore = .standard) throws {
        try self.init(store.tensors(of: .i3d), origin: store.path(of: .i3d))
    }

    /// - Throws: `FileError` where a tensor is absent or of another shape.
    init(_ tensors: [String: Tensor], origin: String) throws {
        let weights = NamedWeights(tensors, origin: origin)
        conv1 = try Unit(weights, "Conv3d_1a_7x7", window: 7, stride: 2)
        conv2b = try Unit(weights, "Conv3d_2b_1x1", window: 1)
        conv2c = try Unit(weights, "Conv3d_2c_3x3", window: 3)
        mixed3 = try ["3b", "3c"].map { try Inception(weights, "Mixed_" + $0) }
        mixed4 = try ["4b", "4c", "4d", "4e", "4f"].map { try Inception(weights, "Mixed_" + $0) }
        mixed5 = try ["5b", "5c"].map { try Inception(weights, "Mixed_" + $0) }
        let name = "params/Logits/Conv3d_0c_1x1/Conv_0/"
        let kernel = try weights.tensor(name + "kernel", [1, 1, 1, 1024, Self.logitCount])
        head = (kernel.reshaped(to: [1024, Self.logitCount]), try weights.tensor(name + "bias", [Self.logitCount]))
    }

    /// - Parameter clips: `[B, T, 224, 224, 3]` in [−1, 1], T at least 9.
    /// - Returns: `[B, 400]`.
    public func logits(_ clips: Tensor) -> Tensor {
        require(
            clips.rank == 5 && clips.shape[1] >= Self.fewestFrames
                && Array(clips.shape.suffix(3)) == [Self.frameSide, Self.frameSide, 3],
            "I3D.logits", "clips of shape \(clips.shape), not [B, 9…, 224, 224, 3]")
        var x = pooled(conv1(clips), window: [1, 3, 3], stride: [1, 2, 2])
        x = pooled(conv2c(conv2b(x)), window: [1, 3, 3], stride: [1, 2, 2])
        x = pooled(mixed3.reduce(x) { $1($0) }, window: [3, 3, 3], stride: [2, 2, 2])
        x = pooled(mixed4.reduce(x) { $1($0) }, window: [2, 2, 2], stride: [2, 2, 2])
        x = mixed5.reduce(x) { $1($0) }
        return matrixProduct(Self.averaged(x), head.weight) + head.bias
    }

    /// Averages of windows 2×7×7 with stride 1, averaged over time again: `[B, T, 7, 7, C]` to `[B, C]`.
    ///
    /// The last convolution is linear, so the mean over time is taken before it. Of T steps the first and the last lie in one window, the others in two.
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

/// A convolution with the batch norm behind it folded in, and ReLU.
private struct Unit: Sendable {
    let weight: Tensor
    let bias: Tensor
    let window: Int
    let stride: Int

    init(_ weights: NamedWeights, _ name: String, window: Int, stride: Int = 1) throws {
        let kernel = try weights.tensor("params/\(name)/Conv_0/kernel", [window, window, window, nil, nil])
        let outputs = kernel.shape[4]
        let offset = try weights.tensor("params/\(name)/BatchNorm_0/bias", [outputs])
        let mean = try weights.tensor("batch_stats/\(name)/BatchNorm_0/mean", [1, 1, 1, 1, outputs])
        let variance = try weights.tensor("batch_stats/\(name)/BatchNorm_0/var", [1, 1, 1, 1, outputs])
        // Sonnet's batch norm without scale: (x − mean) / √(variance + 1e-3) + offset.
        let scales = variance.scalars.map { 1 / ($0 + 1e-3).squareRoot() }
        weight = kernel * Tensor(scales, shape: [outputs])
        bias = offset - mean.reshaped(to: [outputs]) * Tensor(scales, shape: [outputs])
        self.window = window
        self.stride = stride
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let (window, stride) = ([Int](repeating: window, count: 3), [Int](repeating: stride, count: 3))
        let padding = Padding.tensorFlowSame(sides: Array(x.shape[1...3]), window: window, stride: stride)
        return convolution(x, weight: weight, bias: bias, stride: stride, padding: padding, activation: .relu)
    }
}

/// Four branches side by side: 1×1×1; 1×1×1 and 3×3×3; the same, narrower; a maximum and 1×1×1.
private struct Inception: Sendable {
    let branch0: Unit
    let branch1: (Unit, Unit)
    let branch2: (Unit, Unit)
    let branch3: Unit

    init(_ weights: NamedWeights, _ name: String) throws {
        branch0 = try Unit(weights, name + "/Branch_0/Conv3d_0a_1x1", window: 1)
        branch1 = (
            try Unit(weights, name + "/Branch_1/Conv3d_0a_1x1", window: 1),
            try Unit(weights, name + "/Branch_1/Conv3d_0b_3x3", window: 3)
        )
        branch2 = (
            try Unit(weights, name + "/Branch_2/Conv3d_0a_1x1", window: 1),
            try Unit(weights, name + "/Branch_2/Conv3d_0b_3x3", window: 3)
        )
        branch3 = try Unit(weights, name + "/Branch_3/Conv3d_0b_1x1", window: 1)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let greatest = pooled(x, window: [3, 3, 3], stride: [1, 1, 1])
        return joined(
            [branch0(x), branch1.1(branch1.0(x)), branch2.1(branch2.0(x)), branch3(greatest)], along: 4)
    }
}
