import AuspexTensors

/// Collects batch statistics of passes until all shards of an update have run, for updating running statistics.
///
/// Updating with N batches one after another, `r ← (1 − w) r + w b`, is `r ← (1 − w)ᴺ r + Σ w (1 − w)ᴺ⁻¹⁻ᵏ bₖ`: the sum can be taken over shards
/// that were computed separately.
public final class StatisticsRecorder {
    private var order: [BatchStatistics] = []
    private var batches: [ObjectIdentifier: [(mean: Tensor, variance: Tensor)]] = [:]

    /// Nothing recorded yet.
    public init() {}

    func record(_ statistics: BatchStatistics, mean: Tensor, variance: Tensor) {
        let key = ObjectIdentifier(statistics)
        if batches[key] == nil { order.append(statistics) }
        batches[key, default: []].append((mean.detached(), variance.detached()))
    }

    /// The shard's part of each sum: mean and variance of every norm that ran, in the order of their first run.
    ///
    /// - Parameters:
    ///   - shard: its index among all shards; statistics are applied in this order.
    ///   - shards: how many there are.
    public func contributions(ofShard shard: Int, of shards: Int) -> [Tensor] {
        order.flatMap { statistics -> [Tensor] in
            let own = batches[ObjectIdentifier(statistics)] ?? []
            var (mean, variance): (Tensor?, Tensor?)
            for (number, batch) in own.enumerated() {
                let later = own.count * (shards - shard) - number - 1
                let weight = statistics.momentum * statistics.kept(after: later)
                accumulate(batch.mean * weight, into: &mean)
                accumulate(batch.variance * weight, into: &variance)
            }
            return [mean, variance].compactMap { $0 }
        }
    }

    /// Updates the running statistics with the sums over all shards.
    ///
    /// - Parameter sums: of `contributions`, in their order.
    public func follow(_ sums: some Collection<Tensor>, shards: Int) {
        var sums = sums[...]
        for statistics in order {
            guard let mean = sums.popFirst(), let variance = sums.popFirst() else { return }
            let kept = statistics.kept(after: shards * (batches[ObjectIdentifier(statistics)]?.count ?? 0))
            statistics.mean.value = statistics.mean.value * kept + mean
            statistics.variance.value = statistics.variance.value * kept + variance
        }
    }
}
