import AuspexLayers
import AuspexSupport
import AuspexTensors
import TestSupport
import Testing

@Suite struct SpectralNormTests {
    private static let shape = [3, 3, 2, 5]

    private func weight(_ name: String) -> Parameter {
        Parameter(RandomStream(seed: 1, name: name).normal(Self.shape))
    }

    /// The largest singular value of the weight as a matrix of places by outputs: power iteration in Double, far beyond need.
    private func largestSingularValue(_ weight: Tensor) -> Double {
        let matrix = weight.scalars.map(Double.init)
        let columns = Self.shape[3]
        let rows = matrix.count / columns
        var u = [Double](repeating: 1, count: columns)
        var length = 0.0
        for _ in 0..<2000 {
            let v = (0..<rows).map { row in (0..<columns).reduce(0) { $0 + matrix[row * columns + $1] * u[$1] } }
            u = (0..<columns).map { column in (0..<rows).reduce(0) { $0 + matrix[$1 * columns + column] * v[$1] } }
            length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
            u = u.map { $0 / length }
        }
        return length.squareRoot()
    }

    @Test func passesInTrainingReachTheLargestSingularValue() {
        let weight = weight("reached")
        var initializer = Initializer(seed: 2)
        let norm = SpectralNorm(of: weight.value, using: &initializer)
        for _ in 0..<100 { _ = norm(weight, Pass(.training)) }
        let expected = largestSingularValue(weight.value)
        #expect(abs(Double(norm.sigma(of: weight.value)) / expected - 1) < 1e-5)
        let normalized = norm(weight, Pass(.inference))
        #expect(abs(largestSingularValue(normalized) - 1) < 1e-5)
    }

    /// Weights that were replaced as a whole, in layers of each kind, one of them inside another layer.
    @Test func convergedNormsAreThoseOfReplacedWeights() {
        final class Pair: Layer {
            let convolution: Convolution
            let linear: [Linear]
            let split: SplitConvolution

            init(using initializer: inout Initializer) {
                convolution = Convolution(inputChannels: 2, outputChannels: 5, using: &initializer)
                linear = [Linear(inputs: 18, outputs: 5, using: &initializer)]
                split = SplitConvolution(firstChannels: 1, secondChannels: 1, outputChannels: 5, using: &initializer)
            }
        }
        var initializer = Initializer(seed: 7)
        let pair = Pair(using: &initializer)
        let (convolution, linear, split) = (pair.convolution, pair.linear[0], pair.split)
        convolution.weight.value = weight("convolution").value
        linear.weight.value = weight("linear").value.reshaped(to: [18, 5])
        split.weight.value = weight("split").value
        pair.convergeSpectralNorms()
        for (weight, norm) in [
            (convolution.weight, convolution.norm), (linear.weight, linear.norm), (split.weight, split.norm),
        ] {
            let expected = largestSingularValue(weight.value.reshaped(to: Self.shape))
            #expect(abs(Double(norm?.sigma(of: weight.value) ?? 0) / expected - 1) < 1e-5)
        }
    }

    @Test func onePassTakesOneIterationHoweverOftenItReads() {
        let weight = weight("once")
        var (first, second) = (Initializer(seed: 3), Initializer(seed: 3))
        let (once, twice) = (
            SpectralNorm(of: weight.value, using: &first), SpectralNorm(of: weight.value, using: &second)
        )
        weight.value = RandomStream(seed: 1, name: "moved").normal(Self.shape)
        let pass = Pass(.training)
        _ = once(weight, Pass(.training))
        _ = twice(weight, pass)
        _ = twice(weight, pass)
        #expect(once.u.value.scalars == twice.u.value.scalars && once.v.value.scalars == twice.v.value.scalars)
    }

    @Test(arguments: [Pass.Mode.inference, .recalibrating(batch: 0)])
    func onlyTrainingMovesTheVectors(_ mode: Pass.Mode) {
        let weight = weight("still")
        var initializer = Initializer(seed: 4)
        let norm = SpectralNorm(of: weight.value, using: &initializer)
        let before = (norm.u.value.scalars, norm.v.value.scalars)
        _ = norm(weight, Pass(mode))
        #expect(norm.u.value.scalars == before.0 && norm.v.value.scalars == before.1)
    }

    /// Far from the singular vectors too, where the gradient must still hold them constant.
    @Test func gradientIsThatOfConstantVectors() throws {
        var initializer = Initializer(seed: 5)
        let layer = Convolution(inputChannels: 2, outputChannels: 5, using: &initializer)
        let (weight, norm) = (layer.weight, try #require(layer.norm))
        weight.value = weight.value + RandomStream(seed: 1, name: "away").normal(Self.shape) * 0.5
        let upstream = RandomStream(seed: 6, name: "upstream").normal(Self.shape)
        let parameters = layer.parameters.filter { $0.name == "weight" }
        let pass = Pass(.inference, differentiating: parameters)
        let gradient = pass.gradients(of: norm(weight, pass), upstream: upstream, for: parameters)[0]
        let (u, v) = (norm.u.value.scalars.map(Double.init), norm.v.value.scalars.map(Double.init))
        let weights = upstream.scalars.map(Double.init)
        let expected = centralDifferences(at: weight.value.scalars.map(Double.init)) { matrix in
            var (sigma, total) = (0.0, 0.0)
            for (place, number) in matrix.enumerated() {
                sigma += v[place / u.count] * number * u[place % u.count]
                total += weights[place] * number
            }
            return total / sigma
        }
        #expect(mismatch(gradient, PlainTensor(Self.shape, expected)) == nil)
    }
}
