import Foundation

/// The one thread that the synchronous engine runs on.
///
/// libgomp keeps a team of threads for each thread that calls it, so the engine never moves; and a thread of its own can have a stack
/// that long tapes cannot exhaust when they are given back.
enum EngineThread {
    static let stackBytes = 256 << 20

    /// Runs `body` on the engine's thread; the calling thread waits for ever, so `body` must end the process.
    static func run(_ body: @escaping @Sendable () -> Void) -> Never {
        let thread = Thread(block: body)
        thread.stackSize = stackBytes
        thread.name = "engine"
        thread.start()
        while true { sleep(.max) }
    }
}
