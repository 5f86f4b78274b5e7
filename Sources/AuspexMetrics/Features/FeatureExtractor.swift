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
    final class Order {
        fileprivate(set) var rows: [Float]?
    }

    private struct Entry {
        let clips: Tensor
        let peak: Float
        let order: Order

        func holds(_ other: Tensor, peak: Float) -> Bool {
            clips.storage === other.storage && clips.offset == other.offset && clips.shape == other.shape
                && clips.elementType == other.elementType && self.peak == peak
        }
    }

    /// Clips that go through the network together: more gain little and take more memory.
    static let batch = 4

    let preparation: FramePreparation
    /// Numbers that the network gives for a clip.
    let featureSize: Int
    private let network: @Sendable (Tensor) -> Tensor
    private let lock = NSLock()
    private var waiting: [Entry] = []
    private var recent: [Entry] = []

    /// - Parameter network: from `[B, T, 224, 224, 3]` to `[B, featureSize]`.
    package init(
        preparation: FramePreparation, featureSize: Int, network: @escaping @Sendable (Tensor) -> Tensor
    ) {
        self.network = network
        self.featureSize = featureSize
        self.preparation = preparation
    }

    /// I3D's logits with a store's weights; one of a kind, as long as any metric holds it.
    ///
    /// - Throws: `FileError` where the weights are absent or damaged.
    static func shared(_ preparation: FramePreparation, from store: WeightsStore) throws -> FeatureExtractor {
        let key = Key(folder: store.folder, preparation: preparation)
        return try known.withLock { known in
            if let extractor = known[key]?.extractor { return extractor }
            let sibling = known.first { $0.key.folder == store.folder && $0.value.extractor != nil }
            let network = try sibling?.value.extractor?.network ?? I3D(from: store).logits
            let extractor = FeatureExtractor(
                preparation: preparation, featureSize: I3D.logitCount, network: network)
            known[key] = Weak(extractor: extractor)
            return extractor
        }
    }

    private struct Key: Hashable {
        let folder: String
        let preparation: FramePreparation
    }

    private struct Weak: Sendable { weak var extractor: FeatureExtractor? }
    private static let known = Mutex<[Key: Weak]>([:])

    /// Asks for the features of clips `[B, T, H, W, C]`, checked before.
    func order(_ clips: Tensor, peak: Float) -> Order {
        lock.withLock {
            if let entry = recent.last(where: { $0.holds(clips, peak: peak) }) { return entry.order }
            let entry = Entry(clips: clips, peak: peak, order: Order())
            waiting.append(entry)
            recent = recent.suffix(3) + [entry]
            if waiting.reduce(0, { $0 + $1.clips.shape[0] }) >= Self.batch { fulfil() }
            return entry.order
        }
    }

    /// The features of orders, in order, one row a clip.
    func features(of orders: [Order]) -> ClipFeatures {
        lock.withLock {
            if orders.contains(where: { $0.rows == nil }) { fulfil() }
            return ClipFeatures(size: featureSize, values: orders.flatMap { $0.rows ?? [] })
        }
    }

    private func fulfil() {
        var rows = waiting.map { _ in [Float]() }
        let places = waiting.indices.flatMap { entry in (0..<waiting[entry].clips.shape[0]).map { (entry, clip: $0) } }
        var next = places[...]
        while let first = next.first {
            let frames = waiting[first.0].clips.shape[1]
            let batch = next.prefix(Self.batch).prefix { waiting[$0.0].clips.shape[1] == frames }
            let prepared = batch.map { place in
                let entry = waiting[place.0]
                let shape = Array(entry.clips.shape.dropFirst())
                let clip = entry.clips.viewed(as: [1] + shape, from: place.clip * shape.product)
                return preparation(clip, peak: entry.peak)
            }
            let features = network(joined(prepared, along: 0)).scalars
            for (row, place) in batch.enumerated() {
                rows[place.0] += features[row * featureSize..<(row + 1) * featureSize]
            }
            next = next.dropFirst(batch.count)
        }
        for (entry, rows) in zip(waiting, rows) { entry.order.rows = rows }
        waiting = []
    }
}
