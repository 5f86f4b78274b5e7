import AuspexConfiguration
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// What exactly forecasters are asked to do, stored with every number: only results of the same protocol may be compared.
public struct EvaluationProtocol: Codable, Sendable, Equatable {
    /// What metrics of whole clips (FVD, KVD) see.
    public enum DistributionFrames: String, Codable, Sendable, CaseIterable {
        /// The context followed by the prediction, as for the 16-frame values of Kinetics-600 and BAIR.
        case contextAndPrediction = "context+prediction"
        /// The prediction alone.
        case prediction
    }

    /// Its name in reports: `held-out`, `bair`.
    public var name: String
    /// Height and width of frames; reports have the side of a square, or `[height, width]`.
    @FrameSizeOption public var size: FrameSize
    /// Frames that are given.
    public var contextFrames: Int
    /// Frames that are predicted and scored.
    public var predictedFrames: Int
    /// Take every n-th frame of a file, whatever its frame rate and the model's training; nil takes frames as in training.
    public var frameStride: Int?
    /// Number of test clips; fewer if the source has fewer.
    public var clips: Int
    /// Futures drawn for each clip.
    public var samples: Int
    /// Seed for the futures.
    public var seed: UInt64 = 0
    /// Names of the metrics that are reported under the protocol unless others are chosen.
    public var metrics: [String]
    /// What metrics of whole clips see.
    public var distributionFrames = DistributionFrames.contextAndPrediction
    /// The data that test clips must come from, in words: a program cannot check which persons a file shows.
    public var testData: String
    /// Who defined the protocol.
    public var reference: String

    /// A custom protocol; its results can be compared with each other only.
    public init(
        name: String, size: FrameSize, contextFrames: Int, predictedFrames: Int, clips: Int, samples: Int = 1,
        frameStride: Int? = nil, metrics: [String] = ["psnr", "ssim", "mse"], testData: String = "",
        reference: String = ""
    ) {
        self.name = name
        _size = FrameSizeOption(wrappedValue: size)
        self.contextFrames = contextFrames
        self.predictedFrames = predictedFrames
        self.clips = clips
        self.samples = samples
        self.frameStride = frameStride
        self.metrics = metrics
        self.testData = testData
        self.reference = reference
    }

    /// The name of the protocol that scores a model on what it was trained for.
    public static let heldOutName = "held-out"

    /// The names that `named` accepts.
    public static var names: [String] { [heldOutName] + published.map(\.name) }

    /// What a model was trained for, on 256 held-out clips.
    public static func heldOut(for model: any ModelOptions) -> EvaluationProtocol {
        EvaluationProtocol(
            name: heldOutName, size: model.size, contextFrames: model.contextFrames,
            predictedFrames: model.predictedFrames, clips: 256,
            testData: "clips that the run held out, or another source's", reference: "the run")
    }

    /// The metrics of a protocol; nil if there is no protocol of that name.
    public static func usualMetrics(of name: String) -> [String]? {
        if name == heldOutName { return heldOut(for: TrIVDGANConfiguration()).metrics }
        return published.first { $0.name == name }?.metrics
    }

    /// The protocol of a name, checked against the model to be evaluated.
    ///
    /// - Throws: `ConfigurationError` for an unknown name, or a model of another size or context.
    public static func named(_ name: String, for model: any ModelOptions) throws -> EvaluationProtocol {
        let own = heldOut(for: model)
        if name == own.name { return own }
        guard let found = published.first(where: { $0.name == name }) else {
            let near = NearestName.of(name, among: names).map { "did you mean \($0)? " } ?? ""
            throw ConfigurationError(
                "protocol \(name): there is no protocol of that name; \(near)There are \(names.joined(separator: ", "))",
                remedies: [.evaluationProtocol])
        }
        guard found.size == model.size, found.contextFrames == model.contextFrames else {
            throw ConfigurationError(
                "protocol \(name): gives \(found.contextFrames, "frame") of \(found.size), the model takes "
                    + "\(model.contextFrames) of \(model.size): train one with model.size=\(FrameSizeOption.text(found.size)) and "
                    + "model.contextFrames=\(found.contextFrames)", remedies: [.evaluationProtocol])
        }
        return found
    }

    /// Frames of a clip that metrics of whole clips see.
    var distributionFrameCount: Int {
        predictedFrames + (distributionFrames == .contextAndPrediction ? contextFrames : 0)
    }

    /// The training step in words if it differs from this protocol's; nil if it is the same, or the protocol has none.
    func otherStep(inTraining step: ClipRequest.FrameStep) -> String? {
        guard let frameStride else { return nil }
        let isSame =
            switch step {
            // The seconds of a matching step are derived from a stride in the training files.
            case .stride(let stride), .matching(_, let stride): stride == frameStride
            case .seconds: false
            }
        return isSame ? nil : EvaluationReport.Frames.inWords(step)
    }

    private var stepInWords: String {
        frameStride.map { EvaluationReport.Frames.inWords(.stride($0)) } ?? "frames as in training"
    }

    /// Differences from the published protocol of this name, each in words.
    public var deviations: [String] {
        guard let published = Self.published.first(where: { $0.name == name }) else { return [] }
        var found: [String] = []
        func compare<Value: Equatable>(_ field: KeyPath<EvaluationProtocol, Value>, _ what: String) {
            let (mine, theirs) = (self[keyPath: field], published[keyPath: field])
            if mine != theirs { found.append("\(what) \(mine) instead of \(theirs)") }
        }
        compare(\.size, "size")
        compare(\.contextFrames, "context frames")
        compare(\.predictedFrames, "predicted frames")
        compare(\.stepInWords, "taking")
        compare(\.clips, "clips")
        compare(\.samples, "samples")
        compare(\.distributionFrames.rawValue, "distribution metrics on")
        return found
    }
}
