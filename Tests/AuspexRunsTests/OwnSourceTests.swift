import AuspexConfiguration
import AuspexEvaluation
import AuspexModels
import AuspexRuns
import AuspexSupport
import AuspexTensors
import AuspexTraining
import AuspexVideo
import Foundation
import TestSupport
import Testing

/// A source of a program's own: bands of rain that travel, computed and not read, in mm/h.
private struct RainBands: ClipSource {
    static let range: ClosedRange<Float> = 0...50
    let description = "rain-bands"
    let classNames: [String] = []
    var length = 12
    /// How much is added everywhere.
    var offset: Float = 0

    /// Of the first band; all of them where no other is given.
    var range: ClosedRange<Float>? = Self.range
    var otherRange: ClosedRange<Float>?
    /// Whether the numbers are given as bytes.
    var arePixels = false

    func format(for request: ClipRequest) -> FrameFormat { format(of: 0) }

    private func format(of item: Int) -> FrameFormat {
        if arePixels { return .pixels(channels: 1) }
        return .field(
            channels: 1, range: item > 0 ? otherRange ?? range : range, quantity: "rain-rate", unit: "mm/h")
    }

    private func clip(item: Int, first: Int, _ request: ClipRequest) throws -> Clip {
        guard first + request.frames <= length else { throw VideoError(.tooShort, "band \(item)", "is too short") }
        let (height, width) = (request.size.height, request.size.width)
        var rain: [Float] = []
        for frame in first..<first + request.frames {
            for row in 0..<height {
                for column in 0..<width {
                    let wave = sinf(Float(row + 2 * column + frame + 7 * item) * 0.21)
                    rain.append(20 + 19 * wave + offset)
                }
            }
        }
        return Clip(
            frames: arePixels
                ? Tensor(rain.map { UInt8($0) }, shape: [request.frames, height, width, 1])
                : Tensor(rain, shape: [request.frames, height, width, 1]),
            format: format(of: item),
            name: "band \(item)", startSeconds: Double(first) * 300,
            frameIndices: Array(first..<first + request.frames), frameIntervalSeconds: 300)
    }

    func clip(at index: Int, from stream: RandomStream, request: ClipRequest) throws -> Clip {
        try clip(item: stream.at(step: index).integer(below: itemCount, at: 0), first: 0, request)
    }

    func places(for request: ClipRequest, atMost limit: Int?, progress: (Int, Int) -> Void) -> [ClipPlace] {
        (0..<min(itemCount, limit ?? itemCount)).map { ClipPlace(item: $0) }
    }

    func clip(at place: ClipPlace, request: ClipRequest) throws -> Clip {
        try clip(item: place.item, first: place.firstFrame, request)
    }

    func name(at place: ClipPlace) -> String { "band \(place.item)" }
    func places(ofClips wanted: [(name: String, firstFrame: Int)]) -> [ClipPlace?] { wanted.map { _ in nil } }

    // What score needs beside.
    var itemCount: Int { 3 }
    func inspectEach(
        for request: ClipRequest, thorough: Bool, _ body: (SourceReport.Item) throws -> Void
    ) rethrows {
        for item in 0..<itemCount {
            try body(
                .init(
                    name: "band \(item)", size: FrameSize(height: 24, width: 40), frameCount: length, clipCount: 1,
                    startCount: 1))
        }
    }
}

@Suite("A program's own source works wherever files do")
struct OwnSourceTests {
    private static func configuration() throws -> Configuration {
        try Configuration(
            "trivd-tiny",
            assignments: [
                "training.steps=1", "training.batch=1", "training.standingStatisticsBatches=1",
                "training.validationClips=2", "model.channels=1", "model.contextFrames=2", "model.predictedFrames=2",
                "model.frameChannels=1",
            ])
    }

    @Test func throughTrainingPredictionAndEvaluation() throws {
        let folder = try TemporaryFolder()
        var configuration = try Self.configuration()
        let sources = RunSources(training: RainBands(), validation: RainBands(offset: 5))
        let path = folder.file("run")
        func train(resume: Bool) throws -> TrainingRun {
            let run = try TrainingRun(configuration, path: path, resume: resume, sources: sources)
            _ = try run.run(
                progress: ProgressReporter("train", total: nil, unit: "steps", style: .quiet), stop: StopFlag())
            return run
        }
        #expect(try train(resume: false).dataSummary.contains("rain-bands"))
        configuration.training.steps = 2
        #expect(try train(resume: true).firstStep == 1)

        let model = try TrainedModel(run: path)
        #expect(model.shown.input == InputTransform(mapping: RainBands.range))
        #expect(try TrainingData(of: model, sources: sources).heldOut?.description == "rain-bands")

        let continuation = try SourceContinuation(model, clips: RainBands(), frames: 2)
        var pictures: [PredictedFrames] = []
        _ = try continuation.run(atMost: 2, into: []) { _, _, made in
            pictures += made.map { .init(context: $0.context, future: $0.predictions[0].frames, format: $0.format) }
        }
        #expect(pictures.count == 2 && pictures.allSatisfy { $0.format.isField })
        let request = model.clipRequest(frames: 4)
        let real = try RainBands().clip(at: ClipPlace(item: 1), request: request).frames
        #expect(pictures[1].context.scalars == Array(real.scalars.prefix(pictures[1].context.count)))
        #expect(pictures[1].future.scalars.allSatisfy(RainBands.range.contains))

        let plan = EvaluationProtocol.heldOut(for: model.configuration.model)
        let report = try Evaluation(plan).run(
            [GeneratorForecaster(model.generator), CopyLast()], on: RainBands(), request: request)
        #expect(report.clips == 3 && report.names == ["model", "copy-last"])
        // Copying is off by the band's way, a number that bytes would round.
        let frame = real.count / 4
        let numbers = real.scalars
        var squares = 0.0
        for item in 0..<3 {
            let clip = try RainBands().clip(at: ClipPlace(item: item), request: request).frames.scalars
            for place in 2 * frame..<4 * frame {
                let difference = Double(clip[place] - clip[frame + place % frame])
                squares += difference * difference
            }
        }
        let mse = try #require(report.models["copy-last"]?.metrics["mse"]?.value)
        let expected = squares / Double(3 * 2 * frame) / (50 * 50)
        #expect(abs(mse - expected) <= 1e-5 * expected, "\(mse), expected \(expected); \(numbers.count)")
    }

