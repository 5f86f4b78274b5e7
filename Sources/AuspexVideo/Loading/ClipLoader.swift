import AuspexSupport
import AuspexTensors
import Foundation

/// Decodes clips ahead on a few threads, and hands them out in order: clip 0, 1, 2…
///
/// The order and the clips do not depend on the number of threads. When the queue is full the threads sleep; when the loader is released, they end.
public final class ClipLoader {
    private let queue: ClipQueue
    private let threads: Int
    private let batchSize: Int
    /// Clips handed out since clip 0: the position to save and to start from when a run is resumed.
    public private(set) var position: Int
    /// How long all calls together have waited for clips.
    public private(set) var waitedSeconds = 0.0

    /// - Parameters:
    ///   - clips: where clips come from, and what is changed about them.
    ///   - stream: the run's stream of clip draws.
    ///   - request: frames, size and so on, the same for every clip.
    ///   - batchSize: clips in a batch, B.
    ///   - position: number of the first clip.
    ///   - threads: decoding threads.
    ///   - queuedBatches: decoded batches that may wait.
    public convenience init(
        _ clips: TrainingClips, stream: RandomStream, request: ClipRequest, batchSize: Int, from position: Int = 0,
        threads: Int = 2, queuedBatches: Int = 4
    ) {
        self.init(batchSize: batchSize, from: position, threads: threads, queuedBatches: queuedBatches) {
            try clips.clip(at: $0, from: stream, request: request)
        }
    }

    /// Loads whatever clips a function gives for 0, 1, 2…; parameters as above.
    ///
    /// - Parameter clip: is called from several threads at once.
    package init(
        batchSize: Int, from position: Int = 0, threads: Int = 2, queuedBatches: Int = 4,
        _ clip: @escaping @Sendable (Int) throws -> Clip
    ) {
        require(
            batchSize > 0 && threads > 0 && queuedBatches > 0 && position >= 0, "ClipLoader",
            "batches of \(batchSize), \(threads, "thread"), \(queuedBatches, "queued batch", "queued batches"), position \(position)"
        )
        self.batchSize = batchSize
        self.position = position
        let queue = ClipQueue(from: position, capacity: batchSize * queuedBatches)
        self.queue = queue
        // Decoders keep large tables on the stack.
        let stackBytes = 4 << 20
        self.threads = (0..<threads).count { number in
            SystemThread.start(name: "auspex-decode-\(number)", stackBytes: stackBytes) {
                queue.work(clip)
            }
        }
        // With one thread clips come more slowly; with none, never.
        if self.threads == 0 { OutOfMemory.stop(wanting: stackBytes, for: "a thread that decodes") }
    }

    /// Loads a source's clips as they are; parameters as above.
    public convenience init(
        source: any ClipSource, stream: RandomStream, request: ClipRequest, batchSize: Int, from position: Int = 0,
        threads: Int = 2, queuedBatches: Int = 4
    ) {
        self.init(
            TrainingClips(of: source), stream: stream, request: request, batchSize: batchSize, from: position,
            threads: threads, queuedBatches: queuedBatches)
    }

    deinit { queue.cancel(waitingFor: threads) }

    /// The next clip.
    ///
    /// - Throws: what the source threw for it.
    public func next() throws -> Clip {
        let start = ContinuousClock.now
        defer {
            let waited = ContinuousClock.now - start
            waitedSeconds += Double(waited.components.seconds) + Double(waited.components.attoseconds) * 1e-18
        }
        var clip = try queue.take(position).get()
        clip.number = position
        position += 1
        return clip
    }

    /// The next B clips.
    ///
    /// - Returns: frames `[B, T, H, W, C]`, and classes if the source has them.
    /// - Throws: what the source threw for one of them, or `VideoError.badSource` where their shapes differ.
    public func nextBatch() throws -> ClipBatch {
        let before = waitedSeconds
        var clips: [Clip] = []
        for _ in 0..<batchSize { clips.append(try next()) }
        var batch = try ClipBatch(joining: clips)
        batch.waitedSeconds = waitedSeconds - before
        return batch
    }
}
