import AuspexLayers
import AuspexModels
import AuspexTensors
import AuspexTraining
import Foundation

/// This machine's speed on fixed work: the published model's training step, or a prediction, on clips of noise.
public struct Benchmark {
    /// Whole units of work before the clock runs: primitives are made and memory is taken in these.
    static let warmUp = 2

    public let configuration: Configuration
    /// Units of work that are timed.
    public var repeats = 5

    /// - Parameters:
    ///   - channels: ch of generator and judges.
    ///   - size: side of the frames.
    public init(channels: Int, batch: Int, size: Int = 64, precision: TrainingConfiguration.Precision = .float32) throws
    {
        var configuration = Configuration()
        configuration.model.channels = channels
        configuration.model.size = size
        configuration.training.batch = batch
        configuration.training.precision = precision
        try self.init(configuration)
    }

    /// - Parameter configuration: networks, batch and updates of the work; its data are not read.
    public init(_ configuration: Configuration) throws {
        try configuration.validate()
        self.configuration = configuration
    }

    /// What was measured, under the names that scripts rely on.
    public struct Report: Encodable, Sendable {
        public let schema = 1
        public let work: String
        /// Medians and extremes over the repeats.
        public let seconds: (median: Double, minimum: Double, maximum: Double)
        /// What one unit of work takes where nothing is merged or shared: see `WorkAsWritten`.
        public let gflopAsWritten: Double
        /// What was executed in one unit of work.
        public let gflopExecuted: Double
        public let gflopsPerSecond: Double
        /// What a plain convolution of the model's most frequent shape reaches on this machine.
        public let convolutionLimit: Double
        /// The most that tensors held at one time.
        public let peakBytes: Int
        /// The most memory that the process ever had.
        public let peakResidentBytes: Int
        public let faultsPerStep: Double
        public let secondsWaiting: Double
        public let byFamily: [String: WorkCounter.Count]
        public let threads: Int
        public let instructionSet: String
        public let repeats: Int

        public var shareOfConvolutionLimit: Double { gflopsPerSecond / convolutionLimit }

        private enum CodingKeys: String, CodingKey {
            case schema, work, secondsPerStep, secondsPerPrediction, secondsMinimum, secondsMaximum
            case gflopAsWritten, gflopExecuted, gflopsPerSecond, shareOfConvolutionLimit, convolutionLimit, peakBytes,
                peakResidentBytes, faultsPerStep
            case secondsWaiting, byFamily, threads, instructionSet, repeats
        }

        public func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(schema, forKey: .schema)
            try fields.encode(work, forKey: .work)
            try fields.encode(seconds.median, forKey: work == "step" ? .secondsPerStep : .secondsPerPrediction)
            try fields.encode(seconds.minimum, forKey: .secondsMinimum)
            try fields.encode(seconds.maximum, forKey: .secondsMaximum)
            try fields.encode(gflopAsWritten, forKey: .gflopAsWritten)
            try fields.encode(gflopExecuted, forKey: .gflopExecuted)
            try fields.encode(gflopsPerSecond, forKey: .gflopsPerSecond)
            try fields.encode(convolutionLimit, forKey: .convolutionLimit)
            try fields.encode(shareOfConvolutionLimit, forKey: .shareOfConvolutionLimit)
            try fields.encode(peakBytes, forKey: .peakBytes)
            try fields.encode(peakResidentBytes, forKey: .peakResidentBytes)
            try fields.encode(faultsPerStep, forKey: .faultsPerStep)
            try fields.encode(secondsWaiting, forKey: .secondsWaiting)
            try fields.encode(byFamily, forKey: .byFamily)
            try fields.encode(threads, forKey: .threads)
            try fields.encode(instructionSet, forKey: .instructionSet)
            try fields.encode(repeats, forKey: .repeats)
        }
    }

    /// One training step: the configured updates of the judges and one of the generator.
    public func step(progress: (Int) -> Void = { _ in }) throws -> Report {
        let trainer = TrainingRun.trainer(configuration)
        let clips = BenchmarkClips.batch(configuration)
        return try measure("step", gflopAsWritten: configuration.gflopOfStepAsWritten, progress) {
            _ = try trainer.advance { clips }
        }
    }

    /// One prediction of a batch: all frames of its future.
    public func prediction(progress: (Int) -> Void = { _ in }) throws -> Report {
        var initializer = Initializer(seed: 1)
        let predictor = GeneratorPredictor(Generator(configuration.model, using: &initializer))
        let context = BenchmarkClips.batch(configuration).context
        let work = configuration.model.workAsWritten(clips: configuration.training.batch)
        return try measure("predict", gflopAsWritten: work.forward * 1e-9, progress) {
            _ = predictor.predict(
                context: context, classes: nil, frames: configuration.model.predictedFrames,
                randomness: RandomStream(seed: 1, name: "benchmark"))
        }
    }

    private func measure(
        _ work: String, gflopAsWritten: Double, _ progress: (Int) -> Void, _ unit: () throws -> Void
    ) throws -> Report {
        for _ in 0..<Self.warmUp { try unit() }
        StoragePool.shared.resetPeak()
        WorkCounter.reset()
        let faults = Usage.now.minorFaults
        var times: [Double] = []
        for number in 0..<repeats {
            let start = ContinuousClock.now
            try unit()
            times.append((ContinuousClock.now - start) / .seconds(1))
            progress(number + 1)
        }
        let usage = Usage.now
        // Before the limit is measured, which takes memory of its own.
        let peakBytes = StoragePool.shared.statistics.peakLiveBytes
        let counts = WorkCounter.counts
        let perUnit = counts.mapValues { $0.divided(by: repeats) }
        let gflop = perUnit.values.reduce(0) { $0 + $1.gflop }
        let sorted = times.sorted()
        let middle = sorted.count / 2
        let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        return Report(
            work: work, seconds: (median, sorted[0], sorted[sorted.count - 1]), gflopAsWritten: gflopAsWritten,
            gflopExecuted: gflop,
            gflopsPerSecond: gflop / median, convolutionLimit: ConvolutionLimit.gflopsPerSecond(),
            peakBytes: peakBytes, peakResidentBytes: usage.peakResidentBytes,
            faultsPerStep: Double(usage.minorFaults - faults) / Double(repeats), secondsWaiting: 0, byFamily: perUnit,
            threads: Kernels.threads, instructionSet: Kernels.instructionSet.rawValue, repeats: repeats)
    }
}

extension Configuration {
    /// GFLOP of a training step's convolutions and linear maps as written: the judges' updates on real and predicted clips together, then the
    /// generator's; no gradient that a step does not need.
    package var gflopOfStepAsWritten: Double {
        let clips = training.batch * training.accumulation
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
