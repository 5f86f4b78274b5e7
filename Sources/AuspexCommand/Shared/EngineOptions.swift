import ArgumentParser
import AuspexTensors
import Foundation

/// How much of the machine the engine takes.
struct EngineOptions: ParsableArguments {
    @Option(help: "Threads that compute; all processors that the process may use if not given.")
    var threads: Int?

    func validate() throws { try requireAtLeast(1, threads, "--threads", atMost: Most.threads) }

    /// Sets the engine up; called on the engine's thread before anything is computed.
    func apply() {
        Kernels.setThreads(threads ?? Processors.usable)
    }
}
