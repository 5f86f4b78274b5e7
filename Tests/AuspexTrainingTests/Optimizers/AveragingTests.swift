import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import TestSupport
import Testing

@Suite("Averaged weights are useful from the first steps on")
struct AveragingTests {
    @Test func decayRisesToTheConfiguredOne() {
        var averaging = TrainingConfiguration.Averaging()
        let expected = [1: 2.0 / 11, 2: 3.0 / 12, 150: 151.0 / 160, 1000: 1001.0 / 1010, 1_000_000: 0.9999]
        for (step, decay) in expected {
            #expect(averaging.decay(atStep: step, clipsPerStep: 512) == decay)
        }
        averaging.halfLifeClips = 1000
        #expect(averaging.decay(atStep: 1, clipsPerStep: 100) == 2.0 / 11)
        #expect(averaging.decay(atStep: 10_000, clipsPerStep: 100) == pow(0.5, 0.1))
    }

    /// With the default decay, 150 steps are enough to beat the copied last frame by as much as the raw weights do, or nearly.
    @Test func aShortRunDoesNotLookUntrained() throws {
        var run = SmallRun(steps: 150)
        run.model.channels = 4
        run.model.output = .move
        run.training.pixelLoss = .l1
        run.training.pixelWeight = 100
        run.training.adversarialWeight = 0
        run.training.generatorLearningRate = 5e-3
        run.training.averaging = TrainingConfiguration.Averaging()
        run.training.validationInterval = 150
        run.training.sampleInterval = 0
        run.training.checkpointInterval = 150
        let place = try TemporaryFolder()
        try run.run(in: place.file("run"), repeating: true)
        let lines = try MetricsLog.lines(of: place.file("run") + "/metrics.jsonl")
        func psnr(_ name: String) throws -> Double {
            guard case .number(let value)? = lines.lazy.compactMap({ $0.values[name] }).first else {
                throw CocoaError(.coderValueNotFound)
            }
            return value
        }
        let (model, copied) = (try psnr("validation/psnr"), try psnr("validation/copy-last/psnr"))
        #expect(model > copied + 1, "\(model) dB, copy-last has \(copied)")
    }

    /// After steps that are long for what averaging smooths away, σ of the averages is not σ of the raw weights.
    @Test func spectralNormsAreThoseOfTheAverages() throws {
        var run = SmallRun(steps: 12)
        run.training.generatorLearningRate = 2e-2
        run.training.averaging.decay = 0.9999
        run.training.validationInterval = 0
        run.training.sampleInterval = 0
        let place = try TemporaryFolder()
        try run.run(in: place.file("run"))
        let checkpoint = try RunFolder(reading: place.file("run")).checkpoints().load(.last)
        let averages = try #require(checkpoint.groups[.averagedWeights])
        let vectors = try #require(checkpoint.groups[.standingStatistics])
        let raw = try #require(checkpoint.groups[.spectral])
        var (checked, wouldDiffer) = (0, 0)
        for (name, v) in vectors where name.hasSuffix(".norm.v") {
            let stem = String(name.dropLast(".norm.v".count))
            guard let weight = averages[stem + ".weight"], let u = vectors[stem + ".norm.u"] else { continue }
            let expected = largestSingularValue(weight)
            #expect(abs(sigma(weight, u, v) / expected - 1) < 1e-3, "\(stem)")
            checked += 1
            if let u = raw["generator.\(stem).norm.u"], let v = raw["generator.\(stem).norm.v"],
                abs(sigma(weight, u, v) / expected - 1) > 1e-3
            {
                wouldDiffer += 1
            }
        }
        #expect(checked > 20)
        #expect(wouldDiffer > 0, "the raw weights' vectors would have done: the test shows nothing")
    }

    /// `vᵀ W u`, in Double.
    private func sigma(_ weight: Tensor, _ u: Tensor, _ v: Tensor) -> Double {
        let w = weight.scalars.map(Double.init)
        let (u, v) = (u.scalars.map(Double.init), v.scalars.map(Double.init))
        var sum = 0.0
        for row in v.indices {
            for column in u.indices { sum += v[row] * w[row * u.count + column] * u[column] }
        }
        return sum
    }

    /// Power iteration in Double, far beyond need.
    private func largestSingularValue(_ weight: Tensor) -> Double {
        let (w, columns) = (weight.scalars.map(Double.init), weight.shape[weight.rank - 1])
        let rows = w.count / columns
        var u = (0..<columns).map { 1 + Double($0 % 7) }
        var length = 0.0
        for _ in 0..<500 {
            var next = [Double](repeating: 0, count: columns)
            for row in 0..<rows {
                var product = 0.0
                for column in 0..<columns { product += w[row * columns + column] * u[column] }
                for column in 0..<columns { next[column] += w[row * columns + column] * product }
            }
            length = next.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            u = next.map { $0 / max(length, .leastNormalMagnitude) }
        }
        return length.squareRoot()
    }
}
