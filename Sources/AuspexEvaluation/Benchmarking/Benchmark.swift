import AuspexConfiguration
import AuspexLayers
import AuspexModels
import AuspexRuns
import AuspexTensors
import AuspexTraining
import Foundation

/// This machine's speed on fixed work: a configuration's training step, or a prediction, on clips of noise.
public struct Benchmark {
    public let configuration: Configuration
    /// Units of work that are timed.
    public var repeats = 5

    /// - Parameter configuration: networks, batch and updates of the work; its data are not read.
    public init(_ configuration: Configuration) throws {
        try configuration.validate()
        self.configuration = configuration
    }

    /// One training step: the configured updates of the discriminators and one of the generator.
    public func step(progress: (Int) -> Void = { _ in }) throws -> BenchmarkReport {
        try configuration.refuseWhatDoesNotFit()
        let trainer = TrainingRun.trainer(configuration)
        let clips = BenchmarkClips.batch(configuration)
        let written = configuration.gflopOfStepAsWritten
        return try BenchmarkReport.measured(.step, repeats: repeats, gflopAsWritten: written, progress) {
            _ = try trainer.advance { clips }
        }
    }

    /// One training step, untimed: what a test measures memory of.
    package func oneStep() throws {
        let trainer = TrainingRun.trainer(configuration)
        _ = try trainer.advance { BenchmarkClips.batch(configuration) }
    }

    /// One prediction of a batch: all frames of its future.
    public func prediction(progress: (Int) -> Void = { _ in }) throws -> BenchmarkReport {
        try configuration.refusePredictionThatDoesNotFit(
            frames: configuration.model.predictedFrames, clips: configuration.training.batch, option: "--batch")
        var initializer = Initializer(seed: 1)
        let predictor = GeneratorPredictor(configuration.model.makeGenerator(using: &initializer))
        let context = BenchmarkClips.batch(configuration).context
        let work = (configuration.model as? TrIVDGANConfiguration)?.workAsWritten(clips: configuration.training.batch)
        let written = (work?.forward ?? 0) * 1e-9
        return BenchmarkReport.measured(.predict, repeats: repeats, gflopAsWritten: written, progress) {
            _ = predictor.predict(
                context: context, classes: nil, frames: configuration.model.predictedFrames,
                randomness: RandomStream(seed: 1, name: "benchmark"))
        }
    }
}

extension Configuration {
    /// GFLOP of a training step's convolutions and linear maps as written: the discriminators' updates on real and predicted clips together, then the
    /// generator's; no gradient that a step does not need.
    package var gflopOfStepAsWritten: Double {
        let clips = training.batch * training.accumulation
        guard let model = model as? TrIVDGANConfiguration else { return 0 }
        let generator = model.workAsWritten(clips: clips)
        let generatorPart = generator.forward + generator.weightGradients + generator.activationGradients
        guard training.adversarialWeight > 0 else { return generatorPart * 1e-9 }
        let judges = discriminators.workAsWritten(clips: 2 * clips, model: model)
        let update = generator.forward + judges.forward + judges.weightGradients + judges.activationGradients
        let judging = discriminators.workAsWritten(clips: clips, model: model)
        let judgingPart = judging.forward + judging.activationGradients + judging.inputGradient
        return (Double(training.discriminatorSteps) * update + judgingPart + generatorPart) * 1e-9
    }
}

/// What the system says of the process.
struct Usage {
    let minorFaults: Int
    let peakResidentBytes: Int

    static var now: Usage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Usage(minorFaults: usage.ru_minflt, peakResidentBytes: usage.ru_maxrss * 1024)
    }
}

/// The limit that a step is compared with: one large convolution, forward, as the library does it.
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
