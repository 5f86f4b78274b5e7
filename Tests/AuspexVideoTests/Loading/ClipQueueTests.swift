import AuspexTensors
import AuspexVideo
import Foundation
import Synchronization
import Testing

@Suite struct ClipQueueTests {
    private struct Failure: Error {}

    private final class Record: Sendable {
        let begun = Mutex<[Int]>([])
        let isDone = Atomic(false)
    }

    private func clip(_ number: Int) -> Clip {
        Clip(frames: Tensor([UInt8(number % 256)], shape: [1]), name: "\(number)", frameIndices: [0])
    }

    /// Workers on separate threads, as in the loader.
    private func start(_ count: Int, on queue: ClipQueue, _ body: @escaping @Sendable (Int) throws -> Clip) {
        for _ in 0..<count { Thread { queue.work(body) }.start() }
    }

    @Test(arguments: [1, 4]) func clipsAreTakenInOrder(_ workers: Int) throws {
        let queue = ClipQueue(from: 3, capacity: 5)
        start(workers, on: queue) { clip($0) }
        for number in 3..<60 { #expect(try queue.take(number).get().name == "\(number)") }
        queue.cancel(waitingFor: workers)
    }

    /// A worker waits in a clip until the test releases it, so that nothing depends on timing.
    @Test func noMoreClipsAreBegunThanThereIsRoomFor() throws {
        let record = Record()
        let (arrived, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let queue = ClipQueue(from: 0, capacity: 3)
        start(5, on: queue) { number in
            record.begun.withLock { $0.append(number) }
            arrived.signal()
            mayGo.wait()
            return clip(number)
        }
        for _ in 0..<3 { arrived.wait() }
        #expect(record.begun.withLock { $0.sorted() } == [0, 1, 2])
        for _ in 0..<3 { mayGo.signal() }
        // All three are done, and none was taken: a fourth is not begun, however long the test waits.
        #expect(arrived.wait(timeout: .now() + 0.05) == .timedOut)
        for number in 0..<2 { #expect(try queue.take(number).get().name == "\(number)") }
        for _ in 0..<2 { arrived.wait() }
        #expect(record.begun.withLock { $0.sorted() } == [0, 1, 2, 3, 4])
        for _ in 0..<2 { mayGo.signal() }
        queue.cancel(waitingFor: 5)
        #expect(record.begun.withLock { $0.count } == 5)
    }

    @Test func anErrorStaysToBeMetAgain() throws {
        let queue = ClipQueue(from: 0, capacity: 4)
        start(2, on: queue) { number in
            if number == 1 { throw Failure() }
            return clip(number)
        }
        #expect(try queue.take(0).get().name == "0")
        for _ in 0..<3 { #expect(throws: Failure.self) { try queue.take(1).get() } }
        queue.cancel(waitingFor: 2)
    }

    @Test func cancellingWaitsForTheClipThatIsBeingMade() throws {
        let record = Record()
        let (arrived, mayGo) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        // Room for one clip: a worker that finishes before the queue is cancelled must not begin a second one, which nothing would signal.
        let queue = ClipQueue(from: 0, capacity: 1)
        start(1, on: queue) { number in
            arrived.signal()
            mayGo.wait()
            record.isDone.store(true, ordering: .sequentiallyConsistent)
            return clip(number)
        }
        arrived.wait()
        Thread { mayGo.signal() }.start()
        queue.cancel(waitingFor: 1)
        let isDone = record.isDone.load(ordering: .sequentiallyConsistent)
        #expect(isDone)
    }
}
