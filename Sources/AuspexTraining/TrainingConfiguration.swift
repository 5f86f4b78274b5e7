import Foundation

/// How a predictor is trained: the updates of a step, the losses, the number of steps and the output.
///
/// Defaults are the published ones (see each field), except the batch, which is 512 in the paper.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
    /// How the learning rate decays after the warm-up.
    public typealias Decay = WarmUpSchedule.Decay

    /// The element type of activations and of the weights' copies; master weights, gradients and statistics stay float32.
    public enum Precision: String, Codable, Sendable, CaseIterable {
        /// IEEE single precision.
        case float32
        /// Half the memory and 8 bits of fraction; refused until all kernels support it.
        case bfloat16
    }

    /// Which checkpoint a run's model is taken from: the last one, or the best by a metric on the held-out clips.
    public enum ValidationSelect: String, Codable, Sendable, CaseIterable {
        /// The last checkpoint, whatever validation says.
        case last
        /// The highest PSNR.
        case psnr
        /// The highest SSIM.
        case ssim
        /// The lowest LPIPS.
        case lpips
        /// The lowest FVD.
        case fvd
        /// The lowest KVD.
        case kvd
    }

    /// Weights averaged over the steps, for evaluation.
    public struct Averaging: Codable, Sendable, Equatable {
        /// The fraction of the average that a generator step keeps, once enough steps are done.
        public var decay = 0.9999
        /// Instead of `decay`: the number of training clips after which half of the average is new, whatever the batch.
        public var halfLifeClips: Double?
        /// Up to and including this step the average equals the weights.
        public var startStep = 0

        /// The defaults: a decay of 0.9999 from the first step.
        public init() {}

        /// The fraction that one generator step keeps: `min(d, (1 + t) / (10 + t))`, where d is `decay`, or `0.5^(clips / halfLifeClips)`.
        ///
        /// A constant decay of 0.9999 would leave the average at the initial weights for thousands of steps. With the minimum the average
        /// covers about the last ninth of the steps until d takes over.
        ///
        /// - Parameters:
        ///   - step: t, generator steps since averaging started, counted from 1.
        ///   - clipsPerStep: clips that the step trained on.
        /// - Source: TensorFlow's `ExponentialMovingAverage` with `num_updates`.
        public func decay(atStep step: Int, clipsPerStep: Int) -> Double {
            let settled = halfLifeClips.map { pow(0.5, Double(clipsPerStep) / $0) } ?? decay
            return min(settled, Double(1 + step) / Double(10 + step))
        }
    }

    /// Generator steps.
    public var steps = 100_000
    /// Clips of a micro-batch: what batch norm sees and memory holds.
    public var batch = 16
    /// Micro-batches whose mean loss makes one update.
    public var accumulation = 1
    /// Discriminator updates before each generator update, each on a fresh batch.
    public var discriminatorSteps = 2
    /// Adam's learning rate for the generator.
    public var generatorLearningRate = 1e-4
    /// Adam's learning rate for the discriminators.
    public var discriminatorLearningRate = 5e-4
    /// Adam's decay of the mean gradient.
    public var beta1 = 0.0
    /// Adam's decay of the mean squared gradient.
    public var beta2 = 0.999
    /// Added to the root in Adam's denominator.
    public var epsilon = 1e-8
    /// Steps over which the learning rates rise from zero.
    public var warmUpSteps = 0
    /// How the learning rates decay from the end of the warm-up to the last step.
    public var decay = Decay.constant
    /// The largest norm that all gradients of a network together may have; larger ones are scaled down. Nil does not limit.
    public var gradientClipping: Double?
    /// A pixel loss besides the discriminators'.
    public var pixelLoss = PixelLoss.none
    /// The weight of the pixel loss in the generator's loss.
    public var pixelWeight = 0.0
    /// The weight of the discriminators in the generator's loss; 0 trains none at all.
    public var adversarialWeight = 1.0
    /// The weight of the orthogonal penalty on the generator's weights; 0 adds none. Published for DVD-GAN: 1e-4.
    public var orthogonalPenalty = 0.0
    /// Whether validation, prediction and evaluation use the model blended with the baselines by their hindcasts; training is not affected.
    public var blend = false
    /// The run whose trained generator this one begins with, `pretrained` among them; nil begins with new weights.
    public var initialModel: String?
    /// Averaged weights.
    public var averaging = Averaging()
    /// Seeded batches over which batch norm's statistics are recomputed with averaged weights, before these are used.
    public var standingStatisticsBatches = 16
    /// Steps between validations; 0 never validates.
    public var validationInterval = 1_000
    /// Held-out clips used in each validation, always the same ones.
    public var validationClips = 64
    /// What chooses the checkpoint that a run's model is taken from; nil takes `last` if there is no pixel loss, else `psnr`.
    public var validationSelect: ValidationSelect?
    /// Steps between checkpoints.
    public var checkpointInterval = 1_000
    /// Minutes after which a checkpoint is written in any case; 0 uses the interval in steps only.
    public var checkpointMinutes = 10.0
    /// Checkpoints by step that are kept besides `last` and `best`.
    public var keepCheckpoints = 1
    /// Steps between sample strips; 0 makes none.
    public var sampleInterval = 1_000
    /// Steps between lines of the log.
    public var logInterval = 10
    /// The seed of every random draw of the run.
    public var seed: UInt64 = 1
    /// The element type of activations.
    public var precision = Precision.float32
    /// Whether every block's activations are recomputed in the backward pass instead of being kept: less memory, more time, the same bits.
    public var checkpointActivations = false

    /// The full list of a step's updates, for training that the shorthand above cannot describe; empty for the shorthand.
    public var phases: [PhaseConfiguration] = []

    /// The defaults, which train DVD-GAN's step: two updates of the discriminators, one of the generator.
    public init() {}

    /// `validationSelect`, or its default: training with discriminators alone does not reward a high PSNR, whose best checkpoint would be the blurriest.
    public var effectiveSelect: ValidationSelect {
        validationSelect ?? (hasPixelLoss && (phases.isEmpty || !hasDiscriminators) ? .psnr : .last)
    }

    /// Refuses numbers with which a run cannot work.
    ///
    /// - Throws: `TrainingConfigurationError` naming the field, its value and the allowed ones.
    public func validate() throws {
        func check(_ holds: Bool, _ field: String, _ found: some CustomStringConvertible, _ expected: String) throws {
            if !holds { throw TrainingConfigurationError(field: field, found: "\(found)", expected: expected) }
        }
        for (field, count) in [
            ("steps", steps), ("batch", batch), ("accumulation", accumulation),
            ("checkpointInterval", checkpointInterval), ("logInterval", logInterval),
            ("standingStatisticsBatches", standingStatisticsBatches), ("validationClips", validationClips),
        ] {
            try check(count >= 1, field, count, "1 or more")
        }
        for (field, count) in [
            ("warmUpSteps", warmUpSteps), ("validationInterval", validationInterval),
            ("keepCheckpoints", keepCheckpoints), ("sampleInterval", sampleInterval),
            ("discriminatorSteps", discriminatorSteps), ("averaging.startStep", averaging.startStep),
        ] {
            try check(count >= 0, field, count, "0 or more")
        }
        for (field, count, most) in [
            ("steps", steps, 1_000_000_000_000), ("accumulation", accumulation, 1_000_000),
            ("discriminatorSteps", discriminatorSteps, 1_000), ("keepCheckpoints", keepCheckpoints, 1_000_000_000),
            ("warmUpSteps", warmUpSteps, 1_000_000_000_000),
        ] {
            try check(count <= most, field, count, "\(most) at most")
        }
        for (field, rate) in [
            ("generatorLearningRate", generatorLearningRate), ("discriminatorLearningRate", discriminatorLearningRate),
            ("epsilon", epsilon),
        ] {
            try check(rate > 0 && rate.isFinite, field, rate, "a number above 0")
        }
        for (field, share) in [("beta1", beta1), ("beta2", beta2), ("averaging.decay", averaging.decay)] {
            try check((0..<1).contains(share), field, share, "0 or more and below 1")
        }
        for (field, weight) in [
            ("pixelWeight", pixelWeight), ("adversarialWeight", adversarialWeight),
            ("orthogonalPenalty", orthogonalPenalty),
        ] {
            try check(weight >= 0 && weight.isFinite, field, weight, "0 or more")
        }
        try check(
            checkpointMinutes >= 0 && checkpointMinutes.isFinite, "checkpointMinutes", checkpointMinutes, "0 or more")
        try check(gradientClipping ?? 1 > 0, "gradientClipping", gradientClipping ?? 0, "a number above 0, or null")
        try check(
            averaging.halfLifeClips ?? 1 > 0, "averaging.halfLifeClips", averaging.halfLifeClips ?? 0,
            "a number above 0, or null")
        if let select = validationSelect, select != .last {
            try check(
                validationInterval >= 1, "validationInterval", validationInterval,
                "1 or more where validationSelect is \(select.rawValue): without validations nothing can be selected")
        }
        try check(
            precision == .float32, "precision", precision.rawValue,
            "float32: the engine stores bfloat16 and has no kernels for it yet, so train in float32")
        try check(
            pixelLoss == .none || pixelWeight > 0, "pixelWeight", pixelWeight,
            "a number above 0 where pixelLoss is given")
        try check(
            pixelLoss != .none || pixelWeight == 0, "pixelWeight", pixelWeight, "0 where pixelLoss is none")
        try check(
            adversarialWeight > 0 || pixelWeight > 0, "adversarialWeight", adversarialWeight,
            "a number above 0 where no pixel loss is given: nothing would be learned")
        try check(
            adversarialWeight == 0 || discriminatorSteps > 0, "discriminatorSteps", discriminatorSteps,
            "1 or more where adversarialWeight is above 0")
        try validatePhases()
    }
}

/// A number in a training configuration with which a run cannot work.
public struct TrainingConfigurationError: Error, CustomStringConvertible, Equatable {
    /// The field, without `training.`.
    public let field: String
    /// Its value.
    public let found: String
    /// The allowed values.
    public let expected: String

    public var description: String { "training.\(field) is \(found); expected \(expected)" }
}
