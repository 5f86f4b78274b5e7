import AuspexConfiguration
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// What exactly is asked of forecasters, stored beside every number: only results of the same protocol may be compared.
public struct EvaluationProtocol: Codable, Sendable, Equatable {
    /// What metrics of whole clips (FVD, KVD) are shown.
    public enum DistributionFrames: String, Codable, Sendable, CaseIterable {
        /// The context with the prediction behind it, as the 16-frame values of Kinetics-600 and BAIR are.
        case contextAndPrediction = "context+prediction"
        /// The prediction alone.
        case prediction
    }

    /// What reports call it: `held-out`, `bair`.
    public var name: String
    /// Height and width of frames; reports have the side of a square, or `[height, width]`.
    @FrameSizeOption public var size: FrameSize
    /// Frames that are given.
    public var contextFrames: Int
    /// Frames that are predicted and scored.
    public var predictedFrames: Int
    /// Every how many-th frame of a file is taken, whatever its rate and whatever the model was trained on; nil takes frames as in training.
    public var frameStride: Int?
    /// Test clips, or as many as the source has.
    public var clips: Int
    /// Futures that are drawn for each clip.
    public var samples: Int
    /// What the futures are drawn from.
    public var seed: UInt64 = 0
    /// Metrics by name: what is reported under the protocol, if nobody asks for others.
    public var metrics: [String]
    /// What metrics of whole clips are shown.
    public var distributionFrames = DistributionFrames.contextAndPrediction
    /// What the test clips must be cut from, in words: no program can see which persons a file shows.
    public var testData: String
    /// Who defined the protocol.
    public var reference: String

    /// A protocol of its own name; results of it can be compared with each other only.
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

    /// The name under which a model is scored on what it was trained for.
    public static let heldOutName = "held-out"

    /// What `named` takes.
    public static var names: [String] { [heldOutName] + published.map(\.name) }

    /// What a model was trained for, on 256 held-out clips.
    public static func heldOut(for model: any ModelOptions) -> EvaluationProtocol {
        EvaluationProtocol(
            name: heldOutName, size: model.size, contextFrames: model.contextFrames,
            predictedFrames: model.predictedFrames, clips: 256,
            testData: "clips that the run held out, or another source's", reference: "the run")
    }

    /// The metrics of the protocol of a name; nil where there is none of that name.
    public static func usualMetrics(of name: String) -> [String]? {
        if name == heldOutName { return heldOut(for: TrIVDGANConfiguration()).metrics }
        return published.first { $0.name == name }?.metrics
    }

    /// The protocol of a name, checked against the model that is to follow it.
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

    /// The step in words where another than this protocol's was taken in training; nil where it was the same, or the protocol has none.
    func otherStep(inTraining step: ClipRequest.FrameStep) -> String? {
        guard let frameStride else { return nil }
        let isSame =
            switch step {
            // The seconds of a matching step are those that every so many frames of the training files are apart.
            case .stride(let stride), .matching(_, let stride): stride == frameStride
            case .seconds: false
            }
        return isSame ? nil : EvaluationReport.Frames.inWords(step)
    }

    private var stepInWords: String {
        frameStride.map { EvaluationReport.Frames.inWords(.stride($0)) } ?? "frames as in training"
    }

    /// What is asked otherwise than the published protocol of this name asks it: each in words.
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
