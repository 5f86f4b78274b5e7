import AuspexSupport
import AuspexTensors

/// Several forecasters' futures, blended pixel by pixel according to how well each would have predicted the end of the context. Nothing is trained.
///
/// Every candidate is also run on the past: the last k frames are removed from the context, the first frame is repeated to keep its length, and the candidate
/// predicts these k frames, for k = 3 and k = 1. With the squared error over time and channels (of pixels in [0, 1]), its mean E over the clip and its mean P
/// over 7×7 pixels, the logit is `−Σₖ [ln(Eₖ + 1e-5) + 0.3 ln(Pₖ + 1e-4)]`; a softmax over candidates gives the weights, the same at every step.
/// A k is skipped if fewer than two frames remain before it, because motion needs two. Logits are multiplied by `sharpness` first.
///
/// A mean is less sharp than its parts, but a candidate that fails on a clip gets almost no weight. A candidate with random futures is
/// judged by a single draw.
/// Source: a choice of ours; weighting forecasts by their hindcasts is old, see Raftery et al. 2005, "Using Bayesian model averaging to calibrate
/// forecast ensembles".
public final class HindcastBlend: Forecaster {
    public let name: String
    /// The blended forecasters; at least one.
    public let candidates: [any Forecaster]
    public var isStochastic: Bool { candidates.contains { $0.isStochastic } }
    /// Three: two to see motion in, and one to predict from them.
    public var fewestContextFrames: Int {
        candidates.reduce(Self.fewestContextFrames) { max($0, $1.fewestContextFrames) }
    }

    /// What logits are multiplied by: the larger, the more the best candidate counts. The baseline takes 1 and a blended model 2, which blurs less: see
    /// docs/evaluate.md for what both give.
    public let sharpness: Float

    /// The smallest number of context frames of which the last can be predicted.
    public static let fewestContextFrames = 3
    /// How many of the context's last frames are predicted from those before.
    private static let spans = [3, 1]

    /// A blend of any forecasters.
    ///
    /// - Parameters:
    ///   - candidates: at least one.
    ///   - name: the blend's name in tables.
    ///   - sharpness: above 0.
    public init(of candidates: [any Forecaster], name: String, sharpness: Float = 1) {
        require(!candidates.isEmpty && sharpness > 0, "HindcastBlend", "nothing to mix, or a sharpness of \(sharpness)")
        self.candidates = candidates
        self.name = name
        self.sharpness = sharpness
    }

    /// The baseline `blend`: a mix of copying the last frame and extrapolating motion.
    public convenience init() { self.init(of: [CopyLast(), FlowExtrapolation()], name: "blend") }

    /// A model, blended with the two baselines where it would have done worse than they do.
    public convenience init(of model: any Forecaster) {
        self.init(of: [model, CopyLast(), FlowExtrapolation()], name: model.name, sharpness: 2)
    }

    public func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
        let weights = weights(for: context, classes: classes)
        let samplers = candidates.map { $0.futures(of: context, horizon: horizon, classes: classes) }
        return { randomness in
            let parts = zip(samplers, weights).map { $0(randomness) * $1 }
            return parts.dropFirst().reduce(parts[0], +)
        }
    }

    /// Every candidate's weight at each pixel, `[B, 1, H, W, 1]`; they sum to 1.
    package func weights(for context: Tensor, classes: [Int]? = nil) -> [Tensor] {
        let (batch, count, height, width) = (context.shape[0], context.shape[1], context.shape[2], context.shape[3])
        require(
            context.rank == 5 && count >= fewestContextFrames, "HindcastBlend",
            "a context of \(fewestContextFrames) frames [B, T, H, W, C] or more, not \(context.shape)")
        let logits = candidates.map { candidate in
            var logit = Tensor(zeros: [batch, height, width, 1])
            for span in Self.spans where span <= count - 2 {
                let error = hindcastError(of: candidate, on: context, span: span, classes: classes)
                logit =
                    logit - log(mean(error, along: [1, 2], keepingDimensions: true) + 1e-5)
                    - log(Self.surroundings(error) + 1e-4) * 0.3
            }
            return logit
        }
        return softmax(joined(logits, along: 3) * sharpness, along: 3).split(
            3, counts: [Int](repeating: 1, count: logits.count)
        )
        .map { $0.reshaped(to: [batch, 1, height, width, 1]) }
    }

    /// The squared error of the context's last frames, predicted from those before: mean over time and channels, in [0, 1]; `[B, H, W, 1]`.
    private func hindcastError(
        of candidate: any Forecaster, on context: Tensor, span: Int, classes: [Int]?
    ) -> Tensor {
        let known = context.shape[1] - span
        let first = context.sliced(1, from: 0, count: 1)
        let past = joined(
            [Tensor](repeating: first, count: span) + [context.sliced(1, from: 0, count: known)], along: 1)
        let predicted = candidate.future(
            of: past, horizon: span, classes: classes, drawnFrom: RandomStream(seed: 0, name: "hindcast", step: span))
        let error = square((predicted - context.sliced(1, from: known, count: span)) * 0.5)
        return mean(error, along: [1, 4]).reshaped(to: [context.shape[0]] + context.shape[2...3] + [1])
    }

    /// The mean over 7×7 pixels, with the edge repeated: `[B, H, W, 1]`.
    private static func surroundings(_ error: Tensor) -> Tensor {
        let (height, width) = (error.shape[1], error.shape[2])
        let window = [Float](repeating: 1 / 7, count: 7)
        let values = error.scalars
        let smooth = (0..<error.shape[0]).flatMap { clip in
            let plane = Plane(
                height: height, width: width,
                values: Array(values[clip * height * width..<(clip + 1) * height * width]))
            return plane.filtered(vertical: window, horizontal: window, border: .repeated).values
        }
        return Tensor(smooth, shape: error.shape)
    }
}
