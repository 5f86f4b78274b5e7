import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps released tensor memory for the next tensor of the same size, so that a training step after the first takes no page fault.
///
/// Sizes are rounded up to eight classes an octave: at most an eighth is wasted, and shapes that differ little share blocks.
public final class StoragePool: Sendable {
    public static let shared = StoragePool()

    /// What the pool has handed out and what it keeps.
    public struct Statistics: Sendable, Equatable {
        /// Bytes of live tensors, as rounded to size classes.
        public var liveBytes = 0
        /// Storages in use.
        public var liveCount = 0
        /// Bytes kept for reuse.
        public var idleBytes = 0
        /// The most that `liveBytes` has been since the last `resetPeak()`.
        public var peakLiveBytes = 0
        /// Blocks that had to be taken from the system.
        public var systemAllocations = 0
        /// Copies of whole tensors that were made because a layout or an owner asked for it.
        public var copies = 0
    }

    private struct State: ~Copyable {
        var idle: [Int: [UInt]] = [:]
        var statistics = Statistics()
    }

    private let state = Mutex(State())

    private init() {}

    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Starts the peak afresh from what is live now.
    public func resetPeak() {
        state.withLock { $0.statistics.peakLiveBytes = $0.statistics.liveBytes }
    }

    /// Gives all idle blocks back to the system.
    public func trim() {
        let blocks = state.withLock { state -> [UInt] in
            let all = state.idle.values.flatMap { $0 }
            state.idle = [:]
            state.statistics.idleBytes = 0
            return all
        }
        for address in blocks { free(UnsafeMutableRawPointer(bitPattern: address)) }
    }

    package func noteCopy() { state.withLock { $0.statistics.copies += 1 } }

    static func sizeClass(_ bytes: Int) -> Int {
        let least = max(bytes, 64)
        if least <= 512 { return (least + 63) & ~63 }
        let step = 1 << (Int.bitWidth - 1 - (least - 1).leadingZeroBitCount - 3)
        return (least + step - 1) & ~(step - 1)
    }

    func take(_ bytes: Int) -> (UnsafeMutableRawPointer, capacity: Int) {
        let capacity = Self.sizeClass(bytes)
        let reused = state.withLock { state -> UInt? in
            state.statistics.liveBytes += capacity
            state.statistics.liveCount += 1
            state.statistics.peakLiveBytes = max(state.statistics.peakLiveBytes, state.statistics.liveBytes)
            guard let address = state.idle[capacity]?.popLast() else {
                state.statistics.systemAllocations += 1
                return nil
            }
            state.statistics.idleBytes -= capacity
            return address
        }
        if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) { return (pointer, capacity) }
        var pointer: UnsafeMutableRawPointer?
        let large = capacity >= 1 << 21
        guard posix_memalign(&pointer, large ? 1 << 21 : 64, capacity) == 0, let pointer else {
            stopProgram("StoragePool", "out of memory: \(capacity) bytes more than the \(statistics.liveBytes) in use")
        }
        #if os(Linux)
            // Fewer page-table misses for activations; where the kernel declines nothing is lost.
            if large { madvise(pointer, capacity, Int32(MADV_HUGEPAGE)) }
        #endif
        return (pointer, capacity)
    }

    func giveBack(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        state.withLock { state in
            state.statistics.liveBytes -= capacity
            state.statistics.liveCount -= 1
            state.statistics.idleBytes += capacity
            state.idle[capacity, default: []].append(UInt(bitPattern: pointer))
        }
    }
}
