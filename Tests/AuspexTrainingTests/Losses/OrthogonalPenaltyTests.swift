import AuspexTensors
import AuspexTraining
import TestSupport
import Testing

@Suite struct OrthogonalPenaltyTests {
    /// The sum over pairs of different filters of the square of their product.
    private func plain(_ weight: PlainTensor<Double>) -> PlainTensor<Double> {
        let outputs = weight.shape.last ?? 1
        let places = weight.scalars.count / outputs
        var sum = 0.0
        for first in 0..<outputs {
            for second in 0..<outputs where first != second {
                let product = (0..<places).reduce(0) {
                    $0 + weight.scalars[$1 * outputs + first] * weight.scalars[$1 * outputs + second]
                }
                sum += product * product
            }
        }
        return PlainTensor([], [sum])
    }

    /// More places than filters, as many, fewer, and one of either.
    @Test(arguments: [[3, 3, 2, 5], [3, 3, 3, 2, 3], [6, 6], [4, 9], [1, 7], [5, 1], [1, 1]])
    func valueAndGradient(shape: [Int]) {
        let weight = RandomStream(seed: 3, name: "weight").normal(shape)
        #expect(
            gradientMismatch(
                of: { orthogonalPenalty($0[0]) }, against: { plain($0[0]) }, at: [weight], absolute: 1e-3) == nil)
    }

    @Test func nothingForOrthogonalFiltersOfAnyLength() {
        let weight = Tensor([3, 0, 0, 0, -0.5, 0, 0, 0, 0] as [Float], shape: [3, 3])
        #expect(orthogonalPenalty(weight).scalar == 0)
    }
}
