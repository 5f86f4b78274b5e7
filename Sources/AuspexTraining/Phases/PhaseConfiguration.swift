/// One line of a training's plan: which network is updated, for which losses, by which optimizer, how often in a step and from which step to which.
///
/// A step goes through the list from top to bottom. DVD-GAN's step is two lines: `discriminators` twice on fresh batches, then `generator` on the
/// last of them. Training for the mean squared error is one line, and fine-tuning by discriminators afterwards is three.
public struct PhaseConfiguration: Codable, Sendable, Equatable {
    public enum Network: String, Codable, Sendable, CaseIterable { case generator, discriminators }

    /// Where an update's clips come from.
    public enum Batch: String, Codable, Sendable, CaseIterable {
        /// Clips that no update of the run has seen.
        case fresh
        /// Those of the update before, in the same step; fresh ones where there was none.
        case last
    }

    public var network = Network.generator
    /// What is minimised: the weighted sum.
    public var loss: [LossTerm] = []
    public var optimizer = OptimizerConfiguration()
    public var schedule = ScheduleConfiguration()
    /// Updates in a step.
    public var repeats = 1
    public var batch = Batch.fresh
    /// The first step, counted from 0.
    public var from = 0
    /// The step before which the phase ends; nil for the run's last.
    public var until: Int?

    public init() {}

    /// Whether the phase has a part in a step.
    public func isActive(atStep step: Int) -> Bool { step >= from && step < until ?? .max }

    /// Updates of its network before a step.
    func updates(before step: Int) -> Int { repeats * max(0, min(step, until ?? .max) - from) }

    /// The share of the optimizer's full learning rate at a step.
    func learningRateFactor(atStep step: Int, ofSteps steps: Int) -> Double {
        schedule.schedule.factor(atStep: step - from, of: max(1, (until ?? max(steps, step + 1)) - from))
    }
}

/// A part of what a phase minimises.
public struct LossTerm: Codable, Sendable, Equatable {
    /// What losses can be named.
    public enum Name: String, Codable, Sendable, CaseIterable {
        case hinge
        case nonSaturating = "non-saturating"
        case leastSquares = "least-squares"
        case l1, mse
        case orthogonal

        /// The loss of discriminators, and of a generator that is trained against them; nil for others.
        public var adversarial: AdversarialLoss? { AdversarialLoss(rawValue: rawValue) }

        /// The loss between predicted and true frames; nil for others.
        public var pixel: PixelLoss? { PixelLoss(rawValue: rawValue) }
    }

    public var name = Name.hinge
    public var weight = 1.0

    public init() {}

    public init(_ name: Name, weight: Double = 1) {
        self.name = name
        self.weight = weight
    }
}
