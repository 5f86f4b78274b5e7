import AuspexTensors
import AuspexTraining
import Foundation

/// Replicas in one process, each on its own thread, of which one runs at a time: the others wait in a sum or a broadcast.
final class SimulatedReplicas: @unchecked Sendable {
    let count: Int
    /// Held by the thread that runs.
    private let baton = NSCondition()
    /// What each replica gave to the exchange that is under way; the last one to give ends it.
    private var given: [[[Tensor]]?]
    private var exchanges: [[[[Tensor]]]] = []
    private var failure: (any Error)?
    private var running = 0

    init(count: Int) {
        self.count = count
        given = Array(repeating: nil, count: count)
    }

    /// Runs the body once a replica, to the end of all.
    func run(_ body: @escaping (any Replicas) throws -> Void) throws {
        nonisolated(unsafe) let body = body
        running = count
        for rank in 0..<count {
            let thread = Thread { [self] in
                baton.lock()
                do { try body(Member(self, rank: rank)) } catch { failure = failure ?? error }
                running -= 1
                baton.broadcast()
                baton.unlock()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        baton.lock()
        defer { baton.unlock() }
        while running > 0 { baton.wait() }
        if let failure { throw failure }
    }

    /// What every replica gave, by rank, once all have.
    fileprivate func exchange(_ values: [[Tensor]], from rank: Int) throws -> [[[Tensor]]] {
        let number = exchanges.count
        given[rank] = values
        if given.allSatisfy({ $0 != nil }) {
            exchanges.append(given.compactMap { $0 })
            given = Array(repeating: nil, count: count)
            baton.broadcast()
        }
        while exchanges.count == number {
            if let failure { throw failure }
            baton.wait()
        }
        return exchanges[number]
    }

    private final class Member: Replicas {
        let rank: Int
        var count: Int { group.count }
        private let group: SimulatedReplicas

        init(_ group: SimulatedReplicas, rank: Int) {
            self.group = group
            self.rank = rank
        }

        func sum(ofShards shards: Int, _ values: (Int) throws -> [Tensor]) throws -> [Tensor] {
            let own = try ownShards(of: shards).map { try values($0).map { $0.copied() } }
            let all = try group.exchange(own, from: rank).flatMap { $0 }
            return all.dropFirst().reduce(all[0]) { sums, shard in zip(sums, shard).map { $0 + $1 } }
        }

        func broadcast(_ values: [Tensor]) throws -> [Tensor] {
            try group.exchange([values.map { $0.copied() }], from: rank)[0][0].map { $0.copied() }
        }
    }
}
