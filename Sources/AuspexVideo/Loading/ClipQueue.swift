import Foundation

/// Clips that are being decoded or waiting to be taken, by number.
///
/// The workers hold the queue but not the loader, so that the loader can be released while they work.
package final class ClipQueue: @unchecked Sendable {
    private let condition = NSCondition()
    /// Everything below is guarded by `condition`.
    private var done: [Int: Result<Clip, any Error>] = [:]
    private var nextToStart: Int
    private var nextToTake: Int
    private var isCancelled = false
    private var finishedWorkers = 0
    private let capacity: Int

    package init(from position: Int, capacity: Int) {
        nextToStart = position
        nextToTake = position
        self.capacity = capacity
    }

    /// A worker's loop: the next number, its clip, and so on until the queue is cancelled.
    package func work(_ clip: (Int) throws -> Clip) {
        while let number = start() {
            let result = Result { try clip(number) }
            condition.withLock {
                done[number] = result
                condition.broadcast()
            }
        }
        condition.withLock {
            finishedWorkers += 1
            condition.broadcast()
        }
    }

    /// The next number to decode, once there is room for it; nil when the work is over.
    private func start() -> Int? {
        condition.withLock {
            while !isCancelled, nextToStart - nextToTake >= capacity { condition.wait() }
            guard !isCancelled else { return nil }
            nextToStart += 1
            return nextToStart - 1
        }
    }

    /// Waits for a clip; an error stays in the queue and is thrown again.
    package func take(_ number: Int) -> Result<Clip, any Error> {
        condition.withLock {
            while true {
                if let result = done[number] {
                    if case .success = result {
                        done[number] = nil
                        nextToTake = number + 1
                        condition.broadcast()
                    }
                    return result
                }
                condition.wait()
            }
        }
    }

    /// Ends the work, and returns when no worker uses anything any more: at the latest after the clips being decoded.
    package func cancel(waitingFor workers: Int) {
        condition.withLock {
            isCancelled = true
            condition.broadcast()
            while finishedWorkers < workers { condition.wait() }
            done = [:]
        }
    }
}
