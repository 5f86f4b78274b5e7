import AuspexTensors

/// Equal copies of a training run that share the work of each step.
///
/// A step takes `batch × accumulation` clips over all replicas. They are cut into `accumulation` shards of `batch` clips, and each replica
/// computes as many shards, whole. What shards give is added in shard order, and random draws are keyed by clips' global numbers: how many
/// replicas there are changes no bit.
public protocol Replicas: AnyObject {
    /// This replica's number, from 0.
    var rank: Int { get }
    /// How many replicas there are.
    var count: Int { get }

    /// Adds what shards give, in shard order; every replica gets the same sums.
    ///
    /// - Parameters:
    ///   - shards: how many there are over all replicas, a multiple of `count`. This replica computes `ownShards(of:)`.
    ///   - values: computes one shard; it is called in shard order. All shards give as many tensors, of the same shapes, float32.
    /// - Throws: what `values` throws, and what keeps a sum from reaching the other replicas.
    func sum(ofShards shards: Int, _ values: (_ shard: Int) throws -> [Tensor]) throws -> [Tensor]

    /// The values of replica 0, on every replica.
    ///
    /// - Parameter values: this replica's, in the same order and of the same shapes everywhere.
    func broadcast(_ values: [Tensor]) throws -> [Tensor]
}

extension Replicas {
    /// The shards that this replica computes: as many in a row as every other.
    public func ownShards(of shards: Int) -> Range<Int> { rank * shards / count..<(rank + 1) * shards / count }

    /// Whether any replica says so, as every replica then knows.
    public func any(_ flag: Bool) throws -> Bool {
        try sum(ofShards: count) { _ in [Tensor(repeating: flag ? 1 : 0, shape: [1])] }[0].scalar > 0
    }
}

/// A run that has no other replica: sums are made as the shards come, so that no two of them are kept.
public final class SingleReplica: Replicas {
    public let rank = 0
    public let count = 1

    /// The only replica of a run.
    public init() {}

    public func sum(ofShards shards: Int, _ values: (_ shard: Int) throws -> [Tensor]) throws -> [Tensor] {
        var sums: [Tensor?] = []
        for shard in 0..<shards {
            for (position, value) in try values(shard).enumerated() {
                if position == sums.count { sums.append(nil) }
                accumulate(value, into: &sums[position])
            }
        }
        return sums.compactMap { $0 }
    }

    public func broadcast(_ values: [Tensor]) -> [Tensor] { values }
}
