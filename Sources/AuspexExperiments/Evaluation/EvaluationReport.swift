import AuspexMetrics
import AuspexVideo

/// What an evaluation found: for every predictor its metrics, over all clips and at every predicted step.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// One predictor's numbers, by the metrics' names.
    public struct Scores: Codable, Sendable, Equatable {
        /// Where several futures were drawn: the mean over them.
        public var metrics: [String: MetricResult]
        /// The best future of every clip, chosen for each metric by itself; nil where one future was drawn.
        public var best: [String: MetricResult]?
        /// The worst future of every clip.
        public var worst: [String: MetricResult]?
    }

    /// How frames were taken from the files.
    public struct Frames: Codable, Sendable, Equatable {
        /// In words: `every frame`, `every 2 frames`, `every 0.1 s`.
        public var step: String
        public var crop: String
        public var filter: String
        public var colour: String

        init(_ request: ClipRequest) {
            step =
                switch request.step {
                case .stride(let stride): stride == 1 ? "every frame" : "every \(stride) frames"
                case .seconds(let seconds): "every \(seconds) s"
                case .matching(let seconds, let stride):
                    "every \(seconds) s; every \(stride) frames where there is no clock"
                }
            (crop, filter, colour) = (request.crop.rawValue, request.filter.rawValue, request.colour.rawValue)
        }
    }

    /// A test clip, so that the same clips can be had again.
    public struct TestClip: Codable, Sendable, Equatable {
        public var name: String
        /// Number of the source's item (file, folder of images, array element, scene).
        public var item: Int
        public var startSeconds: Double
        public var firstFrame: Int
        public var lastFrame: Int

        init(_ clip: Clip, at place: ClipPlace) {
            name = clip.name
            item = place.item
            startSeconds = clip.startSeconds
            firstFrame = clip.frameIndices.first ?? place.firstFrame
            lastFrame = clip.frameIndices.last ?? place.firstFrame
        }

        var place: ClipPlace { ClipPlace(item: item, firstFrame: firstFrame) }

        /// - Throws: `VideoError` where another clip stands at this one's place.
        func check(_ found: TestClip, of source: any ClipSource) throws {
            guard found != self else { return }
            throw VideoError(
                .badList, source.description,
                "clip \(item) is frames \(found.firstFrame) to \(found.lastFrame) of \(found.name), the list has frames "
                    + "\(firstFrame) to \(lastFrame) of \(name): name the source that the list was made from")
        }
    }

    public var schema = 1
    public var `protocol`: EvaluationProtocol
    public var frames: Frames
    /// Where the test clips come from.
    public var source: String
    /// Which checkpoint the model is; nil where nobody said.
    public var origin: String?
    /// Test clips that were scored.
    public var clips: Int
    /// By predictor: `model`, and the baselines.
    public var models: [String: Scores]
    /// By metric: what papers report under the same protocol.
    public var published: [String: [PublishedValue]]
    /// What a reader of the numbers should know.
    public var notes: [String]
    public var clipList: [TestClip]

    /// The predictors, the model first.
    public var names: [String] {
        models.keys.sorted { ($0 != "model" ? 1 : 0, $0) < ($1 != "model" ? 1 : 0, $1) }
    }
}
