import AuspexSupport
import AuspexTensors
import AuspexTraining
import Testing

/// Losses of a few numbers whose values and gradients are known by hand, with an upstream gradient that is not one.
@Suite struct LossTests {
    private func expect(_ found: Tensor, _ expected: [Float]) {
        #expect(found.count == expected.count)
        for (a, b) in zip(found.scalars, expected) { #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "\(found.scalars)") }
    }

    @Test func discriminatorHinge() {
        let tape = Tape()
        let real = tape.watch(Tensor([2, 0.5, -1] as [Float], shape: [3]))
        let predicted = tape.watch(Tensor([-2, 0.25, 1.5, -0.75] as [Float], shape: [4]))
        let loss = discriminatorHingeLoss(real: real, predicted: predicted)
        expect(loss, [(0 + 0.5 + 2) / 3 + (0 + 1.25 + 2.5 + 0.25) / 4])
        let gradients = tape.gradients(of: loss, upstream: Tensor(-0.6), at: [real, predicted])
        expect(gradients[0], [0, 0.2, 0.2])
        expect(gradients[1], [0, -0.15, -0.15, -0.15])
    }

    @Test func generatorHinge() {
        let tape = Tape()
        let predicted = tape.watch(Tensor([-2, 0.25, 1.5, -0.75] as [Float], shape: [4]))
        let loss = generatorHingeLoss(predicted: predicted)
        expect(loss, [0.25])
        expect(tape.gradients(of: loss, upstream: Tensor(2), at: [predicted])[0], [-0.5, -0.5, -0.5, -0.5])
    }

    @Test func pixels() throws {
        let real = Tensor([0.5, -1, 0.25, 1] as [Float], shape: [1, 1, 2, 2, 1])
        let cases: [(PixelLoss, Float, [Float])] = [
            (.l1, (0.5 + 1 + 0.5 + 1.5) / 4, [0.5, -0.5, 0.5, -0.5]),
            (.mse, (0.25 + 1 + 0.25 + 2.25) / 4, [0.5, -1, 0.5, -1.5]),
        ]
        for (loss, value, gradient) in cases {
            let tape = Tape()
            let predicted = tape.watch(Tensor([1, -2, 0.75, -0.5] as [Float], shape: [1, 1, 2, 2, 1]))
            let measured = try #require(loss(predicted: predicted, real: real))
            expect(measured, [value])
            expect(tape.gradients(of: measured, upstream: Tensor(2), at: [predicted])[0], gradient)
        }
        let none = PixelLoss.none
        #expect(none(predicted: real, real: real)?.scalar == nil)
    }

    /// Values and gradients of both sides by hand, at scores where an exponential would overflow and at zero.
    @Test func nonSaturating() {
        let tape = Tape()
        let real = tape.watch(Tensor([0, 100, -100] as [Float], shape: [3]))
        let predicted = tape.watch(Tensor([0, 100] as [Float], shape: [2]))
        let log2 = Float(0.6931472)
        let loss = AdversarialLoss.nonSaturating.discriminator(real: real, predicted: predicted)
        expect(loss, [(log2 + 0 + 100) / 3 + (log2 + 100) / 2])
        let gradients = tape.gradients(of: loss, upstream: Tensor(1), at: [real, predicted])
        expect(gradients[0], [-0.5 / 3, 0, -1.0 / 3])
        expect(gradients[1], [0.25, 0.5])
        let other = Tape()
        let scores = other.watch(Tensor([0, -100] as [Float], shape: [2]))
        let generator = AdversarialLoss.nonSaturating.generator(predicted: scores)
        expect(generator, [(log2 + 100) / 2])
        expect(other.gradients(of: generator, upstream: Tensor(1), at: [scores])[0], [-0.25, -0.5])
    }

    @Test func leastSquares() {
        let tape = Tape()
        let real = tape.watch(Tensor([1, 3] as [Float], shape: [2]))
        let predicted = tape.watch(Tensor([0, -2] as [Float], shape: [2]))
        let loss = AdversarialLoss.leastSquares.discriminator(real: real, predicted: predicted)
        expect(loss, [2 + 2])
        let gradients = tape.gradients(of: loss, upstream: Tensor(1), at: [real, predicted])
        expect(gradients[0], [0, 2])
        expect(gradients[1], [0, -2])
        let other = Tape()
        let scores = other.watch(Tensor([1, 2] as [Float], shape: [2]))
        let generator = AdversarialLoss.leastSquares.generator(predicted: scores)
        expect(generator, [0.5])
        expect(other.gradients(of: generator, upstream: Tensor(1), at: [scores])[0], [0, 1])
        #expect(AdversarialLoss.leastSquares.boundary == 0.5 && AdversarialLoss.hinge.boundary == 0)
    }
}
