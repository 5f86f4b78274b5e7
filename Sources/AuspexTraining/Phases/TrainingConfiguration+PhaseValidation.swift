extension TrainingConfiguration {
    /// Refuses phases for which a run cannot work, and shorthand keys beside phases, which would have no effect.
    func validatePhases() throws {
        guard !phases.isEmpty else { return }
        try refuseShorthand()
        for (number, phase) in phases.enumerated() { try phase.validate(at: "phases[\(number)]") }
        if !phases.contains(where: { $0.network == .generator }) {
            throw TrainingConfigurationError(
                field: "phases", found: "a list without the generator",
                expected: "at least one phase whose network is generator")
        }
        let opposes = { (phase: PhaseConfiguration) in phase.loss.contains { $0.name.adversarial != nil } }
        let opposed = phases.filter { $0.network == .generator && opposes($0) }
        let opposing = phases.filter { $0.network == .discriminators }
        if let first = opposed.map(\.from).min(), opposing.allSatisfy({ $0.from > first }) {
            throw TrainingConfigurationError(
                field: "phases", found: "a list whose generator has an adversarial loss from step \(first)",
                expected:
                    "a phase whose network is discriminators from that step or before: untrained ones give no useful gradient"
            )
        }
        if !opposing.isEmpty && opposed.isEmpty {
            throw TrainingConfigurationError(
                field: "phases", found: "a list that trains discriminators",
                expected: "an adversarial loss in one of the generator's phases: nothing would use them")
        }
        let gaps = Set(phases.flatMap { [$0.from, $0.until ?? steps] } + [0]).filter { $0 < steps }.sorted()
        for step in gaps where !phases.contains(where: { $0.isActive(atStep: step) }) {
            throw TrainingConfigurationError(
                field: "phases", found: "a list with nothing to do at step \(step)",
                expected: "a phase for each of the \(steps) steps: see from and until")
        }
    }
}

extension TrainingConfiguration {
    /// Refuses keys that are shorthand for phases if phases are listed: they would have no effect.
    private func refuseShorthand() throws {
        let usual = TrainingConfiguration()
        let keys: [(field: String, found: String, isUsual: Bool)] = [
            ("discriminatorSteps", "\(discriminatorSteps)", discriminatorSteps == usual.discriminatorSteps),
            ("generatorLearningRate", "\(generatorLearningRate)", generatorLearningRate == usual.generatorLearningRate),
            (
                "discriminatorLearningRate", "\(discriminatorLearningRate)",
                discriminatorLearningRate == usual.discriminatorLearningRate
            ),
            ("beta1", "\(beta1)", beta1 == usual.beta1), ("beta2", "\(beta2)", beta2 == usual.beta2),
            ("epsilon", "\(epsilon)", epsilon == usual.epsilon),
            ("warmUpSteps", "\(warmUpSteps)", warmUpSteps == usual.warmUpSteps),
            ("decay", decay.rawValue, decay == usual.decay),
            (
                "gradientClipping", gradientClipping.map { "\($0)" } ?? "null",
                gradientClipping == usual.gradientClipping
            ),
            ("pixelLoss", pixelLoss.rawValue, pixelLoss == usual.pixelLoss),
            ("pixelWeight", "\(pixelWeight)", pixelWeight == usual.pixelWeight),
            ("adversarialWeight", "\(adversarialWeight)", adversarialWeight == usual.adversarialWeight),
            ("orthogonalPenalty", "\(orthogonalPenalty)", orthogonalPenalty == usual.orthogonalPenalty),
        ].filter { !$0.isUsual }
        guard let first = keys.first else { return }
        let others = keys.dropFirst().map { "training.\($0.field)" }
        throw TrainingConfigurationError(
            field: first.field, found: first.found,
            expected: "nothing where training.phases are listed: it is shorthand for a list; leave it out"
                + (others.isEmpty ? "" : ", and so " + others.joined(separator: ", ")))
    }
}

