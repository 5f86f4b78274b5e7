import AuspexTensors
import Foundation
import Synchronization

/// Puts clips through a network, a few at a time, once for all metrics that want the same features of the same clips.
///
/// Accumulators order features and read them when they give their result, so clips that come one by one still go through the network in batches. The clips
/// ordered last are remembered by identity: a second metric that is handed the same tensor gets the same order. (A tensor's numbers cannot change
/// while it is held here: writing in place needs a storage that nobody shares.)
package final class FeatureExtractor: @unchecked Sendable {
    /// Features that are or will be there.
    package final class Order {
        fileprivate(set) var rows: [Float]?
    }

    private struct Entry {
        let clips: Tensor
        let peak: Float
        let order: Order
        /// Under which each clip is cached; empty without a cache.
        var keys: [FeatureCacheFile.Key] = []
        /// What the cache had.
        var rows: [[Float]?]

        func holds(_ other: Tensor, peak: Float) -> Bool {
            clips.storage === other.storage && clips.offset == other.offset && clips.shape == other.shape
                && clips.elementType == other.elementType && self.peak == peak
        }

        func clip(_ number: Int) -> Tensor {
            let shape = Array(clips.shape.dropFirst())
            return clips.viewed(as: [1] + shape, from: number * shape.product)
        }

        var missing: Int { rows.count { $0 == nil } }
    }

    /// Clips that go through the network together: more gain little and take more memory.
    static let batch = 4

    let preparation: FramePreparation
    /// Numbers that the network gives for a clip.
    package let featureSize: Int
    private let network: @Sendable (Tensor) -> Tensor
    private let cache: (store: FeatureCache, kind: FeatureCache.Kind)?
    private let lock = NSLock()
    private var waiting: [Entry] = []
    private var recent: [Entry] = []

    /// - Parameters:
    ///   - cache: where features are kept beyond the run.
    ///   - checksum: of the network's weights: the cache knows networks by it.
    ///   - precision: what the network multiplies, which the cache tells apart too.
    ///   - network: from `[B, T, 224, 224, 3]` to `[B, featureSize]`.
    package init(
        preparation: FramePreparation, featureSize: Int, cache: FeatureCache? = nil, checksum: String = "",
        precision: I3D.Precision = .float32, network: @escaping @Sendable (Tensor) -> Tensor
    ) {
        self.network = network
        self.cache = cache.map {
            let kind = FeatureCache.Kind(
                network: WeightsFile.i3d.rawValue, checksum: checksum, precision: precision,
                preparation: preparation, size: featureSize)
            return ($0, kind)
        }
        self.featureSize = featureSize
        self.preparation = preparation
    }

    /// I3D's logits with a store's weights; one of a kind, as long as any metric holds it.
    ///
    /// - Throws: `FileError` where the weights are absent or damaged.
    package static func shared(
        _ preparation: FramePreparation, from store: WeightsStore, cache: FeatureCache? = nil,
        precision: I3D.Precision = .float32
    ) throws -> FeatureExtractor {
        let key = Key(
            folder: store.folder, preparation: preparation, precision: precision,
            cache: cache.map(ObjectIdentifier.init))
        return try known.withLock { known in
            known = known.filter { $0.value.extractor != nil }
            if let extractor = known[key]?.extractor { return extractor }
            let sibling = known.first { $0.key.folder == store.folder && $0.key.precision == precision }
            let network = try sibling?.value.extractor?.network ?? I3D(from: store, precision: precision).logits
            let extractor = FeatureExtractor(
                preparation: preparation, featureSize: I3D.logitCount, cache: cache, checksum: WeightsFile.i3d.checksum,
                precision: precision, network: network)
            known[key] = Weak(extractor: extractor)
            return extractor
        }
    }

    private struct Key: Hashable {
        let folder: String
        let preparation: FramePreparation
        let precision: I3D.Precision
        let cache: ObjectIdentifier?
    }

    private struct Weak: Sendable { weak var extractor: FeatureExtractor? }
    private static let known = Mutex<[Key: Weak]>([:])

    /// Asks for the features of clips `[B, T, H, W, C]`, checked before.
    package func order(_ clips: Tensor, peak: Float) -> Order {
        lock.withLock {
            if let entry = recent.last(where: { $0.holds(clips, peak: peak) }) { return entry.order }
            let entry = looked(
                up: Entry(
                    clips: clips, peak: peak, order: Order(), rows: Array(repeating: nil, count: clips.shape[0])))
            recent = recent.suffix(3) + [entry]
            guard entry.missing > 0 else {
                entry.order.rows = entry.rows.flatMap { $0 ?? [] }
                return entry.order
            }
            waiting.append(entry)
            if waiting.reduce(0, { $0 + $1.missing }) >= Self.batch { fulfil() }
            return entry.order
        }
    }

    private func looked(up entry: Entry) -> Entry {
        guard let cache else { return entry }
        var entry = entry
        entry.keys = entry.rows.indices.map { FeatureCacheFile.Key(of: entry.clip($0), peak: entry.peak) }
        entry.rows = entry.keys.map { cache.store.row(of: $0, cache.kind) }
        return entry
    }

    /// The features of orders, in order, one row a clip.
    package func features(of orders: [Order]) -> ClipFeatures {
        lock.withLock {
            if orders.contains(where: { $0.rows == nil }) { fulfil() }
            return ClipFeatures(size: featureSize, values: orders.flatMap { $0.rows ?? [] })
        }
    }

    private func fulfil() {
        var rows = waiting.map(\.rows)
        let places = waiting.indices.flatMap { entry in
            rows[entry].indices.filter { rows[entry][$0] == nil }.map { (entry, clip: $0) }
        }
        var next = places[...]
        while let first = next.first {
            let frames = waiting[first.0].clips.shape[1]
            let batch = next.prefix(Self.batch).prefix { waiting[$0.0].clips.shape[1] == frames }
            let prepared = batch.map { preparation(waiting[$0.0].clip($0.clip), peak: waiting[$0.0].peak) }
            let features = network(joined(prepared, along: 0)).scalars
            for (number, place) in batch.enumerated() {
                rows[place.0][place.clip] = Array(features[number * featureSize..<(number + 1) * featureSize])
            }
            keep(batch.map { (waiting[$0.0], $0.clip, rows[$0.0][$0.clip] ?? []) })
            next = next.dropFirst(batch.count)
        }
        for (entry, rows) in zip(waiting, rows) { entry.order.rows = rows.flatMap { $0 ?? [] } }
        waiting = []
    }

    /// Keeps what the network found; what is no number is found again, and complained of again.
    private func keep(_ found: [(entry: Entry, clip: Int, row: [Float])]) {
        guard let cache else { return }
        let finite = found.filter { $0.row.allSatisfy(\.isFinite) }
        cache.store.add(finite.map { ($0.entry.keys[$0.clip], $0.row) }, cache.kind)
    }
}
