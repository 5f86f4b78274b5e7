/// The plan of a training: the listed phases, or those that the other keys are shorthand for.
extension TrainingConfiguration {
    /// The phases of a step.
    public var resolvedPhases: [PhaseConfiguration] {
        guard phases.isEmpty else { return phases }
        var generator = PhaseConfiguration()
        generator.optimizer = shorthandOptimizer(learningRate: generatorLearningRate)
        generator.schedule = shorthandSchedule
        if adversarialWeight > 0 { generator.loss.append(LossTerm(.hinge, weight: adversarialWeight)) }
        // `none` adds no term.
        if let pixels = LossTerm.Name(rawValue: pixelLoss.rawValue) {
            generator.loss.append(LossTerm(pixels, weight: pixelWeight))
        }
        if orthogonalPenalty > 0 { generator.loss.append(LossTerm(.orthogonal, weight: orthogonalPenalty)) }
        guard adversarialWeight > 0 else { return [generator] }
        generator.batch = .last
        var discriminators = PhaseConfiguration()
        discriminators.network = .discriminators
        discriminators.loss = [LossTerm(.hinge)]
        discriminators.optimizer = shorthandOptimizer(learningRate: discriminatorLearningRate)
        discriminators.schedule = shorthandSchedule
        discriminators.repeats = discriminatorSteps
        return [discriminators, generator]
    }

    private func shorthandOptimizer(learningRate: Double) -> OptimizerConfiguration {
        var optimizer = OptimizerConfiguration()
        optimizer.learningRate = learningRate
        optimizer.beta1 = beta1
        optimizer.beta2 = beta2
        optimizer.epsilon = epsilon
        optimizer.gradientClipping = gradientClipping
        return optimizer
    }

    private var shorthandSchedule: ScheduleConfiguration {
        var schedule = ScheduleConfiguration()
        schedule.name =
            switch decay {
            case .constant: .constant
            case .linear: .linear
            case .cosine: .cosine
            }
        schedule.warmUpSteps = warmUpSteps
        return schedule
    }

    /// Whether any phase needs discriminators.
    public var hasDiscriminators: Bool {
        resolvedPhases.contains { phase in
            phase.network == .discriminators || phase.loss.contains { $0.name.adversarial != nil && $0.weight > 0 }
        }
    }

    /// Whether the generator is ever trained with a pixel loss.
    public var hasPixelLoss: Bool {
        resolvedPhases.contains { $0.loss.contains { $0.name.pixel != nil && $0.weight > 0 } }
    }

    /// Whether a learning rate before the end depends on the number of steps.
    package var ratesDependOnSteps: Bool {
        resolvedPhases.contains { $0.schedule.name != .constant && $0.until == nil }
    }

    /// The ranges of steps with the same active phases.
    package var kindsOfStep: [(first: Int, steps: Int)] {
        kindsOfStep(before: steps)
    }

    private func kindsOfStep(before end: Int) -> [(first: Int, steps: Int)] {
        let changes = phases.flatMap { [$0.from, $0.until ?? 0] }.filter { $0 > 0 && $0 < end }
        let bounds = [0] + Set(changes).sorted() + [end]
        return zip(bounds, bounds.dropFirst()).map { ($0, $1 - $0) }
    }

    /// Updates of a step that take fresh clips.
    package func freshUpdates(atStep step: Int) -> Int {
        let active = resolvedPhases.filter { $0.isActive(atStep: step) && $0.repeats > 0 }
        let fresh = active.reduce(0) { $0 + ($1.batch == .fresh ? $1.repeats : 0) }
        return fresh + (active.first?.batch == .last ? 1 : 0)
    }

    /// Updates with fresh clips in all steps before a given one.
    package func freshUpdates(before step: Int) -> Int {
        kindsOfStep(before: step).reduce(0) { $0 + $1.steps * freshUpdates(atStep: $1.first) }
    }
}
