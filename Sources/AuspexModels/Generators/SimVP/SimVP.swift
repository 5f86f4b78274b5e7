import AuspexLayers
import AuspexSupport
import AuspexTensors

/// SimVP: convolutions alone. An encoder processes every context frame separately, a translator turns all their latents together into those of
/// the same number of future frames, and a decoder turns each latent into a frame.
///
/// Deterministic, and trained with the mean squared error. The network is OpenSTL's with `model_type: incepu`; the options here correspond to
/// its hid_S, hid_T, N_S and N_T.
/// Source: Gao et al. 2022, arXiv:2206.05099.
public final class SimVP: VideoGenerator {
    /// From frames to latents, each frame by itself.
    public let encoder: SimVPEncoder
    /// From the context's latents to those of the frames that follow.
    public let translator: SimVPTranslator
    /// From the predicted frames' latents to frames.
    public let decoder: SimVPDecoder
    public let options: SimVPConfiguration
    public let latentSize = 0

    /// - Parameter configuration: one that `validate()` accepts.
    public init(_ configuration: SimVPConfiguration, using initializer: inout Initializer) {
        options = configuration
        encoder = SimVPEncoder(configuration, using: &initializer)
        translator = SimVPTranslator(configuration, using: &initializer)
        decoder = SimVPDecoder(configuration, using: &initializer)
    }

    public func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]? = nil, _ pass: Pass
    ) -> GeneratorOutput {
        GeneratorOutput(frames: self(context: context, steps: horizon, pass))
    }

    /// Continues clips: predicts as many frames at once as were given, and drops those not needed; if more are needed, the predicted frames become the context
    /// of the next ones, with gradients through all of them.
    ///
    /// - Parameters:
    ///   - context: `[B, Tc, H, W, C]`, in [−1, 1].
    ///   - steps: Tp, how many frames to predict, at least 1.
    /// - Returns: the predicted frames, `[B, Tp, H, W, C]`, in [−1, 1] unless the network overshoots: its output is not limited.
    public func callAsFunction(context: Tensor, steps: Int, _ pass: Pass) -> Tensor {
        let given = options.contextFrames
        require(
            context.rank == 5 && context.shape[1] == given && steps > 0, "SimVP",
            "context must be [B, \(given), H, W, C] and steps above zero: \(context.shape), \(steps)")
        var clips: [Tensor] = []
        var newest = context
        while clips.count * given < steps {
            newest = next(newest, pass)
            clips.append(newest)
        }
        let all = clips.count == 1 ? clips[0] : joined(clips, along: 1)
        return all.shape[1] == steps ? all : all.sliced(1, from: 0, count: steps)
    }

    /// The Tc frames after Tc frames, `[B, Tc, H, W, C]`.
    private func next(_ clip: Tensor, _ pass: Pass) -> Tensor {
        let (batch, time) = (clip.shape[0], clip.shape[1])
        let (latent, skip) = encoder(clip.reshaped(to: [batch * time] + clip.shape[2...]), pass)
        let translated = translator(sideBySide(latent, time: time), pass)
        let frames = decoder(oneByOne(translated, time: time), skip: skip, pass)
        return frames.reshaped(to: clip.shape)
    }

    /// `[B·T, h, w, C]` to `[B, h, w, T·C]`.
    private func sideBySide(_ x: Tensor, time: Int) -> Tensor {
        let (batch, h, w, channels) = (x.shape[0] / time, x.shape[1], x.shape[2], x.shape[3])
        return x.reshaped(to: [batch, time, h, w, channels]).transposed([0, 2, 3, 1, 4])
            .reshaped(to: [batch, h, w, time * channels])
    }

    /// `[B, h, w, T·C]` to `[B·T, h, w, C]`.
    private func oneByOne(_ x: Tensor, time: Int) -> Tensor {
        let (batch, h, w, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3] / time)
        return x.reshaped(to: [batch, h, w, time, channels]).transposed([0, 3, 1, 2, 4])
            .reshaped(to: [batch * time, h, w, channels])
    }
}
