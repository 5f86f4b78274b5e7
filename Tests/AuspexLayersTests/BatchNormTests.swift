import AuspexLayers
import AuspexTensors
import TestSupport
import Testing

@Suite struct BatchNormTests {
    private func batch(_ number: Int) -> Tensor {
        RandomStream(seed: 1, name: "batch").at(step: number).normal([3, 4, 5, 2]) * Float(number + 1) + 0.5
    }

    /// Mean and variance of a sample (n − 1) of each channel.
    private func statistics(_ x: Tensor) -> (mean: [Double], variance: [Double]) {
        let channels = x.shape[3]
        let values = (0..<channels).map { channel in
            stride(from: channel, to: x.count, by: channels).map { Double(x.scalars[$0]) }
        }
        let means = values.map { $0.reduce(0, +) / Double($0.count) }
        let variances = zip(values, means).map { values, mean in
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        }
        return (means, variances)
    }

    @Test func trainingFollowsByATenthAndOnlyWhereAsked() {
        let norm = BatchNorm(channels: 2)
        _ = norm(batch(0), relu: false, Pass(.training))
        #expect(norm.statistics.mean.value.scalars == [0, 0] && norm.statistics.variance.value.scalars == [1, 1])
        _ = norm(batch(0), relu: false, Pass(.training, movesStatistics: true))
        let (mean, variance) = statistics(batch(0))
        #expect(mismatch(norm.statistics.mean.value, PlainTensor([2], mean.map { $0 * 0.1 })) == nil)
        #expect(mismatch(norm.statistics.variance.value, PlainTensor([2], variance.map { 0.9 + $0 * 0.1 })) == nil)
    }

    @Test func recalibrationTakesTheMeanOverBatches() {
        let norm = BatchNorm(channels: 2)
        norm.statistics.mean.value = Tensor(repeating: 7, shape: [2])
        let batches = (0..<3).map(batch)
        for (number, x) in batches.enumerated() { _ = norm(x, relu: false, Pass(.recalibrating(batch: number))) }
        let all = batches.map(statistics)
        let mean = (0..<2).map { channel in all.reduce(0) { $0 + $1.mean[channel] } / 3 }
        let variance = (0..<2).map { channel in all.reduce(0) { $0 + $1.variance[channel] } / 3 }
        #expect(mismatch(norm.statistics.mean.value, PlainTensor([2], mean)) == nil)
        #expect(mismatch(norm.statistics.variance.value, PlainTensor([2], variance)) == nil)
    }

    @Test(arguments: [false, true]) func inferenceUsesTheStandingStatistics(relu: Bool) {
        let norm = BatchNorm(channels: 2)
        norm.gain.value = Tensor([1.5, -0.5] as [Float], shape: [1, 2])
        norm.bias.value = Tensor([0.25, 1] as [Float], shape: [1, 2])
        norm.statistics.mean.value = Tensor([0.5, -1] as [Float], shape: [2])
        norm.statistics.variance.value = Tensor([4, 0.25] as [Float], shape: [2])
        let x = batch(1)
        let output = norm(x, relu: relu, Pass(.inference))
        let expected = Plain.normalized(
            PlainTensor<Double>(x), gain: PlainTensor(norm.gain.value), bias: PlainTensor(norm.bias.value),
            epsilon: 1e-5, relu: relu, mean: PlainTensor(norm.statistics.mean.value),
            variance: PlainTensor(norm.statistics.variance.value))
        #expect(mismatch(output, expected) == nil)
        #expect(norm.statistics.mean.value.scalars == [0.5, -1])
    }

    /// Images are folded time-major: each clip keeps its own condition at every time.
    @Test func aConditionHoldsForItsClipAtEveryTime() {
        var initializer = Initializer(seed: 2)
        let norm = ConditionalBatchNorm(channels: 2, conditionSize: 3, using: &initializer)
        let condition = RandomStream(seed: 3, name: "condition").normal([2, 3])
        let x = RandomStream(seed: 4, name: "images").normal([4, 2, 3, 2])
        let pass = Pass(.inference)
        let (gain, bias) = (norm.gain(condition, pass) + 1, norm.bias(condition, pass))
        let output = norm(x, condition: condition, relu: false, pass)
        let expected = PlainTensor<Double>([4, 2, 3, 2]) { place in
            let (clip, channel) = (place[0] % 2, place[3])
            let value = Double(x.scalars[((place[0] * 2 + place[1]) * 3 + place[2]) * 2 + channel])
            return value / 1.00001.squareRoot() * Double(gain.scalars[clip * 2 + channel])
                + Double(bias.scalars[clip * 2 + channel])
        }
        #expect(mismatch(output, expected) == nil)
    }
}
