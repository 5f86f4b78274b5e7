import AuspexExperiments
import AuspexModels
import AuspexTensors
import AuspexVideo
import Testing

@Suite("Evaluation")
struct EvaluationTests {
    private static var plan: EvaluationProtocol {
        EvaluationProtocol(name: "test", size: 32, contextFrames: 3, predictedFrames: 4, clips: 10)
    }

    @Test func copyLastIsPerfectWhereNothingMoves() throws {
        var options = MovingShapes.Options()
        options.speeds = 0...0
        let report = try Evaluation(Self.plan).run(
            [CopyLast()], on: MovingShapes(options), request: ClipRequest(frames: 1, size: FrameSize(8)))
        #expect(report.clips == 10 && report.clipList.count == 10)
        #expect(report.models["copy-last"]?.metrics["psnr"]?.value == 100)
        #expect(report.models["copy-last"]?.metrics["ssim"]?.perStep?.count == 4)
    }

    @Test func copyLastFadesWithTheHorizonWhereThingsMove() throws {
        let report = try Evaluation(Self.plan).run(
            [CopyLast()], on: MovingShapes(), request: ClipRequest(frames: 1, size: FrameSize(8)))
        let curve = try #require(report.models["copy-last"]?.metrics["psnr"]?.perStep)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 > $1 })
    }

    /// Says by its numbers which sample it is, so that best and worst can be told.
    private final class Guess: Predictor {
        let name = "model"
        func predict(context: Tensor, classes: [Int]?, frames: Int, randomness: RandomStream) -> Tensor {
            let level = Float(randomness.name.hasSuffix("/0") ? 0.9 : randomness.name.hasSuffix("/1") ? 0.1 : 0.4)
            return Tensor(
                repeating: level,
                shape: [context.shape[0], frames] + context.shape.dropFirst(2))
        }
    }

    @Test func bestAndWorstEncloseTheMean() throws {
        var plan = Self.plan
        plan.samples = 3
        let report = try Evaluation(plan).run(
            [Guess(), CopyLast()], on: MovingShapes(), request: ClipRequest(frames: 1, size: FrameSize(8)))
        let scores = try #require(report.models["model"])
        let mean = try #require(scores.metrics["psnr"]?.value)
        let (best, worst) = (try #require(scores.best?["psnr"]?.value), try #require(scores.worst?["psnr"]?.value))
        #expect(best > mean && mean > worst)
        #expect(report.models["copy-last"]?.best == nil)
        #expect(report.table.contains("best of 3"))
    }

    @Test func aProtocolOfAnotherSizeIsRefused() throws {
        let model = try Configuration("tiny").model
        #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named("bair", for: model) }
        let error = #expect(throws: ConfigurationError.self) { try EvaluationProtocol.named("baire", for: model) }
        #expect(error?.description.contains("did you mean bair?") == true)
    }
}