    /// A model of 0…50 mm/h would take 50 of another range for less.
    @Test func aModelIsNotShownAFieldOfAnotherRange() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("run")
        let sources = RunSources(training: RainBands(), validation: RainBands(offset: 5))
        _ = try TrainingRun(Self.configuration(), path: path, sources: sources).run(
            progress: ProgressReporter("train", total: nil, unit: "steps", style: .quiet), stop: StopFlag())
        let model = try TrainedModel(run: path)

        let error = #expect(throws: ConfigurationError.self) {
            _ = try SourceContinuation(model, clips: RainBands(range: 0...70), frames: 2)
        }
        let text = error.map { "\($0)" } ?? ""
        for part in [
            "rain-bands: gives a field from 0.0 to 70.0", "on a field from 0.0 to 50.0", "the range from 0.0 to 50.0",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let mixed = try SourceContinuation(model, clips: RainBands(otherRange: 0...70), frames: 2)
        #expect(throws: ConfigurationError.self) { _ = try mixed.run(atMost: 3, into: []) { _, _, _ in } }

        let same = try SourceContinuation(model, clips: RainBands(), frames: 2)
        #expect(try same.run(atMost: 2, into: []) { _, _, _ in }.isEmpty)
        // Black can only be meant for the smallest value: that is said, and done.
        let scale = "gives 8-bit pixels, the model of \(path) was trained on a field from 0.0 to 50.0"
        let pixels = try SourceContinuation(model, clips: RainBands(arePixels: true), frames: 2)
        let notes = try pixels.run(atMost: 2, into: []) { _, _, _ in }
        #expect(notes.count == 1 && notes[0].contains(scale), "\(notes)")
        let video = folder.file("v.mkv")
        try VideoWriter(video, frameIntervalSeconds: 300).write(Tensor(zeros: [4, 32, 32, 3]).valuesAsPixels())
        var said: [String] = []
        _ = try VideoContinuation(model).pictures(of: video, frames: 2, note: { said.append($0) })
        #expect(said.contains { $0.hasPrefix(video) && $0.contains(scale) }, "\(said)")
    }

    /// Any metrics made for one format would give wrong numbers for another.
    @Test func clipsOfAnotherFormatThanTheirSourcesAreRefused() throws {
        let mixed = RainBands(otherRange: 0...70)
        func complaint(_ work: () throws -> Void) -> String {
            let error = #expect(throws: VideoError.self) { try work() }
            return error?.description ?? ""
        }
        let plan = EvaluationProtocol(
            name: "test", size: 32, contextFrames: 2, predictedFrames: 2, clips: 3, metrics: ["mse"])
        let request = ClipRequest(frames: 4, size: FrameSize(32))
        let evaluated = complaint { _ = try Evaluation(plan).run([CopyLast()], on: mixed, request: request) }
        var settings = ScoringSettings()
        settings.metrics = ["mse"]
        let scored = complaint { _ = try Scoring(settings).score(real: mixed, predicted: mixed) }
        for text in [evaluated, scored] {
            #expect(text.hasPrefix("band 1: gives a field of 1 channel from 0.0 to 70.0 mm/h"), "\(text)")
            #expect(text.contains("rain-bands as a whole gives a field of 1 channel from 0.0 to 50.0 mm/h"), "\(text)")
        }
        let two = complaint {
            _ = try Scoring(settings).score(real: RainBands(), predicted: RainBands(range: 0...70))
        }
        #expect(two.contains("from 0.0 to 70.0") && two.contains("from 0.0 to 50.0"), "\(two)")
        let unknown = complaint {
            _ = try Scoring(settings).score(real: RainBands(range: nil), predicted: RainBands(range: nil))
        }
        #expect(unknown.hasPrefix("rain-bands: gives a field without a range"), "\(unknown)")
    }

    /// Rectangles stay rectangles, and a difference of a tenth of a millimetre is one.
    @Test func throughScoring() throws {
        var settings = ScoringSettings()
        settings.metrics = ["mse", "psnr", "ssim"]
        let report = try Scoring(settings).score(real: RainBands(), predicted: RainBands(offset: 0.1))
        let expected = 0.1 * 0.1 / (50.0 * 50)
        let mse = try #require(report.metrics["mse"]?.value)
        #expect(abs(mse - expected) < 1e-3 * expected, "\(mse)")
        #expect(report.clips == 3 && report.pairing == "by name")
        #expect(report.sets.real.list.map(\.frames) == [12, 12, 12])
        #expect(report.sets.real.list[0].size == FrameSize(height: 24, width: 40))
        #expect(report.metrics["psnr"]?.convention.contains("float clips: 50.0") == true)
    }

    private struct PredictedFrames {
        let context: Tensor
        let future: Tensor
        let format: FrameFormat
    }
}
