import AuspexMetrics
import AuspexPretrained
import AuspexStatistics
import AuspexSupport
import AuspexTensors
import Foundation
import Synchronization
import TestSupport
import Testing

/// A network of three numbers, the means of the channels, that counts the clips it sees.
private final class CountedNetwork: Sendable {
    private let seen = Mutex(0)
    var clips: Int { seen.withLock { $0 } }

    func extractor(
        _ cache: FeatureCache?, _ preparation: FramePreparation = .published, checksum: String = "0123",
        precision: I3D.Precision = .float32
    ) -> FeatureExtractor {
        FeatureExtractor(
            preparation: preparation, featureSize: 3, cache: cache, checksum: checksum, precision: precision
        ) { clips in
            self.seen.withLock { $0 += clips.shape[0] }
            return mean(clips, along: [1, 2, 3])
        }
    }
}

private func clips(_ count: Int, seed: UInt64, frames: Int = 9) -> Tensor {
    let stream = RandomStream(seed: seed, name: "pixels")
    let shape = [count, frames, 4, 4, 3]
    return Tensor(
        (0..<shape.reduce(1, *)).map { UInt8(stream.integer(below: 256, at: $0)) }, shape: shape)
}

/// Features of clips, as a run of the program finds them.
private func features(_ clips: Tensor, _ extractor: FeatureExtractor, peak: Float = 255) throws -> ClipFeatures {
    try extractor.features(of: [extractor.order(clips, peak: peak)])
}

