import AuspexEvaluation
import AuspexMetrics
import AuspexRuns
import AuspexTensors
import AuspexVideo
import Foundation
import Synchronization
import TestSupport

/// Clips in a temporary folder, and metrics of features whose network needs no weights.
final class ScoringFixtures {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func path(_ name: String) -> String { folder.file(name) }

    /// Lossless videos of moving shapes: `NAME/0000.mkv`, ….
    func write(_ name: String, clips: Int, frames: Int = 9, size: Int = 16, seed: UInt64) throws {
        var synthesis = Synthesis()
        (synthesis.clips, synthesis.frames, synthesis.size) = (clips, frames, FrameSize(size))
        synthesis.seed = seed
        _ = try synthesis.write("moving-shapes", to: path(name))
    }

    /// The only array in a folder of that name, `[clips, frames, size, size, 3]`.
    func writeArray(_ name: String, clips: Int, frames: Int = 9, size: Int = 16, seed: UInt64) throws -> String {
        var synthesis = Synthesis()
        (synthesis.clips, synthesis.frames, synthesis.size) = (clips, frames, FrameSize(size))
        (synthesis.seed, synthesis.format) = (seed, .npy)
        return try synthesis.write("moving-shapes", to: path(name)).files[0]
    }

    func rename(_ name: String, to other: String) throws {
        try FileManager.default.createDirectory(
            atPath: (path(other) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    /// Clips that went through the network so far.
    private let seen = Seen()
    private final class Seen: Sendable { let clips = Mutex(0) }
    var networkClips: Int { seen.clips.withLock { $0 } }

    /// `fvd`, `fvd:tats` and `kvd` over 400 pixels of a clip in place of logits, beside the metrics of pixels.
    var registry: MetricRegistry {
        var registry = MetricRegistry.standard
        let seen = seen
        @Sendable func extractor(_ preparation: FramePreparation, _ settings: MetricSettings) -> FeatureExtractor {
            FeatureExtractor(
                preparation: preparation, featureSize: 400, cache: settings.cache, checksum: "of a test"
            ) { clips in
                seen.clips.withLock { $0 += clips.shape[0] }
                let (time, values) = (clips.shape[1], clips.scalars)
                let clip = values.count / clips.shape[0]
                let rows = (0..<clips.shape[0]).flatMap { number in
                    (0..<400).map { i in
                        let (frame, row, column) = (i % time, i * 37 % 224, i * 91 % 224)
                        return values[number * clip + ((frame * 224 + row) * 224 + column) * 3 + i % 3]
                    }
                }
                return Tensor(rows, shape: [clips.shape[0], 400])
            }
        }
        for variant in [FrechetVideoDistance.Variant.published, .tats] {
            registry.register(variant.rawValue) {
                FrechetVideoDistance(variant, settings: $0, extractor: extractor(variant.preparation, $0))
            }
        }
        registry.register("kvd") {
            KernelVideoDistance(.subsets, settings: $0, extractor: extractor(.published, $0))
        }
        return registry
    }

    func scoring(_ metrics: String...) -> Scoring {
        var scoring = Scoring()
        scoring.settings.metrics = metrics
        scoring.registry = registry
        return scoring
    }

    func score(_ scoring: Scoring, _ real: String, _ predicted: String) throws -> ScoringReport {
        try scoring.score(
            real: real.hasPrefix("/") ? real : path(real),
            predicted: predicted.hasPrefix("/") ? predicted : path(predicted))
    }

    /// What an error says, or that there was none.
    func refusal(_ scoring: Scoring, _ real: String, _ predicted: String) -> String {
        do {
            _ = try score(scoring, real, predicted)
            return "no error"
        } catch { return "\(error)" }
    }
}
