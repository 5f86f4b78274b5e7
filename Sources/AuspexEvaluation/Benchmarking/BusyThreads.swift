import AuspexTensors
import Synchronization

/// Threads that compute without end, as other programs on the machine do, until this object is released.
final class BusyThreads {
    private final class Switch: Sendable { let isOff = Atomic(false) }
    private let off = Switch()

    /// - Parameter count: how many; each keeps a processor busy.
    init(_ count: Int) {
        for number in 0..<count {
            let off = off
            let runs = SystemThread.start(name: "auspex-busy-\(number)", stackBytes: 1 << 20) {
                while !off.isOff.load(ordering: .relaxed) {}
            }
            if !runs { OutOfMemory.stop(wanting: 1 << 20, for: "a busy thread") }
        }
    }

    deinit { off.isOff.store(true, ordering: .relaxed) }
}