/// The one file in a cache's folder.
private func file(in folder: TemporaryFolder) throws -> String {
    folder.file(try #require(try folder.names.first))
}

@Suite struct FeatureCacheTests {
    @Test func anotherRunFindsWhatOneFound() throws {
        let folder = try TemporaryFolder()
        let (clips, network) = (clips(5, seed: 1), CountedNetwork())
        let first = FeatureCache(folder: folder.path)
        let computed = try features(clips, network.extractor(first))
        #expect(network.clips == 5 && first.counts == (0, 5))
        let second = FeatureCache(folder: folder.path)
        #expect(try features(clips, network.extractor(second)) == computed)
        #expect(network.clips == 5 && second.counts == (5, 0))
        // In another order, one by one, and beside a new clip.
        let third = FeatureCache(folder: folder.path)
        let extractor = network.extractor(third)
        let orders = try [3, 0].map { try extractor.order(clips.sliced(0, from: $0, count: 1), peak: 255) }
        let mixed = joined([clips.sliced(0, from: 4, count: 1), clips.sliced(0, from: 0, count: 1)], along: 0)
        #expect(try extractor.features(of: orders) == computed.rows([3, 0]))
        #expect(try features(mixed, extractor) == computed.rows([4, 0]))
        #expect(network.clips == 5)
        let fresh = self.fresh(beside: clips.sliced(0, from: 2, count: 1))
        #expect(try features(fresh, extractor).rows([1]) == computed.rows([2]))
        #expect(network.clips == 6 && third.counts == (5, 1))
        #expect(first.problem == nil && second.problem == nil && third.problem == nil)
    }

    private func fresh(beside clip: Tensor) -> Tensor { joined([clips(1, seed: 99), clip], along: 0) }

    @Test func whatChangesFeaturesIsAnotherEntry() throws {
        let folder = try TemporaryFolder()
        let (clips, network) = (clips(1, seed: 1), CountedNetwork())
        let cache = FeatureCache(folder: folder.path)
        _ = try features(clips, network.extractor(cache))
        _ = try features(clips, network.extractor(cache, .centred))
        _ = try features(clips, network.extractor(cache, checksum: "4567"))
        _ = try features(clips, network.extractor(cache, precision: .bfloat16))
        // The same bytes in another shape.
        _ = try features(clips.reshaped(to: [1, 9, 2, 8, 3]), network.extractor(cache))
        _ = try features(clips.reshaped(to: [1, 9, 4, 12, 1]), network.extractor(cache))
        let floats = Tensor(clips.scalars(as: UInt8.self).map(Float.init), shape: clips.shape)
        _ = try features(floats, network.extractor(cache), peak: 255)
        _ = try features(floats, network.extractor(cache), peak: 256)
        #expect(network.clips == 8 && cache.counts == (0, 8))
        // Bytes have one scale, whatever a metric's peak for floats.
        _ = try features(clips, network.extractor(cache), peak: 1)
        #expect(network.clips == 8)
    }

    @Test func programsThatWriteAtOnceLoseNothing() async throws {
        let folder = try TemporaryFolder()
        let network = CountedNetwork()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                let extractor = network.extractor(FeatureCache(folder: folder.path))
                group.addTask {
                    for clip in 0..<25 {
                        // Every clip is written by two of them.
                        _ = try features(clips(1, seed: UInt64(writer / 2 * 25 + clip)), extractor)
                    }
                }
            }
            try await group.waitForAll()
        }
        // One that began later may have found what another wrote.
        #expect((50...100).contains(network.clips))
        let after = FeatureCache(folder: folder.path)
        let extractor = network.extractor(after)
        for seed in 0..<50 {
            let clips = clips(1, seed: UInt64(seed))
            #expect(try features(clips, extractor) == features(clips, CountedNetwork().extractor(nil)))
        }
        #expect(after.counts == (50, 0))
    }

    @Test func aRecordCutShortIsCutOff() throws {
        let folder = try TemporaryFolder()
        let network = CountedNetwork()
        let kept = try features(clips(2, seed: 1), network.extractor(FeatureCache(folder: folder.path)))
        let path = try file(in: folder)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([1, 2, 3, 4, 5]))
        try handle.close()
        let added = try features(clips(1, seed: 2), network.extractor(FeatureCache(folder: folder.path)))
        let after = FeatureCache(folder: folder.path)
        #expect(try features(clips(2, seed: 1), network.extractor(after)) == kept)
        #expect(try features(clips(1, seed: 2), network.extractor(after)) == added)
        #expect(after.counts == (3, 0))
    }

    @Test func aFlippedByteIsNeverTaken() throws {
        let folder = try TemporaryFolder()
        let clip = clips(1, seed: 1)
        let good = try features(clip, CountedNetwork().extractor(FeatureCache(folder: folder.path)))
        let path = try file(in: folder)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // 64 bytes of heading, 32 of key, 12 of numbers, 4 of checksum.
        #expect(bytes.count == 112)
        for place in bytes.indices {
            var broken = bytes
            broken[place] ^= 0x10
            try broken.write(to: URL(fileURLWithPath: path))
            let cache = FeatureCache(folder: folder.path)
            #expect(try features(clip, CountedNetwork().extractor(cache)) == good, "byte \(place)")
            #expect(cache.counts == (0, 1) && cache.problem == nil, "byte \(place)")
        }
    }

    @Test func aFullFileKeepsTheYoungerHalf() throws {
        let folder = try TemporaryFolder()
        let network = CountedNetwork()
        // 20 records of 48 bytes.
        let small = FeatureCache(folder: folder.path, mostBytes: 64 + 20 * 48)
        let extractor = network.extractor(small)
        for seed in 0..<24 { _ = try features(clips(1, seed: UInt64(seed)), extractor) }
        let path = try file(in: folder)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 64 + 14 * 48)
        #expect(try folder.names.count == 1)
        let after = FeatureCache(folder: folder.path)
        for seed in 10..<24 { _ = try features(clips(1, seed: UInt64(seed)), network.extractor(after)) }
        #expect(after.counts == (14, 0))
        // The one that wrote it knows its own new places.
        _ = try features(clips(1, seed: 23), extractor)
        #expect(small.counts.found == 1)
    }

    @Test func aPlaceThatCannotBeWrittenOnlyCostsTime() throws {
        let folder = try TemporaryFolder()
        let taken = try folder.write([1], as: "taken")
        let (clips, network) = (clips(2, seed: 1), CountedNetwork())
        let cache = FeatureCache(folder: taken + "/below")
        #expect(try features(clips, network.extractor(cache)) == features(clips, network.extractor(nil)))
        #expect(network.clips == 4 && cache.problem?.contains("taken") == true)
    }

    @Test func digestsAreThoseOfThePixels() {
        // Python: hashlib.sha256(bytes(range(24))).hexdigest()
        let clip = Tensor((0..<24).map { UInt8($0) }, shape: [1, 2, 2, 2, 3])
        #expect(
            ClipDigest(of: clip).hexadecimal == "1d64add2a6388367c9bc2d1f1b384b069a6ef382cdaaa89771dd103e28613a25")
    }
}
