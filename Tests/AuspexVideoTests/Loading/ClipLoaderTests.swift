import AuspexTensors
import AuspexVideo
import Synchronization
import Testing

/// A source whose clips say which they are, slower for some than for others.
private struct CountingSource: ClipSource {
    let asked = Counter()
    var failing: Int?
    var description: String { "counting" }
    var classNames: [String] { ["even", "odd"] }

    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    func format(for request: ClipRequest) -> FrameFormat { .pixels(channels: 1) }
    func places(for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void) -> [ClipPlace] { [] }
    func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] { wanted.map { _ in nil } }
    func name(at place: ClipPlace) -> String { "\(place.item)" }
    func clip(at place: ClipPlace, request: ClipRequest) -> Clip {
        Clip(frames: Tensor(zeros: [1]), name: "", frameIndices: [])
    }

    func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
        asked.add()
        if index == failing { throw VideoError(.damaged, "clip \(index)", "as the test wants") }
        var spin = stream.at(step: index).integer(below: 200_000, at: 0)
        while spin > 0 { spin -= 1 }
        let frames = Tensor([UInt8](repeating: UInt8(index), count: 8), shape: [2, 2, 2, 1])
        return Clip(frames: frames, name: "\(index)", frameIndices: [0, 1], classIndex: index % 2)
    }
}

@Suite struct ClipLoaderTests {
    private let request = ClipRequest(frames: 2, size: FrameSize(2))
    private let stream = RandomStream(seed: 1, name: "clips")

    @Test(arguments: [1, 2, 5]) func clipsComeInOrderWhateverTheThreads(_ threads: Int) throws {
        let loader = ClipLoader(
            source: CountingSource(), stream: stream, request: request, batchSize: 3, from: 4, threads: threads)
        for batch in 0..<8 {
            let got = try loader.nextBatch()
            #expect(got.frames.shape == [3, 2, 2, 2, 1])
            #expect(got.origins.map(\.name) == (0..<3).map { "\(4 + batch * 3 + $0)" })
            #expect(got.classes == (0..<3).map { (4 + batch * 3 + $0) % 2 })
            #expect(got.frames.scalars(as: UInt8.self)[0] == UInt8(4 + batch * 3))
        }
        #expect(loader.position == 28)
        #expect(loader.waitedSeconds > 0)
    }

    @Test func theQueueIsBoundedAndTheThreadsEnd() throws {
        let source = CountingSource()
        do {
            let loader = ClipLoader(
                source: source, stream: stream, request: request, batchSize: 2, threads: 3, queuedBatches: 2)
            _ = try loader.nextBatch()
        }
        // Two taken, four queued; none after the loader is gone.
        let asked = source.asked.value
        #expect(asked <= 6)
        #expect(source.asked.value == asked)
    }

    @Test func anErrorIsMetAtItsClipAndStays() throws {
        let loader = ClipLoader(
            source: CountingSource(failing: 3), stream: stream, request: request, batchSize: 1, threads: 2)
        for number in 0..<3 { #expect(try loader.next().number == number) }
        #expect(throws: VideoError.self) { try loader.next() }
        #expect(throws: VideoError.self) { try loader.next() }
        #expect(loader.position == 3)
    }
}
