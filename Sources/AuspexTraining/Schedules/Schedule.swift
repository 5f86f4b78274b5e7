import Foundation

/// The course of a learning rate over a phase.
public protocol Schedule: Sendable {
    /// The fraction of the full learning rate at a step of the phase, counted from 0.
    ///
    /// - Parameter steps: of the whole phase.
    func factor(atStep step: Int, of steps: Int) -> Double
}

/// A linear rise from zero over the warm-up, then a decay to the end.
public struct WarmUpSchedule: Schedule {
    /// How the rate decays from the end of the warm-up to the last step.
    public enum Decay: String, Codable, Sendable, CaseIterable {
        /// No decay.
        case constant
        /// Linear to 0.
        case linear
        /// Half a cosine to 0.
        case cosine
    }

    /// Steps of the linear rise; 0 begins with the full rate.
    public var warmUpSteps: Int
    /// How the rate decays after the warm-up.
    public var decay: Decay

    /// A schedule; without arguments a constant rate.
    public init(warmUpSteps: Int = 0, decay: Decay = .constant) {
        self.warmUpSteps = warmUpSteps
        self.decay = decay
    }

    public func factor(atStep step: Int, of steps: Int) -> Double {
        if step < warmUpSteps { return Double(step + 1) / Double(warmUpSteps) }
        let progress = min(1, Double(step - warmUpSteps) / Double(max(1, steps - warmUpSteps)))
        return switch decay {
        case .constant: 1
        case .linear: 1 - progress
        case .cosine: 0.5 * (1 + cos(.pi * progress))
        }
    }
}

/// One rise from a 25th of the full rate over the first 30% of the steps, then one fall to a 250,000th, both along half a cosine.
///
/// Source: Smith and Topin 2019, arXiv:1708.07120, in the form of PyTorch's `OneCycleLR`, without the change of momentum.
public struct OneCycleSchedule: Schedule {
    private static let rise = 0.3
    private static let initialDivisor = 25.0
    private static let finalDivisor = 1e4

    /// PyTorch's defaults.
    public init() {}

    public func factor(atStep step: Int, of steps: Int) -> Double {
        let initial = 1 / Self.initialDivisor
        let top = Self.rise * Double(steps) - 1
        let (at, last) = (Double(step), Double(steps - 1))
        func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
            end + (start - end) / 2 * (1 + cos(.pi * min(1, max(0, share))))
        }
        if at <= top || last <= top { return between(initial, 1, top > 0 ? at / top : 1) }
        return between(1, initial / Self.finalDivisor, (at - top) / (last - top))
    }
}

/// A schedule by name.
public struct ScheduleConfiguration: Codable, Sendable, Equatable {
    /// The schedules that a configuration can name.
    public enum Name: String, Codable, Sendable, CaseIterable {
        /// The full rate after the warm-up.
        case constant
        /// Linear decay to 0 at the last step.
        case linear
        /// Half a cosine down to 0 at the last step.
        case cosine
        /// One rise and one fall, see `OneCycleSchedule`.
        case oneCycle = "one-cycle"
    }

    /// Which schedule.
    public var name = Name.constant
    /// Steps over which the rate rises from zero; one-cycle has its own rise.
    public var warmUpSteps = 0

    /// A constant rate without warm-up.
    public init() {}

    /// The schedule that the name and the warm-up describe.
    public var schedule: any Schedule {
        switch name {
        case .constant: WarmUpSchedule(warmUpSteps: warmUpSteps)
        case .linear: WarmUpSchedule(warmUpSteps: warmUpSteps, decay: .linear)
        case .cosine: WarmUpSchedule(warmUpSteps: warmUpSteps, decay: .cosine)
        case .oneCycle: OneCycleSchedule()
        }
    }
}