extension PhaseConfiguration {
    /// - Parameter field: `phases[1]`.
    fileprivate func validate(at field: String) throws {
        func check(_ holds: Bool, _ key: String, _ found: some CustomStringConvertible, _ expected: String) throws {
            if !holds {
                throw TrainingConfigurationError(field: "\(field).\(key)", found: "\(found)", expected: expected)
            }
        }
        try check((1...1_000).contains(repeats), "repeats", repeats, "1 to 1000")
        try check(from >= 0, "from", from, "0 or more")
        try check(
            !loss.isEmpty, "loss", "empty", "a list of losses, for example [{name: mse}]: nothing would be learned")
        try check(until ?? .max > from, "until", until ?? 0, "a step after from, which is \(from)")
        try check(schedule.warmUpSteps >= 0, "schedule.warmUpSteps", schedule.warmUpSteps, "0 or more")
        let rates = [
            ("optimizer.learningRate", optimizer.learningRate), ("optimizer.epsilon", optimizer.epsilon),
            ("optimizer.adamLearningRate", optimizer.adamLearningRate),
            ("optimizer.gradientClipping", optimizer.gradientClipping ?? 1),
        ]
        for (key, rate) in rates { try check(rate > 0 && rate.isFinite, key, rate, "a number above 0") }
        let shares = [
            ("optimizer.beta1", optimizer.beta1), ("optimizer.beta2", optimizer.beta2),
            ("optimizer.momentum", optimizer.momentum),
        ]
        for (key, share) in shares { try check((0..<1).contains(share), key, share, "0 or more and below 1") }
        for (key, decay) in [
            ("optimizer.weightDecay", optimizer.weightDecay), ("optimizer.adamWeightDecay", optimizer.adamWeightDecay),
        ] { try check(decay >= 0 && decay.isFinite, key, decay, "0 or more") }
        try check(
            optimizer.weightDecay == 0 || optimizer.name != .adam, "optimizer.weightDecay", optimizer.weightDecay,
            "0 for adam; adamw, sgd and muon have one")
        func unused(_ key: String, _ isGiven: Bool, _ found: Double, _ needs: String) throws {
            try check(!isGiven, key, found, "its default: \(needs)")
        }
        let usual = OptimizerConfiguration()
        let isAdam = optimizer.name == .adam || optimizer.name == .adamw
        try unused(
            "optimizer.momentum", isAdam && optimizer.momentum != usual.momentum, optimizer.momentum,
            "sgd and muon have one")
        for (key, value, other) in [
            ("beta1", optimizer.beta1, usual.beta1), ("beta2", optimizer.beta2, usual.beta2),
            ("epsilon", optimizer.epsilon, usual.epsilon),
        ] { try unused("optimizer.\(key)", optimizer.name == .sgd && value != other, value, "sgd has none") }
        for (key, value, other) in [
            ("adamLearningRate", optimizer.adamLearningRate, usual.adamLearningRate),
            ("adamWeightDecay", optimizer.adamWeightDecay, usual.adamWeightDecay),
        ] { try unused("optimizer.\(key)", optimizer.name != .muon && value != other, value, "muon alone has one") }
        try check(
            schedule.warmUpSteps == 0 || schedule.name != .oneCycle, "schedule.warmUpSteps", schedule.warmUpSteps,
            "0 for one-cycle, which has its own rise")
        for (number, term) in loss.enumerated() {
            try check(
                network == .generator || term.weight == 1, "loss[\(number)].weight", term.weight,
                "1 where the network is discriminators: their learning rate says how far they go")
            try check(
                term.weight > 0 && term.weight.isFinite, "loss[\(number)].weight", term.weight, "a number above 0")
            try check(
                network == .generator || term.name.adversarial != nil, "loss[\(number)].name", term.name.rawValue,
                "hinge, non-saturating or least-squares where the network is discriminators")
        }
        try check(
            network == .generator || loss.count == 1, "loss", "a list of \(loss.count)",
            "one adversarial loss where the network is discriminators")
        try check(
            loss.filter { $0.name.adversarial != nil }.count <= 1, "loss", "a list with several adversarial losses",
            "at most one of hinge, non-saturating and least-squares")
    }
}
