import AuspexConfiguration
import AuspexEvaluation
import AuspexLayers
import AuspexModels
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import TestSupport
import Testing

/// A custom model: the last frame, changed by one convolution per step, with its own loss on how much it changes.
private final class Drift: VideoGenerator {
    struct Options: ModelOptions {
        static let name = "drift"
        static let fieldDocumentation = [
            "size": "Side.", "contextFrames": "Given.", "predictedFrames": "Predicted.", "frameChannels": "Channels.",
            "calm": "Weight of the loss on changes.",
        ]
        @FrameSizeOption var size = FrameSize(32)
        var contextFrames = 2
        var predictedFrames = 2
        var frameChannels = 3
        var calm = 0.5
        var discriminatorChannels: Int { 1 }
        var leastSizes: [LeastModelSize] { [] }

        func validate() throws(ModelConfigurationError) { try checkSize(multipleOf: 1, "any") }

        func makeGenerator(using initializer: inout Initializer) -> any VideoGenerator {
            Drift(self, using: &initializer)
        }
    }

    let change: Convolution
    let options: Options
    let latentSize = 0

    init(_ options: Options, using initializer: inout Initializer) {
        self.options = options
        change = Convolution(
            inputChannels: options.frameChannels, outputChannels: options.frameChannels, spectralNorm: false,
            using: &initializer)
    }

    func callAsFunction(
        context: Tensor, horizon: Int, noise: Tensor, classes: [Int]?, _ pass: Pass
    ) -> GeneratorOutput {
        let last = context.sliced(1, from: context.shape[1] - 1, count: 1)
        var frame = last.reshaped(to: [context.shape[0]] + context.shape[2...])
        var frames: [Tensor] = []
        for _ in 0..<horizon {
            frame = frame + change(frame, pass) * 0.01
            frames.append(frame)
        }
        return GeneratorOutput(frames: stacked(frames).transposed([1, 0, 2, 3, 4]))
    }

    func losses(
        of output: GeneratorOutput, clips: () -> Tensor, progress: Double, _ pass: Pass
    ) -> [GeneratorLoss] {
        let future = clips().sliced(1, from: options.contextFrames, count: output.frames.shape[1])
        return [
            GeneratorLoss(name: "calm", weight: Float(options.calm), value: mean(square(output.frames - future)))
        ]
    }
}

@Suite("A program's own model works wherever the package's do")
struct OwnModelTests {
    private static let registry: ModelRegistry = {
        var registry = ModelRegistry.standard
        registry.register(Drift.Options.self)
        return registry
    }()

    private static func configuration(_ more: [String] = []) throws -> Configuration {
        try Configuration(
            nil,
            assignments: [
                "model.name=drift", "training.steps=2", "training.batch=2", "training.adversarialWeight=0",
                "training.pixelLoss=mse", "training.pixelWeight=1", "training.standingStatisticsBatches=1",
                "training.validationClips=2", "training.validationInterval=1", "data.source=synthetic:moving-shapes",
            ] + more, registry: registry)
    }

    @Test func throughTrainingResumingPredictionAndEvaluation() throws {
        let folder = try TemporaryFolder()
        func train(_ configuration: Configuration, _ path: String, resume: Bool = false) throws {
            let run = try TrainingRun(configuration, path: path, resume: resume, registry: Self.registry)
            _ = try run.run(
                progress: ProgressReporter("train", total: nil, unit: "steps", style: .quiet), stop: StopFlag())
        }
        let (parts, whole) = (folder.file("parts"), folder.file("whole"))
        try train(try Self.configuration(), parts)
        try train(try Self.configuration(["training.steps=3"]), parts, resume: true)
        try train(try Self.configuration(["training.steps=3"]), whole)
        let (a, b) = (
            try TrainedModel(run: parts + "@last", registry: Self.registry),
            try TrainedModel(run: whole + "@last", registry: Self.registry)
        )
        #expect(a.generator is Drift && a.step == 3)
        #expect((a.configuration.model as? Drift.Options)?.calm == 0.5)
        for (name, value) in a.generator.parameterValues {
            #expect(b.generator.parameterValues[name]?.scalars == value.scalars, "\(name)")
        }
        let lines = try MetricsLog.lines(of: parts + "/metrics.jsonl")
        #expect(lines.contains { $0.values["generator/calm"] != nil })
        let source = try SyntheticSources.source(named: "moving-shapes")
        var plan = EvaluationProtocol.heldOut(for: a.configuration.model)
        plan.clips = 2
        let report = try Evaluation(plan).run(
            [GeneratorForecaster(a.generator), CopyLast()], on: source, request: a.clipRequest(frames: 4))
        #expect(report.models["model"] != nil && report.clips == 2)
        // A reader that does not know the model says so, with the checkpoint and what there is.
        let error = #expect(throws: (any Error).self) { try TrainedModel(run: parts) }
        #expect("\(String(describing: error))".contains("model.name is drift; expected one of trivd-gan"))
    }

    /// The model's own loss goes back together with those at the video: as one loss with both weights does.
    @Test func ownLossesCountBesideThoseOfTheVideo() throws {
        var options = Drift.Options()
        let clips = RandomStream(seed: 3, name: "clips").uniform([2, 4, 32, 32, 3]) * 2 - 1
        let batch = TrainingBatch(clips: clips, contextFrames: 2)
        func gradients(calm: Double, terms: [LossTerm]) -> [Tensor] {
            options.calm = calm
            var initializer = Initializer(seed: 1)
            let generator = Drift(options, using: &initializer)
            return GeneratorGradients(
                of: generator, against: Discriminators([]), on: batch, noise: Tensor(zeros: [2, 0]), draws: [],
                terms: terms
            ).gradients
        }
        let both = gradients(calm: 0.5, terms: [LossTerm(.mse, weight: 1.5)])
        let alone = gradients(calm: 2, terms: [])
        let video = gradients(calm: 0, terms: [LossTerm(.mse, weight: 2)])
        for ((a, b), c) in zip(zip(both, alone), video) {
            #expect(mismatch(a, b, absolute: 1e-7, relative: 1e-4) == nil)
            #expect(mismatch(a, c, absolute: 1e-7, relative: 1e-4) == nil)
            #expect(sum(abs(a)).scalar > 0)
        }
    }
}
