import AuspexMetrics
import AuspexStatistics
import AuspexSupport
import AuspexTensors

/// Features of clips under any recipe: each pass through the network is made once, for as many clips as were requested.
final class PipelineFeatureCache {
    /// A pass of one set through the network.
    struct Pass: Hashable {
        let side: MetricSide
        let recipe: MetricPipeline.Side
    }

    private let clips: [MetricSide: ExplainedClips]
    private let extractor: (FramePreparation) throws -> FeatureExtractor
    /// Called with clips that have been through the network, from the first on.
    private let progress: (Int) -> Void
    private var extractors: [FramePreparation: FeatureExtractor] = [:]
    private var features: [Pass: ClipFeatures] = [:]
    private(set) var clipsDone = 0

    init(
        clips: [MetricSide: ExplainedClips], extractor: @escaping (FramePreparation) throws -> FeatureExtractor,
        progress: @escaping (Int) -> Void
    ) {
        self.clips = clips
        self.extractor = extractor
        self.progress = progress
    }

    /// The passes that a recipe needs.
    static func passes(of recipe: MetricPipeline) -> [Pass] {
        MetricSide.allCases.map { Pass(side: $0, recipe: recipe[$0].pass) }
    }

    /// Clips that still have to go through the network for a pass of this many clips.
    func missing(_ pass: Pass, clips count: Int) -> Int {
        max(0, count - (features[pass]?.count ?? 0))
    }

    /// Makes sure that a pass has features of the first clips.
    ///
    /// - Throws: `VideoError` where a clip cannot be read or re-encoded, `FileError` where the network's weights are absent.
    func make(_ pass: Pass, clips count: Int) throws {
        guard let source = clips[pass.side], missing(pass, clips: count) > 0 else { return }
        let network = try network(pass.recipe.preparation)
        let done = features[pass]?.count ?? 0
        let orders = try (done..<count).map { number in
            let order = try network.order(source.clip(number, pass.recipe), peak: 255)
            clipsDone += 1
            progress(clipsDone)
            return order
        }
        var rows = features[pass] ?? ClipFeatures(size: network.featureSize)
        rows.append(try network.features(of: orders))
        features[pass] = rows
    }

    /// The features of a recipe's clips, which must have been made.
    ///
    /// - Parameter most: the number of clips of each set, for a first look.
    func features(_ recipe: MetricPipeline, _ side: MetricSide, most: Int? = nil) -> ClipFeatures {
        let pass = Pass(side: side, recipe: recipe[side].pass)
        let wanted = min(recipe[side].clips, most ?? .max)
        let rows = features[pass] ?? ClipFeatures(size: 1)
        require(rows.count >= wanted, "PipelineFeatureCache", "\(side) features of \(recipe[side]) were not made")
        return rows.count == wanted ? rows : rows.rows(0..<wanted)
    }

    private func network(_ preparation: FramePreparation) throws -> FeatureExtractor {
        if let known = extractors[preparation] { return known }
        let made = try extractor(preparation)
        extractors[preparation] = made
        return made
    }
}
