import AuspexModels
import AuspexTensors

/// What exactly is asked of predictors, stored beside every number: only results of the same protocol may be compared.
public struct EvaluationProtocol: Codable, Sendable, Equatable {
    public var name: String
    /// Side of the square frames.
    public var size: Int
    /// Frames that are given.
    public var contextFrames: Int
    /// Frames that are predicted and scored.
    public var predictedFrames: Int
    /// Test clips, or as many as the source has.
    public var clips: Int
    /// Futures that are drawn for each clip.
    public var samples: Int
    /// What the futures are drawn from.
    public var seed: UInt64 = 0
    /// Metrics by name.
    public var metrics: [String] = ["psnr", "ssim", "mse"]

    public init(name: String, size: Int, contextFrames: Int, predictedFrames: Int, clips: Int, samples: Int = 1) {
        self.name = name
        self.size = size
        self.contextFrames = contextFrames
        self.predictedFrames = predictedFrames
        self.clips = clips
        self.samples = samples
    }

    /// What a model was trained for, on 256 held-out clips.
    public static func heldOut(for model: ModelConfiguration) -> EvaluationProtocol {
        EvaluationProtocol(
            name: "held-out", size: model.size, contextFrames: model.contextFrames,
            predictedFrames: model.predictedFrames, clips: 256)
    }

    /// Protocols that papers report, as far as they fix size, horizon, clips and samples.
    ///
    /// Sources: Luc et al. 2020 (kinetics600-64, bair, ucf101-128); Denton and Fergus 2018 (bair-svg, kth-svg, stochastic-moving-mnist);
    /// Tan et al. 2023, OpenSTL (kth-openstl, moving-mnist).
    public static let published: [EvaluationProtocol] = [
        .init(name: "kinetics600-64", size: 64, contextFrames: 5, predictedFrames: 11, clips: 50_000),
        .init(name: "bair", size: 64, contextFrames: 1, predictedFrames: 15, clips: 256),
        .init(name: "bair-svg", size: 64, contextFrames: 2, predictedFrames: 28, clips: 256, samples: 100),
        .init(name: "ucf101-128", size: 128, contextFrames: 5, predictedFrames: 11, clips: 10_000),
        .init(name: "ucf101-64", size: 64, contextFrames: 4, predictedFrames: 16, clips: 10_000),
        .init(name: "kth-svg", size: 64, contextFrames: 10, predictedFrames: 30, clips: 256, samples: 100),
        .init(name: "kth-openstl", size: 128, contextFrames: 10, predictedFrames: 20, clips: 10_000),
        .init(name: "moving-mnist", size: 64, contextFrames: 10, predictedFrames: 10, clips: 10_000),
        .init(
            name: "stochastic-moving-mnist", size: 64, contextFrames: 5, predictedFrames: 20, clips: 256, samples: 100),
    ]

    /// The protocol of a name, checked against the model that is to follow it.
    ///
    /// - Throws: `ConfigurationError` for an unknown name, or a model of another size or context.
    public static func named(_ name: String, for model: ModelConfiguration) throws -> EvaluationProtocol {
        let own = heldOut(for: model)
        if name == own.name { return own }
        guard let found = published.first(where: { $0.name == name }) else {
            let names = [own.name] + published.map(\.name)
            let near = NearestName.of(name, among: names).map { "did you mean \($0)? " } ?? ""
            throw ConfigurationError(
                "--protocol \(name): there is no protocol of that name; \(near)There are \(names.joined(separator: ", "))"
            )
        }
        guard found.size == model.size, found.contextFrames == model.contextFrames else {
            throw ConfigurationError(
                "--protocol \(name): gives \(found.contextFrames) frames of \(found.size)×\(found.size), the model takes "
                    + "\(model.contextFrames) of \(model.size)×\(model.size): train one for the protocol")
        }
        return found
    }
}
