import AuspexLayers
import AuspexSupport
import AuspexTensors

/// Motion layers: predicts where pixels go, what is in front, and what is behind, instead of pixels.
///
/// A network looks at the context and its optical flow. Every pixel of the last frame gets an opacity, an order, a corrected colour, and a
/// displacement for each future frame, which one rule for all times rolls out; the pixel is splatted forward over a canvas that moves with the
/// camera. One future, unless `latentSize` is above 0 and discriminators have taught it others; any horizon. For large frames, motion and layers are
/// found at a reduced size, and pixels are moved at full size (`MotionLayersConfiguration.motionSide`). Frames whose sides are not multiples of 8 are padded below and to the right by repeating their edges,
/// and the prediction is cropped to the original size.
///
/// Source: forward splatting as in Niklaus and Liu 2020, arXiv:2003.05534; layers as in Wang and Adelson 1994, "Representing moving images with
/// layers". Recipe, experiments and figures are this project's own.
public final class MotionLayers: VideoGenerator {
    /// From the context to features.
    public let network: MotionNetwork
    /// From features to where pixels go.
    public let rollout: MotionRollout
    /// From features to each pixel's layers.
    public let head: LayerHead
    public let options: MotionLayersConfiguration
    public var latentSize: Int { options.latentSize }

    /// Sides are multiples of this inside the network.
    static let unit = 8

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: MotionLayersConfiguration, using initializer: inout Initializer) {
        options = configuration
        network = MotionNetwork(configuration, using: &initializer)
        rollout = MotionRollout(configuration, using: &initializer)
        head = LayerHead(configuration, using: &initializer)
    }

    /// Every 3×3 kernel except the first, and the two maps of the rollout that are at least as large as the others.
    public var hiddenKernels: [Parameter] {
        let kernels = network.parameters.map(\.parameter).filter { $0.value.rank == 4 && $0 !== network.entry.weight }
        return kernels + [rollout.features.weight, rollout.hidden.weight]
    }

    public func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]? = nil, _ pass: Pass
    ) -> GeneratorOutput {
        self(context: context, steps: horizon, noise: noise, pass)
    }

    /// Continues clips.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - steps: Tp, how many frames to predict, at least 1.
    ///   - noise: z, `[B, latentSize]`; nil for zeros.
    ///   - prior: the velocity of each pixel of the last frame according to optical flow, (dy, dx) in pixels per frame, `[B, H', W', 2]`;
    ///     if nil, it is computed from the last two frames. (H', W') is the padded size, reduced if frames are larger than `options.motionSide`.
    /// - Returns: the predicted frames, `[B, Tp, H, W, C]`, in [−1, 1] apart from overshooting colours, with the maps that `GeneratorOutput` names, the
    ///   canvas at rest, and `alphaLogits`.
    public func callAsFunction(
        context: Tensor, steps: Int, noise: Tensor? = nil, prior: Tensor? = nil, _ pass: Pass
    ) -> GeneratorOutput {
        require(
            context.rank == 5 && context.shape[1] == options.contextFrames && context.shape[4] == options.frameChannels
                && steps > 0, "MotionLayers",
            "context must be [B, \(options.contextFrames), H, W, \(options.frameChannels)] and steps above zero: \(context.shape), \(steps)"
        )
        let (height, width) = (context.shape[2], context.shape[3])
        let factor = options.reduction(of: FrameSize(height: height, width: width))
        let padded = context.paddedByEdges(2, toMultipleOf: Self.unit * factor)
            .paddedByEdges(3, toMultipleOf: Self.unit * factor)
        let reduced = padded.reduced(by: factor)
        let scene = MotionScene(reduced, prior: prior, options)
        let (coarse, fine) = network(scene, pass)
        let (way, turns) = rollout(
            coarse, prior: scene.prior, steps: steps, noise: noise ?? Tensor(zeros: [context.shape[0], latentSize]),
            pass)
        let layers = head(fine, pass)
        var (shown, displacement) = (layers, layers.displacement(along: way))
        if factor > 1 {
            (shown, displacement) = layers.enlarged(
                displacement, by: factor, guide: padded.lastFrame, coarse: reduced.lastFrame)
        }
        let picture = LayeredPicture(
            context: padded, layers: shown, displacement: displacement,
            cameraVelocity: scene.overallVelocity * Float(factor), factor: factor)
        var output = picture.rendered()
        // For inspection; training does not use it.
        if pass.mode == .inference {
            output.maps[GeneratorOutput.turns] = turns.eachFrame { upsampledBilinear($0).enlarged(by: factor) }
        }
        func cut(_ x: Tensor) -> Tensor {
            x.shape[x.rank - 3] == height && x.shape[x.rank - 2] == width
                ? x : x.cropped(height: 0..<height, width: 0..<width)
        }
        output.frames = cut(output.frames)
        output.maps = output.maps.mapValues(cut)
        return output
    }

    /// The map of the logits of how much pixels of the last context frame belong to the moving foreground: `[B, H, W, 1]`.
    public static let alphaLogits = "alphaLogits"
    /// The map of where the canvas is read, relative to each predicted pixel, (dy, dx) in pixels: `[B, Tp, H, W, 2]`.
    static let canvasMotion = "canvasMotion"

    public var followsPixels: Bool { true }

    /// Where pixels go: those in front, of an opacity above a half, along their own displacement; those behind with the canvas.
    ///
    /// The canvas's motion is known where a pixel arrives, and taken where it starts: the same as long as the canvas moves as a whole.
    public func paths(in output: GeneratorOutput) -> Tensor? {
        guard let own = output.maps[GeneratorOutput.displacement], let alpha = output.maps[Self.alphaLogits],
            let canvas = output.maps[Self.canvasMotion]
        else { return nil }
        // 1 for positive logits, 0 for the others.
        let front = clamped(alpha * 1e6, least: 0, most: 1).reshaped(to: [alpha.shape[0], 1] + alpha.shape[1...])
        return own * front - canvas * (1 - front)
    }
}

extension Tensor {
    /// The mean of `factor`×`factor` pixels: `[B, T, H, W, C]` to `[B, T, H / factor, W / factor, C]`.
    fileprivate func reduced(by factor: Int) -> Tensor {
        guard factor > 1 else { return self }
        return eachFrame { averagePooled($0, size: factor) }
    }

    /// Repeats the last place of an axis until its length is a multiple of a number.
    fileprivate func paddedByEdges(_ axis: Int, toMultipleOf unit: Int) -> Tensor {
        let side = shape[axis]
        let missing = (unit - side % unit) % unit
        guard missing > 0 else { return self }
        let edge = sliced(axis, from: side - 1, count: 1)
        return joined([self] + [Tensor](repeating: edge, count: missing), along: axis)
    }
}
