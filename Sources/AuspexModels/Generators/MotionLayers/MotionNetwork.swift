import AuspexLayers
import AuspexTensors

/// A U-Net over the context: features at half size for the motion rollout, and at full size for the layers.
///
/// Every block is convolution 3×3 → batch norm → ReLU; the cost volume joins at half size; a residual block follows at quarter and eighth size and, on
/// the way up, at quarter and half.
/// Source: Ronneberger et al. 2015, arXiv:1505.04597.
public final class MotionNetwork: Layer {
    /// The network's input, at full size.
    public let entry: NormalizedConvolution
    /// From full to half size.
    public let downToHalf: NormalizedConvolution
    /// Joins the cost volume, at half size.
    public let costs: NormalizedConvolution
    /// From half to quarter size.
    public let downToQuarter: NormalizedConvolution
    /// At quarter size, on the way down.
    public let quarterRefined: RefiningBlock
    /// From quarter to eighth size.
    public let downToEighth: NormalizedConvolution
    /// At eighth size.
    public let eighthRefined: RefiningBlock
    /// From eighth to quarter size, with a skip connection.
    public let upToQuarter: NormalizedConvolution
    /// At quarter size, on the way up.
    public let upToQuarterRefined: RefiningBlock
    /// From quarter to half size, with a skip connection.
    public let upToHalf: NormalizedConvolution
    /// At half size: input of the rollout.
    public let upToHalfRefined: RefiningBlock
    /// From half to full size, with a skip connection.
    public let upToFull: NormalizedConvolution
    /// At full size: input of the layer head.
    public let features: NormalizedConvolution

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: MotionLayersConfiguration, using initializer: inout Initializer) {
        let widths = configuration.widths
        func block(_ inputs: Int, _ outputs: Int, stride: Int = 1) -> NormalizedConvolution {
            NormalizedConvolution(inputChannels: inputs, outputChannels: outputs, stride: stride, using: &initializer)
        }
        func refining(_ channels: Int) -> RefiningBlock { RefiningBlock(channels: channels, using: &initializer) }
        let channels = configuration.frameChannels
        entry = block(configuration.contextFrames * channels + 2 + channels + 4, widths[0])
        downToHalf = block(widths[0], widths[1], stride: 2)
        costs = block(widths[1] + configuration.velocities.count, widths[1])
        downToQuarter = block(widths[1], widths[2], stride: 2)
        quarterRefined = refining(widths[2])
        downToEighth = block(widths[2], widths[3], stride: 2)
        eighthRefined = refining(widths[3])
        upToQuarter = block(widths[3] + widths[2], widths[2])
        upToQuarterRefined = refining(widths[2])
        upToHalf = block(widths[2] + widths[1], widths[1])
        upToHalfRefined = refining(widths[1])
        upToFull = block(widths[1] + widths[0], widths[0])
        features = block(widths[0], configuration.headChannels)
    }

    /// - Returns: features at half size `[B, H/2, W/2, widths[1]]`, and at full size `[B, H, W, headChannels]`.
    func callAsFunction(_ scene: MotionScene, _ pass: Pass) -> (coarse: Tensor, fine: Tensor) {
        let full = pass.recomputed([scene.input]) { [entry] in entry($0[0], $1) }
        let halved = pass.recomputed([full, scene.costs]) { [downToHalf, costs] in
            costs(downToHalf($0[0], $1), beside: $0[1], $1)
        }
        let quartered = pass.recomputed([halved]) { [downToQuarter, quarterRefined] in
            quarterRefined(downToQuarter($0[0], $1), $1)
        }
        let least = pass.recomputed([quartered]) { [downToEighth, eighthRefined] in
            eighthRefined(downToEighth($0[0], $1), $1)
        }
        let toQuarter = pass.recomputed([least, quartered]) { [upToQuarter, upToQuarterRefined] in
            upToQuarterRefined(upToQuarter.ofUpsampled($0[0], beside: $0[1], $1), $1)
        }
        let coarse = pass.recomputed([toQuarter, halved]) { [upToHalf, upToHalfRefined] in
            upToHalfRefined(upToHalf.ofUpsampled($0[0], beside: $0[1], $1), $1)
        }
        let fine = pass.recomputed([coarse, full]) { [upToFull, features] in
            features(upToFull.ofUpsampled($0[0], beside: $0[1], $1), $1)
        }
        return (coarse, fine)
    }
}

/// `x + convolution(block(x))`, with the last convolution initially zero: the block begins as the identity.
public final class RefiningBlock: Layer {
    /// The block whose output is convolved once more.
    public let block: NormalizedConvolution
    /// The last convolution, initially zero.
    public let convolution: Convolution

    /// - Parameter channels: of input and output.
    public init(channels: Int, using initializer: inout Initializer) {
        block = NormalizedConvolution(inputChannels: channels, outputChannels: channels, using: &initializer)
        convolution = Convolution(
            inputChannels: channels, outputChannels: channels, spectralNorm: false,
            initialization: .normal(deviation: 0), using: &initializer)
    }

    /// Refines features `[N, H, W, channels]`.
    public func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
        x + convolution(block(x, pass), method: .filteringBothWays, pass)
    }
}
