import AuspexConfiguration
import AuspexEvaluation
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo
import Foundation
import Testing

@Suite("Evaluation")
struct EvaluationTests {
    private static var plan: EvaluationProtocol {
        EvaluationProtocol(name: "test", size: 32, contextFrames: 3, predictedFrames: 4, clips: 10)
    }
    private static let request = ClipRequest(frames: 1, size: FrameSize(8))

    @Test func copyLastIsPerfectWhereNothingMoves() throws {
        var options = MovingShapes.Options()
        options.speeds = 0...0
        let report = try Evaluation(Self.plan).run([CopyLast()], on: MovingShapes(options), request: Self.request)
        #expect(report.clips == 10 && report.clipList.count == 10)
        #expect(report.models["copy-last"]?.metrics["psnr"]?.value == 100)
        #expect(report.models["copy-last"]?.metrics["ssim"]?.perStep?.count == 4)
    }

    @Test func copyLastFadesWithTheHorizonWhereThingsMove() throws {
        let report = try Evaluation(Self.plan).run([CopyLast()], on: MovingShapes(), request: Self.request)
        #expect(report.models["copy-last"]?.motion?.endpointError["all"] != nil)
        let curve = try #require(report.models["copy-last"]?.metrics["psnr"]?.perStep)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test("For steady motion, extrapolation beats the still frame at first") func flowBeatsCopyLast()
        throws
    {
        var plan = Self.plan
        plan.size = 64
        let report = try Evaluation(plan).run(Evaluation.baselines, on: MovingShapes(), request: Self.request)
        let curves = try ["flow", "copy-last"].map { try #require(report.models[$0]?.metrics["psnr"]?.perStep) }
        #expect(curves[0][0] > curves[1][0] + 1)
        #expect(report.metricsWithCurves == plan.metrics)
        #expect(report.names == ["blend", "copy-last", "flow"])
    }

    /// Endpoint errors are those of the paths: none for the true ones, and for a still picture the distances that things move.
    @Test func scoresThePathsOfPixels() throws {
        var plan = Self.plan
        (plan.clips, plan.contextFrames, plan.predictedFrames) = (6, 5, 11)
        let report = try Evaluation(plan).run(
            [CopyLast(), FlowExtrapolation()], on: MovingShapes(), request: Self.request)
        var request = Self.request
        (request.frames, request.size) = (16, FrameSize(32))
        var distance = [Double](repeating: 0, count: 11)
        for item in 0..<6 {
            let found = try MovingShapes().motion(at: ClipPlace(item: item), request: request, from: 4)
            let way = try #require(found).displacement
            for (step, frame) in way.unstacked().enumerated() {
                distance[step] += Double(mean(squareRoot(sum(square(frame), along: [2]))).scalar) / 6
            }
        }
        let (still, flow) = (
            try #require(report.models["copy-last"]?.motion?.endpointError),
            try #require(report.models["flow"]?.motion?.endpointError)
        )
        let curve = try #require(still["all"]?.perStep)
        for (found, expected) in zip(curve, distance) { #expect(abs((found ?? 0) - expected) < 1e-4) }
        #expect(still["behind"]?.value == 0)
        let shares = ["straight", "bounced", "behind"].map { still[$0]?.share ?? 0 }
        #expect(shares.allSatisfy { $0 > 0 } && abs(shares.reduce(0, +) - 1) < 1e-9)
        #expect((flow["straight"]?.value ?? .nan) < 0.6 * (still["straight"]?.value ?? .nan))
        #expect((flow["bounced"]?.value ?? .nan) > (flow["straight"]?.value ?? .nan))
        #expect(report.motionTable.contains("in front, bounced") && report.text.contains(report.motionTable))
    }

    /// Encodes in its numbers which sample it is, so that best and worst can be identified.
    private final class Guess: Forecaster {
        let name = "model"
        func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
            let shape = [context.shape[0], horizon] + context.shape.dropFirst(2)
            return { randomness in
                let level = Float(randomness.name.hasSuffix("/0") ? 0.9 : randomness.name.hasSuffix("/1") ? 0.1 : 0.4)
                return Tensor(repeating: level, shape: shape)
            }
        }
    }

    @Test func bestAndWorstEncloseTheMean() throws {
        var plan = Self.plan
        plan.samples = 3
        let report = try Evaluation(plan).run([Guess(), CopyLast()], on: MovingShapes(), request: Self.request)
        let scores = try #require(report.models["model"])
        for (metric, higher) in [("psnr", true), ("ssim", true), ("mse", false)] {
            let mean = try #require(scores.metrics[metric]?.value)
            let (best, worst) = (
                try #require(scores.best?[metric]?.value), try #require(scores.worst?[metric]?.value)
            )
            #expect(higher ? best > mean && mean > worst : best < mean && mean < worst)
        }
        // A forecaster without draws has one future, whatever number is requested.
        #expect(report.models["copy-last"]?.best == nil)
        #expect(report.table.contains("model, mean of 3") && report.table.contains("best of 3"))
        #expect(report.plot(of: "psnr").series.map(\.name).contains("model, worst of 3"))
    }

    /// A plot that is shown elsewhere says what it is of, and in which unit.
    @Test func plotsNameTheRunAndTheUnits() throws {
        var plan = Self.plan
        plan.metrics = ["psnr", "ssim", "mse:sum"]
        var request = Self.request
        var report = try Evaluation(plan).run([CopyLast()], on: MovingShapes(), request: request)
        report.origin = "runs/tiny-1, averaged weights of step 500 (best)"
        let plots = plan.metrics.map { report.plot(of: $0) }
        #expect(plots[0].title == "runs/tiny-1, averaged weights of step 500 (best) · test: 10 clips")
        #expect(
            plots.map(\.yLabel) == [
                "psnr (dB)", "ssim (no unit; 1 is perfect)", "mse:sum (pixels 0…1, sum over a frame)",
            ])
        #expect(plots[0].xLabel == "predicted frame")
        let (lines, scores) = (plots[0].series, try #require(report.models["copy-last"]?.metrics["psnr"]))
        let band = try #require(lines[0].band)
        for (step, value) in lines[0].y.enumerated() {
            #expect(band.lower[step] < value && value < band.upper[step])
        }
        // The whole clips' interval is over the same clips: about as wide as that of a step.
        let whole = try #require(scores.interval)
        #expect((band.upper[0] - band.lower[0]) / (whole[1] - whole[0]) < 4)
        request.step = .seconds(0.1)
        plan.clips = 1
        let single = try Evaluation(plan).run([CopyLast()], on: MovingShapes(), request: request)
        #expect(single.plot(of: "psnr").xLabel == "predicted frame (every 0.1 s)")
        #expect(single.plot(of: "psnr").title == "test: 1 clip" && single.heading.hasPrefix("test: 1 clip of "))
    }

    @Test("The mean is over all futures") func meanOfFutures() throws {
        var plan = Self.plan
        (plan.samples, plan.clips) = (3, 3)
        let report = try Evaluation(plan).run([Guess()], on: MovingShapes(), request: Self.request)
        // Each level alone: as the only future of another forecaster of the same clips.
        let alone = try [0.9, 0.1, 0.4].map { level in
            var single = plan
            single.samples = 1
            let found = try Evaluation(single).run(
                [Level(Float(level))], on: MovingShapes(), request: Self.request)
            return try #require(found.models["model"]?.metrics["mse"]?.value)
        }
        let mean = try #require(report.models["model"]?.metrics["mse"]?.value)
        #expect(abs(mean - alone.reduce(0, +) / 3) < 1e-12)
    }

    private final class Level: Forecaster {
        let name = "model"
        let level: Float
        init(_ level: Float) { self.level = level }
        func futures(of context: Tensor, horizon: Int, classes: [Int]?) -> FutureSampler {
            { [level] _ in Tensor(repeating: level, shape: [context.shape[0], horizon] + context.shape.dropFirst(2)) }
        }
    }
}

@Suite("Protocols")
struct EvaluationProtocolTests {
    @Test func aProtocolOfAnotherSizeIsRefused() throws {
        let model = try Configuration("trivd-tiny").model
        #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named("bair", for: model) }
        let error = #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named("baire", for: model) }
        #expect(error?.description.contains("did you mean bair?") == true)
    }

    /// Size, context, horizon, clips, samples, and what only its papers report: as the design's list of published protocols has them.
    @Test(arguments: [
        ("kinetics600-64", [64, 5, 11, 50_000, 1], "fvd"),
        ("bair", [64, 1, 15, 256, 1], "fvd"),
        ("bair-svg", [64, 2, 28, 256, 100], "lpips"),
        ("ucf101-128", [128, 5, 11, 10_000, 1], "fvd"),
        ("ucf101-64", [64, 4, 16, 10_000, 1], "fvd"),
        ("kth-svg", [64, 10, 30, 256, 100], "lpips"),
        ("kth-openstl", [128, 10, 20, 10_000, 1], "mse:sum"),
        ("kth-openstl-40", [128, 10, 40, 10_000, 1], "mse:sum"),
        ("moving-mnist", [64, 10, 10, 10_000, 1], "mse:sum"),
        ("stochastic-moving-mnist", [64, 5, 20, 256, 100], "lpips"),
    ])
    func publishedNumbers(name: String, numbers: [Int], metric: String) throws {
        var model = TrIVDGANConfiguration()
        (model.size, model.contextFrames) = (FrameSize(numbers[0]), numbers[1])
        let found = try EvaluationProtocol.named(name, for: model)
        #expect(
            [found.size.height, found.contextFrames, found.predictedFrames, found.clips, found.samples] == numbers)
        #expect(found.distributionFrames == .contextAndPrediction && found.deviations.isEmpty)
        #expect(!found.testData.isEmpty && found.reference.contains("arXiv:"))
        #expect(found.metrics.contains(metric) && found.metrics.contains("psnr") && found.metrics.contains("ssim"))
        #expect(found.frameStride == 1)
    }

    @Test("Every published protocol is tested") func allOfThem() {
        #expect(EvaluationProtocol.published.count == 10)
    }

    @Test("Deviations from the published protocol are reported, and so are omissions") func deviations() throws {
        var model = TrIVDGANConfiguration()
        model.contextFrames = 1
        var plan = try EvaluationProtocol.named("bair", for: model)
        (plan.clips, plan.samples, plan.distributionFrames) = (3, 2, .prediction)
        #expect(
            plan.deviations == [
                "clips 3 instead of 256", "samples 2 instead of 1",
                "distribution metrics on prediction instead of context+prediction",
            ])
        plan.metrics = ["mse"]
        let report = try Evaluation(plan).run(
            Evaluation.baselines, on: MovingShapes(), request: ClipRequest(frames: 1, size: FrameSize(8)))
        #expect(report.names == ["copy-last"])
        #expect(report.notes.contains { $0.hasPrefix("flow is left out") })
        #expect(report.notes.contains { $0.hasPrefix("not bair as published: clips 3") })
        #expect(report.notes.contains { $0.contains("256 test videos of BAIR") })
        #expect(report.published.isEmpty)
    }

