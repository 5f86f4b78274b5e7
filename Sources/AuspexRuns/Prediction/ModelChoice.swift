import AuspexTraining
import Foundation

/// Which checkpoint a run's model is taken from, and why.
struct ModelChoice {
    let step: Int
    /// In words, after the step: `the best by psnr on held-out clips`.
    let reason: String

    /// - Parameters:
    ///   - reference: which checkpoint was asked for.
    ///   - configuration: of the run; counts where no particular checkpoint was asked for.
    /// - Returns: nil where there is no such checkpoint.
    init?(
        of reference: CheckpointReference, in store: CheckpointStore, configuration: TrainingConfiguration
    ) {
        switch reference {
        case .step(let step):
            guard store.step(of: reference) != nil else { return nil }
            (self.step, reason) = (step, "as named")
        case .last:
            guard let step = store.step(of: .last) else { return nil }
            (self.step, reason) = (step, "the last")
        case .best:
            guard let step = store.step(of: .best) else { return nil }
            (self.step, reason) = (step, Self.best(store, step))
        case .preferred:
            if configuration.effectiveSelect != .last, let step = store.step(of: .best) {
                (self.step, reason) = (step, Self.best(store, step))
                return
            }
            guard let step = store.step(of: .last) else { return nil }
            let why =
                if configuration.effectiveSelect != .last {
                    "no validation has selected a best one"
                } else if configuration.validationSelect == nil {
                    "with no pixel loss the last is taken, not the best by an error on pixels"
                } else {
                    "training.validationSelect is last"
                }
            (self.step, reason) = (step, "the last (\(why))")
        }
    }

    /// The best one's own document says which metric it was the best by.
    private static func best(_ store: CheckpointStore, _ step: Int) -> String {
        let progress = store.text(ofDocument: Progress.documentName, step: step).flatMap {
            try? JSONDecoder().decode(Progress.self, from: Data($0.utf8))
        }
        return "the best by \(progress?.selectedBy.rawValue ?? "psnr") on held-out clips"
    }
}
