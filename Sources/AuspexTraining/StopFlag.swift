import Synchronization

/// A request to stop a run after the step it is in; raised by a signal, from any thread.
public final class StopFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    public init() {}

    /// Whether the run should finish its step, write a checkpoint and end.
    public var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Asks the run to stop.
    public func raise() { raised.store(true, ordering: .releasing) }
}
