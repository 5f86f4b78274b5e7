import AuspexTensors
import Foundation

/// The one thread that the synchronous engine runs on.
///
/// libgomp keeps a team of threads for each thread that calls it, so the engine stays on one thread; a dedicated thread can have a stack
/// deep enough to release long tapes.
enum EngineThread {
    /// Tried in turn: the first may not be available under `ulimit -v`.
    private static let stackBytes = [256 << 20, 64 << 20, 16 << 20]

    /// Runs `body` on the engine's thread; the calling thread waits forever, so `body` must end the process.
    static func run(_ body: @escaping @Sendable () -> Void) -> Never {
        let isRunning = stackBytes.contains { bytes in
            // Half as much again, for the work itself.
            OutOfMemory.leavesRoom(forBytes: bytes + bytes / 2)
                && SystemThread.start(name: "engine", stackBytes: bytes, body)
        }
        if !isRunning { OutOfMemory.stop(wanting: stackBytes[2], for: "the thread that computes") }
        while true { sleep(.max) }
    }
}
