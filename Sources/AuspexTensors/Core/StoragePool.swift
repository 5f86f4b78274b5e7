import CAuspexEngine
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Keeps released tensor memory for the next tensor of the same size, so that training steps after the first cause no page faults.
///
/// Sizes are rounded up to eight classes per octave: at most an eighth is wasted, and similar shapes share blocks. Repeated work calls
/// `endStep()` after each round, so that blocks of shapes that are no longer used go back to the system.
public final class StoragePool: Sendable {
    /// The pool that every tensor's memory comes from.
    public static let shared = StoragePool()

    /// The memory that the pool has handed out and keeps.
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
        /// Copies of whole tensors made because of a layout or shared storage.
        public var copies = 0
    }

    /// The blocks of one size.
    private struct SizeClass {
        var idle: [UInt] = []
        var live = 0
        /// The peak number of live blocks, in this step and in the one before.
        var most = 0
        var mostBefore = 0

        /// Counts one more block in use, and returns an idle one; nil if there is none.
        mutating func take() -> UInt? {
            live += 1
            most = max(most, live)
            return idle.popLast()
        }

        mutating func giveBack(_ address: UInt) {
            live -= 1
            idle.append(address)
        }
    }

    private struct State: ~Copyable {
        var classes: [Int: SizeClass] = [:]
        var statistics = Statistics()

        /// Removes idle blocks, of each size all but those that are to stay.
        mutating func removeIdle(keeping kept: (SizeClass) -> Int) -> [UInt] {
            var removed: [UInt] = []
            for (capacity, var blocks) in classes {
                let count = min(max(0, blocks.idle.count - kept(blocks)), blocks.idle.count)
                guard count > 0 else { continue }
                removed += blocks.idle.suffix(count)
                blocks.idle.removeLast(count)
                statistics.idleBytes -= count * capacity
                classes[capacity] = blocks
            }
            return removed
        }
    }

    private let state = Mutex(State())

    private init() {}

    /// The memory that the pool has handed out and keeps now.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Resets the peak to the current live bytes.
    public func resetPeak() {
        state.withLock { $0.statistics.peakLiveBytes = $0.statistics.liveBytes }
    }

    /// Gives all idle blocks back to the system.
    public func trim() { Self.release(state.withLock { $0.removeIdle { _ in 0 } }) }

    /// Ends a round of repeated work, a training step or a batch of predictions: idle blocks that neither this round nor the one before needed are returned
    /// to the system.
    ///
    /// Two rounds, because rounds differ a little; not at once, because a block that is needed again would cost page faults each time.
    public func endStep() {
        let blocks = state.withLock { state in
            let removed = state.removeIdle { max($0.most, $0.mostBefore) - $0.live }
            for (capacity, blocks) in state.classes {
                if blocks.live == 0, blocks.most == 0, blocks.idle.isEmpty {
                    state.classes[capacity] = nil
                } else {
                    state.classes[capacity]?.mostBefore = blocks.most
                    state.classes[capacity]?.most = blocks.live
                }
            }
            return removed
        }
        Self.release(blocks)
    }

    private static func release(_ blocks: [UInt]) {
        guard !blocks.isEmpty else { return }
        for address in blocks { free(UnsafeMutableRawPointer(bitPattern: address)) }
        ax_trim_heap()
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
            guard let address = state.classes[capacity, default: SizeClass()].take() else {
                state.statistics.systemAllocations += 1
                return nil
            }
            state.statistics.idleBytes -= capacity
            return address
        }
        if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) { return (pointer, capacity) }
        if let pointer = fresh(capacity) { return (pointer, capacity) }
        // Memory that the pool keeps for later may be what is missing.
        trim()
        guard let pointer = fresh(capacity) else { OutOfMemory.stop(wanting: capacity, for: "a tensor") }
        return (pointer, capacity)
    }

    /// Memory from the system; nil if there is none.
    private func fresh(_ capacity: Int) -> UnsafeMutableRawPointer? {
        let large = capacity >= 1 << 21
        if large, !OutOfMemory.leavesRoom(forBytes: capacity) { return nil }
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, large ? 1 << 21 : 64, capacity) == 0, let pointer else { return nil }
        #if os(Linux)
            // Fewer page-table misses for activations; if the kernel declines, nothing is lost.
            if large { madvise(pointer, capacity, Int32(MADV_HUGEPAGE)) }
        #endif
        return pointer
    }

    func giveBack(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        state.withLock { state in
            state.statistics.liveBytes -= capacity
            state.statistics.liveCount -= 1
            state.statistics.idleBytes += capacity
            state.classes[capacity]?.giveBack(UInt(bitPattern: pointer))
        }
    }
}
