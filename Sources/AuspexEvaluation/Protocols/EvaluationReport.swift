import AuspexMetrics
import AuspexTensors
import AuspexVideo

/// Results of an evaluation: the metrics of every forecaster, over all clips and at every predicted step.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// One forecaster's numbers, by the metrics' names.
    public struct Scores: Codable, Sendable, Equatable {
        /// The mean over futures, if several were drawn.
        public var metrics: [String: MetricResult]
        /// The best future of every clip, chosen for each metric separately; nil if one future was drawn.
        public var best: [String: MetricResult]?
        /// The worst future of every clip.
        public var worst: [String: MetricResult]?
        /// How far the first future's paths of pixels are from the true ones; nil where either is not known.
        public var motion: MotionScores?
    }

    /// How frames were taken from the files.
    public struct Frames: Codable, Sendable, Equatable {
        /// In words: `every frame`, `every 2 frames`, `every 0.1 s`.
        public var step: String
        /// The part of a frame that was kept when its aspect differs: `centre`.
        public var crop: String
        /// How frames were scaled: `area`.
        public var filter: String
        /// `rgb` or `grey`.
        public var colour: String

        init(_ request: ClipRequest) {
            step = Self.inWords(request.step)
            (crop, filter, colour) = (request.crop.rawValue, request.filter.rawValue, request.colour.rawValue)
        }

        static func inWords(_ step: ClipRequest.FrameStep) -> String {
            func every(_ stride: Int) -> String { stride == 1 ? "every frame" : "every \(stride) frames" }
            return switch step {
            case .stride(let stride): every(stride)
            case .seconds(let seconds): "every \(seconds) s"
            case .matching(let seconds, let stride): "every \(seconds) s; \(every(stride)) where there is no clock"
            }
        }
    }

    /// A test clip: enough to find the same clip again and to check that it is the same.
    public struct TestClip: Codable, Sendable, Equatable {
        /// Of the file, folder of images, array element or scene.
        public var name: String
        /// When its first frame is shown, in seconds after the item's first.
        public var startSeconds: Double
        /// Its first frame, counted from 0 in the file.
        public var firstFrame: Int
        /// Its last frame, counted from 0 in the file.
        public var lastFrame: Int
        /// SHA-256 of the frames as used, `[T, H, W, C]`; nil in reports of versions that did not record it.
        public var sha256: String?
        /// The element type of the digested frames, `uint8` or `float32`; nil in reports of versions that did not record it and rounded floats to bytes.
        public var elementType: String?

        init(_ clip: Clip, at place: ClipPlace) {
            name = clip.name
            startSeconds = clip.startSeconds
            firstFrame = clip.frameIndices.first ?? place.firstFrame
            lastFrame = clip.frameIndices.last ?? place.firstFrame
            sha256 = ClipDigest(of: clip.frames).hexadecimal
            elementType = clip.frames.elementType.rawValue
        }
    }

    /// The version of the fields.
    public var schema = 1
    /// Of the program; nil in reports of versions that did not record it.
    public var version: String?
    /// Whatever may change the last digits of a number.
    public var machine: ScoringReport.Machine?
    /// What exactly the forecasters were asked to do.
    public var `protocol`: EvaluationProtocol
    /// How frames were taken from the files.
    public var frames: Frames
    /// Where the test clips come from.
    public var source: String
    /// Which checkpoint the model is; nil if unknown.
    public var origin: String?
    /// Test clips that were scored.
    public var clips: Int
    /// By forecaster: `model`, the baselines, and `model-alone` if `model` is a blend of the model with them.
    public var models: [String: Scores]
    /// By metric: what papers report under the same protocol.
    public var published: [String: [PublishedValue]]
    /// Notes for readers of the numbers.
    public var notes: [String]
    /// The clips that were scored, in order.
    public var clipList: [TestClip]

    /// The name of the trained model's own results where `model` is a blend.
    public static let modelAlone = "model-alone"

    /// Whether a forecaster is a model, not a baseline.
    static func isModel(_ name: String) -> Bool { name == "model" || name == modelAlone }

    /// The forecasters, the model first.
    public var names: [String] {
        models.keys.sorted { (Self.isModel($0) ? 0 : 1, $0) < (Self.isModel($1) ? 0 : 1, $1) }
    }

    /// The metrics that every forecaster has at every predicted step.
    public var metricsWithCurves: [String] {
        `protocol`.metrics.filter { metric in names.allSatisfy { models[$0]?.metrics[metric]?.perStep != nil } }
    }
}
