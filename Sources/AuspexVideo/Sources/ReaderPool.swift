import Foundation
import Logging
import Synchronization

/// Readers of recently used files, kept open and lent to one thread at a time, and the frame indices of many more files.
final class ReaderPool: Sendable {
    /// A reader serves one thread at a time, and is in the pool only while it is idle.
    private struct Idle: @unchecked Sendable {
        let stamp: FileStamp
        let reader: VideoReader
    }

    private struct Indexed {
        let stamp: FileStamp
        let index: FrameIndex
        var lastUse: Int
    }

    private struct State {
        /// The last is the most recently used.
        var idle: [Idle] = []
        var indices: [String: Indexed] = [:]
        var indexedFrames = 0
        var uses = 0
        /// Files for which a note was given.
        var noted: Set<String> = []
    }

    private let state = Mutex(State())
    private let threads: Int
    private let openReaders: Int
    private let rememberedFrames: Int
    private let logger: Logger
    private let cache: IndexCache?
    /// The largest total of decoded pictures that idle readers hold, in bytes.
    private static let mostIdleBytes = 1 << 30

    /// - Parameters:
    ///   - threads: decoding threads of each reader.
    ///   - openReaders: idle readers kept open; each holds a file and a few decoded frames.
    ///   - rememberedFrames: total frames whose indices are kept, about 24 bytes each.
    ///   - cache: where indices are kept for later runs of the program; nil keeps none.
    ///   - logger: is given the notes on each file's pictures, once per file.
    init(threads: Int, openReaders: Int = 8, rememberedFrames: Int = 4_000_000, cache: IndexCache?, logger: Logger) {
        self.cache = cache
        self.logger = logger
        self.threads = threads
        self.openReaders = openReaders
        self.rememberedFrames = rememberedFrames
    }

    /// Lends a reader of a file.
    func withReader<Result>(of path: String, _ body: (VideoReader) throws -> Result) throws -> Result {
        let stamp = FileStamp(of: path)
        let lent = try take(path, stamp: stamp)
        let result = try body(lent.reader)
        // After an error the reader is dropped, whatever its state.
        state.withLock { state in
            state.idle.append(lent)
            var bytes = state.idle.reduce(0) { $0 + $1.reader.heldBytes }
            while state.idle.count > openReaders || (bytes > Self.mostIdleBytes && state.idle.count > 1) {
                bytes -= state.idle.removeFirst().reader.heldBytes
            }
        }
        if let note = lent.reader.note, state.withLock({ $0.noted.insert(path).inserted }) {
            logger.warning("\(note)")
        }
        return result
    }

    /// A file's frames, from memory or from the cache if it has not changed since.
    func index(of path: String) throws -> FrameIndex {
        let stamp = FileStamp(of: path)
        if let known = keptIndex(of: path, stamp: stamp) { return known }
        // The reader that finds the frames also decodes them: a file is opened once.
        return try withReader(of: path) { $0.index }
    }

    private func take(_ path: String, stamp: FileStamp) throws -> Idle {
        let idle: Idle? = state.withLock { state in
            guard let place = state.idle.lastIndex(where: { $0.reader.path == path && $0.stamp == stamp }) else {
                return nil
            }
            return state.idle.remove(at: place)
        }
        if let idle { return idle }
        if let known = keptIndex(of: path, stamp: stamp) {
            return Idle(stamp: stamp, reader: try VideoReader(path: path, threads: threads, index: known))
        }
        let reader = try VideoReader(path: path, threads: threads, index: nil)
        remember(reader.index, of: path, stamp: stamp)
        cache?.keep(reader.index, of: path, stamp: stamp)
        return Idle(stamp: stamp, reader: reader)
    }

    /// From memory, otherwise from the cache on disk.
    private func keptIndex(of path: String, stamp: FileStamp) -> FrameIndex? {
        if let known = knownIndex(of: path, stamp: stamp) { return known }
        guard let kept = cache?.index(of: path, stamp: stamp) else { return nil }
        remember(kept, of: path, stamp: stamp)
        return kept
    }

    private func knownIndex(of path: String, stamp: FileStamp) -> FrameIndex? {
        state.withLock { state in
            guard let known = state.indices[path], known.stamp == stamp else { return nil }
            state.uses += 1
            state.indices[path]?.lastUse = state.uses
            return known.index
        }
    }

    private func remember(_ index: FrameIndex, of path: String, stamp: FileStamp) {
        state.withLock { state in
            state.uses += 1
            state.indexedFrames += index.frameCount - (state.indices[path]?.index.frameCount ?? 0)
            state.indices[path] = Indexed(stamp: stamp, index: index, lastUse: state.uses)
            guard state.indexedFrames > rememberedFrames else { return }
            // Half at once, so that sorting is rare.
            for (path, old) in state.indices.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard state.indexedFrames > rememberedFrames / 2, state.indices.count > 1 else { break }
                state.indices[path] = nil
                state.indexedFrames -= old.index.frameCount
            }
        }
    }
}
