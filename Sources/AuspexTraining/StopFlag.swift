import Foundation
import Synchronization

/// A request to stop a run; raised by a signal, from any thread.
///
/// A run finishes its current step, writes a checkpoint and ends. A step that takes longer than `patienceSeconds` is abandoned instead: its
/// work is lost, and the run can be resumed from its last checkpoint.
public final class StopFlag: Sendable {
    /// How long a request waits for a step to end.
    public let patienceSeconds: Double
    /// Times are nanoseconds of the system's steady clock; 0 means none.
    private let raised = Atomic<Int64>(0)
    private let phaseStart = Atomic<Int64>(0)
    private let expectedDuration = Atomic<Int64>(0)

    /// A flag that is not raised.
    public init(patienceSeconds: Double = 10) { self.patienceSeconds = patienceSeconds }

    /// Whether the run should finish its step, write a checkpoint and end.
    public var isRaised: Bool { raised.load(ordering: .acquiring) != 0 }

    /// Asks the run to stop. May be called in a signal handler.
    public func raise() { _ = raised.compareExchange(expected: 0, desired: Self.now, ordering: .acquiringAndReleasing) }

    // MARK: Long steps

    /// Marks the start of work that may be abandoned, and says how long it took last time.
    func workBegins(expectedSeconds: Double?) {
        expectedDuration.store(Int64((expectedSeconds ?? 0) * 1e9), ordering: .releasing)
        phaseStart.store(Self.now, ordering: .releasing)
    }

    /// Marks that results are about to be saved.
    func workEnds() { phaseStart.store(0, ordering: .releasing) }

    /// Whether current work is not worth waiting for: it is expected to take longer than the request should wait, or already has.
    ///
    /// Nothing on disk depends on this work: the program may simply end the process.
    public var isWorkToBeGivenUp: Bool {
        let (asked, start) = (raised.load(ordering: .acquiring), phaseStart.load(ordering: .acquiring))
        guard asked != 0, start != 0 else { return false }
        let (now, patience) = (Self.now, Int64(patienceSeconds * 1e9))
        let expected = expectedDuration.load(ordering: .acquiring)
        return now - asked >= patience || (expected > 0 && start + expected - now > patience)
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
