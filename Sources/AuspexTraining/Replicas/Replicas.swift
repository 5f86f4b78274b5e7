import AuspexTensors

/// Equal copies of a training run that share the work of each step.
///
/// A step takes `batch × accumulation` clips over all replicas. They are divided into `accumulation` shards of `batch` clips, and every replica
/// computes the same number of whole shards. Results of shards are added in shard order, and random draws are keyed by the clips' global numbers: the
/// number of replicas does not change any bit.
public protocol Replicas: AnyObject {
    /// This replica's number, from 0.
    var rank: Int { get }
    /// How many replicas there are.
    var count: Int { get }

    /// Sums the shards' results, in shard order; every replica gets the same sums.
    ///
    /// - Parameters:
    ///   - shards: how many there are over all replicas, a multiple of `count`. This replica computes `ownShards(of:)`.
    ///   - values: computes one shard; it is called in shard order. All shards return the same number of float32 tensors, of the same shapes.
    /// - Throws: what `values` throws, and failures to exchange sums with the other replicas.
    func sum(ofShards shards: Int, _ values: (_ shard: Int) throws -> [Tensor]) throws -> [Tensor]

    /// The values of replica 0, on every replica.
    ///
    /// - Parameter values: this replica's, in the same order and of the same shapes everywhere.
    func broadcast(_ values: [Tensor]) throws -> [Tensor]
}

extension Replicas {
    /// The shards that this replica computes: a contiguous range, of the same length on every replica.
    public func ownShards(of shards: Int) -> Range<Int> { rank * shards / count..<(rank + 1) * shards / count }

    /// Whether any replica says yes; all replicas get the same answer.
    public func any(_ flag: Bool) throws -> Bool {
        try sum(ofShards: count) { _ in [Tensor(repeating: flag ? 1 : 0, shape: [1])] }[0].scalar > 0
    }
}

/// A run without other replicas: sums are accumulated shard by shard, so that no two results are held.
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