    @Test("Published values are shown only beside the Fréchet distance of their protocol") func publishedValues() {
        let values = PublishedValue.values(of: "fvd", protocol: "kinetics600-64")
        #expect(values.first { $0.model == "TrIVD-GAN-FP" }?.value == 25.7)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0.value >= $1.value })
        #expect(values.allSatisfy { $0.source.contains("arXiv:") })
        #expect(PublishedValue.values(of: "fvd", protocol: "bair").last?.value == 76)
        #expect(PublishedValue.values(of: "fvd:styleganv", protocol: "bair").isEmpty)
        #expect(PublishedValue.values(of: "fvd", protocol: "held-out").isEmpty)
    }

    @Test("A protocol fixes the step; a note says if the model was trained at another") func step() throws {
        var model = TrIVDGANConfiguration()
        model.contextFrames = 1
        var plan = try EvaluationProtocol.named("bair", for: model)
        (plan.clips, plan.metrics) = (2, ["mse"])
        func report(_ step: ClipRequest.FrameStep) throws -> EvaluationReport {
            try Evaluation(plan).run(
                [CopyLast()], on: MovingShapes(), request: ClipRequest(frames: 1, size: FrameSize(8), step: step))
        }
        let other = try report(.stride(2))
        #expect(other.frames.step == "every frame" && other.clipList.map(\.lastFrame) == [15, 15])
        #expect(other.notes.contains("bair takes every frame, the model was trained on every 2 frames"))
        let inSeconds = try report(.seconds(0.2))
        #expect(inSeconds.clipList == other.clipList)
        #expect(inSeconds.notes.contains("bair takes every frame, the model was trained on every 0.2 s"))
        // Every frame of files of another rate is every frame too.
        for same in [ClipRequest.FrameStep.stride(1), .matching(seconds: 0.04, stride: 1)] {
            #expect(try !report(same).notes.contains { $0.contains("trained on every") })
        }
        plan.frameStride = 3
        #expect(plan.deviations.contains("taking every 3 frames instead of every frame"))
        plan = EvaluationProtocol.heldOut(for: model)
        plan.clips = 2
        #expect(
            try report(.stride(2)).clipList.map(\.lastFrame) == [2 * plan.predictedFrames, 2 * plan.predictedFrames])
    }
}
