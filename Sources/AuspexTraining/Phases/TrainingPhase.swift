import AuspexLayers
import AuspexModels

/// A phase with the optimizer that it keeps from step to step.
final class TrainingPhase {
    let plan: PhaseConfiguration
    let optimizer: any Optimizer
    /// Prefix of its state's names in checkpoints: the network, and the number of the phase if it is not the network's first.
    let stateName: String

    private init(_ plan: PhaseConfiguration, of network: any Layer, stateName: String) {
        self.plan = plan
        self.stateName = stateName
        optimizer = plan.optimizer.optimizer(of: network)
    }

    static func all(
        _ plans: [PhaseConfiguration], of generator: any Layer, _ discriminators: any Layer
    ) -> [TrainingPhase] {
        var counts: [PhaseConfiguration.Network: Int] = [:]
        return plans.map { plan in
            counts[plan.network, default: 0] += 1
            let number = counts[plan.network, default: 1]
            return TrainingPhase(
                plan, of: plan.network == .generator ? generator : discriminators,
                stateName: plan.network.rawValue + (number > 1 ? "-\(number)" : ""))
        }
    }

    /// The discriminators' loss.
    var adversarialLoss: AdversarialLoss { plan.loss.lazy.compactMap(\.name.adversarial).first ?? .hinge }

    /// The weight of the orthogonal penalty; nil if there is none.
    var orthogonalWeight: Double? {
        let weight = plan.loss.filter { $0.name == .orthogonal }.reduce(0) { $0 + $1.weight }
        return weight > 0 ? weight : nil
    }
}
