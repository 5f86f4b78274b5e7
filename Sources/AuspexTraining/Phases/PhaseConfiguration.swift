/// One line of a training's plan: which network is updated, for which losses, by which optimizer, how often per step, and over which steps.
///
/// A step goes through the list from top to bottom. DVD-GAN's step is two lines: `discriminators` twice on fresh batches, then `generator` on the
/// last of them. Training for the mean squared error is one line; fine-tuning with discriminators afterwards adds two.
public struct PhaseConfiguration: Codable, Sendable, Equatable {
    /// The network that an update changes.
    public enum Network: String, Codable, Sendable, CaseIterable {
        /// The network that predicts.
        case generator
        /// All discriminators, each for its own loss.
        case discriminators
    }

    /// Where an update's clips come from.
    public enum Batch: String, Codable, Sendable, CaseIterable {
        /// Clips that no update of the run has used.
        case fresh
        /// The clips of the update before, in the same step; fresh ones if there was none.
        case last
    }

    /// The network that is updated.
    public var network = Network.generator
    /// The losses, of which the weighted sum is minimised.
    public var loss: [LossTerm] = []
    /// The optimizer and its settings.
    public var optimizer = OptimizerConfiguration()
    /// The learning rate's schedule over the phase.
    public var schedule = ScheduleConfiguration()
    /// Updates per step.
    public var repeats = 1
    /// Where the clips of each update come from.
    public var batch = Batch.fresh
    /// The first step, counted from 0.
    public var from = 0
    /// The step before which the phase ends; nil for the run's last.
    public var until: Int?

    /// An update of the generator on fresh clips, without any loss yet.
    public init() {}

    /// Whether the phase is active at a step.
    public func isActive(atStep step: Int) -> Bool { step >= from && step < until ?? .max }

    /// Updates of its network before a step.
    func updates(before step: Int) -> Int { repeats * max(0, min(step, until ?? .max) - from) }

    /// The fraction of the optimizer's full learning rate at a step.
    func learningRateFactor(atStep step: Int, ofSteps steps: Int) -> Double {
        schedule.schedule.factor(atStep: step - from, of: max(1, (until ?? max(steps, step + 1)) - from))
    }
}

/// One loss of a phase.
public struct LossTerm: Codable, Sendable, Equatable {
    /// The losses that a configuration can name.
    public enum Name: String, Codable, Sendable, CaseIterable {
        /// Adversarial: `ρ(1 − D(real)) + ρ(1 + D(predicted))` for discriminators, `−D(predicted)` for the generator.
        case hinge
        /// Adversarial: `log(1 + e^−D(real)) + log(1 + e^D(predicted))` for discriminators, `log(1 + e^−D(predicted))` for the generator.
        case nonSaturating = "non-saturating"
        /// Adversarial: `(D(real) − 1)² + D(predicted)²` for discriminators, `(D(predicted) − 1)²` for the generator.
        case leastSquares = "least-squares"
        /// Mean absolute difference of predicted and true frames.
        case l1
        /// Mean squared difference of predicted and true frames.
        case mse
        /// A penalty on weights whose columns are not orthogonal.
        case orthogonal

        /// The adversarial loss for discriminators, and for a generator trained against them; nil for other losses.
        public var adversarial: AdversarialLoss? { AdversarialLoss(rawValue: rawValue) }

        /// The loss between predicted and true frames; nil for others.
        public var pixel: PixelLoss? { PixelLoss(rawValue: rawValue) }
    }

    /// Which loss.
    public var name = Name.hinge
    /// Its factor in the phase's sum.
    public var weight = 1.0

    /// A hinge loss of weight 1.
    public init() {}

    /// A loss by name.
    public init(_ name: Name, weight: Double = 1) {
        self.name = name
        self.weight = weight
    }
}
