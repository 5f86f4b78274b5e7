import AuspexTraining
import Foundation
import Synchronization

/// Reported when a training step takes too long to wait for: the process ends in the middle of it, and nothing on disk is lost.
struct StoppedReport: Sendable {
    let path: String
    let json: Bool
    let quiet: Bool

    private static let isClaimed = Atomic<Bool>(false)

    /// Either the training thread or the thread that gives it up reports first; the other waits for the process to end.
    static func claim() {
        guard isClaimed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        while true { sleep(.max) }
    }

    /// Says at which step the run will continue, and ends the process.
    func endProcess() -> Never {
        Self.claim()
        let step = (try? RunFolder(reading: path))?.checkpoints().step(of: .last) ?? 0
        if json {
            try? Console.print(json: Result(run: path, step: step, finished: false))
        } else {
            Console.print(path)
        }
        if !quiet {
            Console.say(
                "Stopped within a step that takes long; auspex train \(path) --resume goes on "
                    + (step > 0 ? "from step \(step)." : "from the start."))
        }
        _exit(AuspexProgram.Status.stopped)
    }

    struct Result: Encodable {
        let schema = 1
        let run: String
        let step: Int
        let finished: Bool

        private enum CodingKeys: String, CodingKey { case schema, run, step, finished }
    }
}
