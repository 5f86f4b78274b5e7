import AuspexTraining
import Foundation

/// Which checkpoint a run's model is taken from, and why.
struct ModelChoice {
    let step: Int
    /// In words, to follow the step: `the best by psnr on held-out clips`.
    let reason: String

    /// - Parameters:
    ///   - reference: the requested checkpoint.
    ///   - configuration: of the run; used if no particular checkpoint was requested.
    /// - Returns: nil if there is no such checkpoint.
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
                    "without a pixel loss the last checkpoint is taken, not the best by pixel error"
                } else {
                    "training.validationSelect is last"
                }
            (self.step, reason) = (step, "the last (\(why))")
        }
    }

    /// The best checkpoint's own document says by which metric it was selected.
    private static func best(_ store: CheckpointStore, _ step: Int) -> String {
        let progress = store.text(ofDocument: Progress.documentName, step: step).flatMap {
            try? JSONDecoder().decode(Progress.self, from: Data($0.utf8))
        }
        return "the best by \(progress?.selectedBy.rawValue ?? "psnr") on held-out clips"
    }
}
