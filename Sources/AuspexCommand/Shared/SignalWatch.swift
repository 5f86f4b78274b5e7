import AuspexTensors
import AuspexTraining
import Foundation
import Synchronization

/// Turns the first SIGINT, SIGTERM or SIGHUP into a raised flag, and lets a second SIGINT or SIGTERM end the process at once.
///
/// A closed terminal sends SIGHUP more than once, from the system and from its shell, so SIGHUP never counts as the second signal.
///
/// Installed by long work that can stop in good order; everything else keeps the system's own behaviour.
final class SignalWatch {
    private let numbers: [Int32]

    /// - Parameters:
    ///   - notice: what is said on the first signal.
    ///   - giveUp: called on its own thread once the flag says that the current work is to be abandoned; must end the process.
    init(raising flag: StopFlag, notice: String, givingUp giveUp: @escaping @Sendable () -> Never) {
        // Under `nohup`, SIGHUP is ignored: the run is meant to outlive the terminal.
        numbers = [SIGINT, SIGTERM] + (Self.isIgnored(SIGHUP) ? [] : [SIGHUP])
        received = Unmanaged.passRetained(Received(flag, notice: notice))
        for number in numbers { signal(number, handle) }
        // A program started from a Dispatch thread inherits that thread's mask, which blocks all of these signals.
        var mask = sigset_t()
        sigemptyset(&mask)
        for number in numbers { sigaddset(&mask, number) }
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        _ = SystemThread.start(name: "stop", stackBytes: 1 << 20) {
            while true {
                usleep(100_000)
                if flag.isWorkToBeGivenUp { giveUp() }
            }
        }
    }

    deinit { for number in numbers { signal(number, SIG_DFL) } }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // The only handler with a fixed address; compared as numbers, for C functions cannot be compared.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// What the handler needs, allocated before it is installed: a handler must neither allocate nor wait.
private final class Received: Sendable {
    let flag: StopFlag
    let notice: [UInt8]
    /// SIGINT and SIGTERM so far.
    let requests = Atomic<Int>(0)

    init(_ flag: StopFlag, notice: String) {
        self.flag = flag
        self.notice = Array((notice + "\n").utf8)
    }
}

/// Never freed: a signal may arrive while its watch ends.
nonisolated(unsafe) private var received: Unmanaged<Received>?

/// A signal is delivered to any thread, which may hold any lock.
private func handle(_ number: Int32) {
    guard let received else { return }
    received._withUnsafeGuaranteedRef { received in
        let isFirst = !received.flag.isRaised
        if number != SIGHUP, received.requests.add(1, ordering: .relaxed).newValue > 1 { _exit(128 + number) }
        received.flag.raise()
        guard isFirst else { return }
        received.notice.withUnsafeBytes { _ = Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
