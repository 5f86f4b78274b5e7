import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexTraining
import Foundation

/// This machine's speed on fixed work: a configuration's training step, or a prediction, on clips of noise.
public struct Benchmark {
    /// The configuration whose step or prediction is timed.
    public let configuration: Configuration
    /// Units of work that are timed.
    public var repeats = 5
    /// Threads that compute beside the measured work, as other programs would.
    public var busyThreads = 0

    /// - Parameter configuration: gives networks, batch and updates; its data are not read.
    public init(_ configuration: Configuration) throws {
        try configuration.validate()
        self.configuration = configuration
    }

    /// One training step: the configured updates of the discriminators and one of the generator.
    public func step(progress: (Int) -> Void = { _ in }) throws -> BenchmarkReport {
        try configuration.refuseWhatDoesNotFit()
        let trainer = TrainingRun.trainer(configuration)
        let clips = BenchmarkClips.batch(configuration)
        let written = try StepCost(configuration).nominalGFLOP
        return try BenchmarkReport.measured(
            .step, repeats: repeats, gflopAsWritten: written, busyThreads: busyThreads, progress
        ) {
            _ = try trainer.advance { clips }
        }
    }

    /// One untimed training step, for tests that measure its memory.
    package func oneStep() throws {
        let trainer = TrainingRun.trainer(configuration)
        _ = try trainer.advance { BenchmarkClips.batch(configuration) }
    }

    /// One prediction of a batch: all of its future frames.
    public func prediction(progress: (Int) -> Void = { _ in }) throws -> BenchmarkReport {
        try configuration.refusePredictionThatDoesNotFit(
            frames: configuration.model.predictedFrames, clips: configuration.training.batch,
            of: "a batch of \(configuration.training.batch, "clip")")
        let (model, clips) = (configuration.model, BenchmarkClips.batch(configuration))
        let written = NominalFLOPs(ofPredictionBy: model, clips: configuration.training.batch)
        var initializer = Initializer(seed: 1)
        let forecaster = GeneratorForecaster(model.makeGenerator(using: &initializer))
        return BenchmarkReport.measured(
            .predict, repeats: repeats, gflopAsWritten: written.forward * 1e-9, busyThreads: busyThreads, progress
        ) {
            _ = forecaster.future(
                of: clips.context, horizon: model.predictedFrames, classes: clips.classes,
                drawnFrom: RandomStream(seed: 1, name: "benchmark"))
        }
    }
}

extension NominalFLOPs {
    /// The work of a model's generator that continues this many clips.
    package init(ofPredictionBy model: any ModelOptions, clips: Int) {
        self.init {
            var blank = Initializer.blank
            let generator = model.makeGenerator(using: &blank)
            let context = model.shape(clips: clips, frames: model.contextFrames)
            return Run(of: generator, inputs: [context, [clips, generator.latentSize]]) { inputs, pass in
                generator(
                    context: inputs[0], horizon: model.predictedFrames, noise: inputs[1],
                    classes: model.classes > 0 ? [Int](repeating: 0, count: clips) : nil, pass
                ).frames
            }
        }
    }
}

/// What the system reports about the process.
struct Usage {
    let minorFaults: Int
    let peakResidentBytes: Int

    static var now: Usage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Usage(minorFaults: usage.ru_minflt, peakResidentBytes: usage.ru_maxrss * 1024)
    }
}

/// The limit that a step is compared with: one large convolution, forward, as the library computes it.
enum ConvolutionLimit {
    static func gflopsPerSecond() -> Double {
        let (images, side, channels) = (44, 32, 64)
        let stream = RandomStream(seed: 1, name: "limit")
        let x = stream.named("x").normal([images, side, side, channels])
        let weight = stream.named("weight").normal([3, 3, channels, channels])
        let gflop = 2e-9 * Double(images * side * side * 9 * channels * channels)
        var best = Double.infinity
        for _ in 0..<12 {
            let start = ContinuousClock.now
            _ = convolution(x, weight: weight)
            best = min(best, (ContinuousClock.now - start) / .seconds(1))
        }
        return gflop / best
    }
}
