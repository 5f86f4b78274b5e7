import AuspexPretrained
import AuspexStatistics
import AuspexTensors
import Foundation
import Synchronization

/// Puts clips through a network, a few at a time, once for all metrics that need the same features of the same clips.
///
/// Accumulators order features and read them when they compute their result, so clips that arrive one by one still go through the network in batches. The clips
/// ordered last are remembered by identity: a second metric that is given the same tensor gets the same order. (A tensor's numbers cannot change
/// while it is held here: in-place writes need storage that is not shared.)
package final class FeatureExtractor: @unchecked Sendable {
    /// Features that are computed or will be.
    package final class PendingFeatures {
        fileprivate(set) var rows: ClipFeatures?
    }

    private struct Entry {
        let clips: Tensor
        let peak: Float
        let order: PendingFeatures
        /// The key of each clip in the cache; empty without a cache.
        var keys: [FeatureCacheFile.Key] = []
        /// The features found in the cache.
        var rows: [ClipFeatures?]

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

    /// Clips that go through the network together: more gain little speed and take more memory.
    static let batch = 4

    let preparation: FramePreparation
    /// The number of features that the network gives for a clip.
    package let featureSize: Int
    private let network: NetworkOnDemand
    private let cache: (store: FeatureCache, kind: FeatureCache.Kind)?
    private let lock = NSLock()
    private var waiting: [Entry] = []
    private var recent: [Entry] = []

    /// - Parameters:
    ///   - cache: where features are kept beyond the run.
    ///   - checksum: of the network's weights, by which the cache identifies networks.
    ///   - precision: the element type of the network's products, which is part of the cache's key.
    ///   - network: from `[B, T, 224, 224, 3]` to `[B, featureSize]`.
    package convenience init(
        preparation: FramePreparation, featureSize: Int, cache: FeatureCache? = nil, checksum: String = "",
        precision: I3D.Precision = .float32, network: @escaping @Sendable (Tensor) -> Tensor
    ) {
        self.init(
            preparation: preparation, featureSize: featureSize, cache: cache, checksum: checksum, precision: precision,
            network: NetworkOnDemand { network })
    }

    private init(
        preparation: FramePreparation, featureSize: Int, cache: FeatureCache?, checksum: String,
        precision: I3D.Precision, network: NetworkOnDemand
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

    /// I3D's logits with a store's weights; a single instance as long as any metric holds it.
    ///
    /// The weights must be present now, but are read only when a clip needs them: never, if the cache has every clip's features.
    /// - Throws: `FileError` where the weights are absent.
    package static func shared(
        _ preparation: FramePreparation, for settings: MetricSettings
    ) throws -> FeatureExtractor {
        let (store, cache, precision) = (settings.weights, settings.cache, settings.precision)
        if settings.needsNetworks { try store.requirePresence(of: .i3d) }
        let key = Key(
            folder: store.folder, preparation: preparation, precision: precision,
            cache: cache.map(ObjectIdentifier.init))
        return known.withLock { known in
            known = known.filter { $0.value.extractor != nil }
            if let extractor = known[key]?.extractor { return extractor }
            let sibling = known.first { $0.key.folder == store.folder && $0.key.precision == precision }
            let network =
                sibling?.value.extractor?.network
                ?? NetworkOnDemand { try I3D(from: store, precision: precision).logits }
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

    /// Orders features of clips `[B, T, H, W, C]`, which the caller has checked.
    ///
    /// - Throws: `FileError` where the network is needed and its weights are damaged.
    package func order(_ clips: Tensor, peak: Float) throws -> PendingFeatures {
        try lock.withLock {
            if let place = recent.lastIndex(where: { $0.holds(clips, peak: peak) }) {
                // Moved to the end: the same real clips come again beside every forecaster's.
                recent.append(recent.remove(at: place))
                return recent[recent.count - 1].order
            }
            let entry = looked(
                up: Entry(
                    clips: clips, peak: peak, order: PendingFeatures(),
                    rows: Array(repeating: nil, count: clips.shape[0])))
            recent = recent.suffix(3) + [entry]
            guard entry.missing > 0 else {
                entry.order.rows = joined(entry.rows)
                return entry.order
            }
            waiting.append(entry)
            if waiting.reduce(0, { $0 + $1.missing }) >= Self.batch { try fulfil() }
            return entry.order
        }
    }

    private func looked(up entry: Entry) -> Entry {
        guard let cache else { return entry }
        var entry = entry
        entry.keys = entry.rows.indices.map { FeatureCacheFile.Key(of: entry.clip($0), peak: entry.peak) }
        entry.rows = entry.keys.map { key in
            cache.store.row(of: key, cache.kind).map { ClipFeatures(size: featureSize, values: $0) }
        }
        return entry
    }

    /// The features of orders, in order, one row a clip.
    ///
    /// - Throws: as `order`.
    package func features(of orders: [PendingFeatures]) throws -> ClipFeatures {
        try lock.withLock {
            if orders.contains(where: { $0.rows == nil }) { try fulfil() }
            return joined(orders.map(\.rows))
        }
    }

    private func joined(_ rows: [ClipFeatures?]) -> ClipFeatures {
        var all = ClipFeatures(size: featureSize)
        for case let rows? in rows { all.append(rows) }
        return all
    }

    private func fulfil() throws {
        let network = try self.network.loaded()
        var rows = waiting.map(\.rows)
        let places = waiting.indices.flatMap { entry in
            rows[entry].indices.filter { rows[entry][$0] == nil }.map { (entry, clip: $0) }
        }
        var next = places[...]
        while let first = next.first {
            let frames = waiting[first.0].clips.shape[1]
            let batch = next.prefix(Self.batch).prefix { waiting[$0.0].clips.shape[1] == frames }
            let prepared = batch.map { preparation(waiting[$0.0].clip($0.clip), peak: waiting[$0.0].peak) }
            let features = ClipFeatures(
                size: featureSize, values: network(AuspexTensors.joined(prepared, along: 0)).scalars)
            for (number, place) in batch.enumerated() { rows[place.0][place.clip] = features.rows([number]) }
            keep(batch.enumerated().map { (waiting[$1.0], $1.clip, features.rows([$0]).values) })
            next = next.dropFirst(batch.count)
        }
        for (entry, rows) in zip(waiting, rows) { entry.order.rows = joined(rows) }
        waiting = []
    }

    /// Caches the network's results; rows with NaN or infinity are recomputed next time, and reported again.
    private func keep(_ found: [(entry: Entry, clip: Int, row: [Float])]) {
        guard let cache else { return }
        let finite = found.filter { $0.row.allSatisfy(\.isFinite) }
        cache.store.add(finite.map { ($0.entry.keys[$0.clip], $0.row) }, cache.kind)
    }
}

/// A network that is loaded when first needed, once for all that share it.
private final class NetworkOnDemand: Sendable {
    typealias Network = @Sendable (Tensor) -> Tensor
    private let load: @Sendable () throws -> Network
    private let network = Mutex<Network?>(nil)

    init(_ load: @escaping @Sendable () throws -> Network) { self.load = load }

    func loaded() throws -> Network {
        try network.withLock { network in
            let loaded = try network ?? load()
            network = loaded
            return loaded
        }
    }
}
