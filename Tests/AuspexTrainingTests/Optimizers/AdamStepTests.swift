import AuspexSupport
import AuspexTensors
import Foundation
import TestSupport
import Testing

@Suite struct AdamStepTests {
    private func golden() throws -> SafeTensors {
        let url = try #require(Bundle.module.url(forResource: "Golden/adam", withExtension: "safetensors"))
        return try SafeTensors(readingFrom: url.path)
    }

    /// Twelve steps with changing rates and gradients from 1e-6 to 100, beside PyTorch's.
    @Test(arguments: ["published", "momentum"], [Float(1), 0.25]) func asPyTorchMoves(name: String, scale: Float) throws
    {
        let file = try golden()
        func numbers(_ part: String) throws -> [Float] { try #require(file.tensors["\(name).\(part)"]).scalars }
        let (start, gradients, rates) = (try numbers("start"), try numbers("gradients"), try numbers("rates"))
        let (settings, trajectory) = (try numbers("settings"), try numbers("trajectory"))
        let count = start.count
        var parameter = Tensor(start, shape: [count])
        var (first, second) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
        for step in rates.indices {
            // Gradients were scaled up before and are scaled down again: by a power of two, so the numbers are the same.
            let gradient = gradients[step * count..<(step + 1) * count].map { $0 / scale }
            parameter.adamUpdate(
                firstMoment: &first, secondMoment: &second, gradient: Tensor(gradient, shape: [count]),
                AdamStep(
                    rate: rates[step], beta1: settings[0], beta2: settings[1], epsilon: settings[2], step: step + 1,
                    gradientScale: scale))
            for (place, (ours, theirs)) in zip(parameter.scalars, trajectory[step * count..<(step + 1) * count])
                .enumerated()
            {
                #expect(abs(ours - theirs) <= 1e-6 * max(1, abs(theirs)), "step \(step), place \(place)")
            }
        }
        // The comparison is worth something only where the parameters moved much further than its tolerance.
        #expect(zip(parameter.scalars, start).map { abs($0 - $1) }.max() ?? 0 > 1e-3)
    }

    @Test func momentsOfZeroGradientsMoveNothing() {
        var parameter = Tensor([1, 2, 3] as [Float], shape: [3])
        var (first, second) = (Tensor(zeros: [3]), Tensor(zeros: [3]))
        parameter.adamUpdate(
            firstMoment: &first, secondMoment: &second, gradient: Tensor(zeros: [3]),
            AdamStep(rate: 0.1, beta1: 0, beta2: 0.999, epsilon: 1e-8, step: 1))
        #expect(parameter.scalars == [1, 2, 3])
    }

    @Test func sharedStorageIsNeverWrittenTo() async {
        await #expect(processExitsWith: .failure) {
            var parameter = Tensor([1, 2, 3] as [Float], shape: [3])
            let other = parameter
            var (first, second) = (Tensor(zeros: [3]), Tensor(zeros: [3]))
            parameter.adamUpdate(
                firstMoment: &first, secondMoment: &second, gradient: Tensor(zeros: [3]),
                AdamStep(rate: 0.1, beta1: 0, beta2: 0.999, epsilon: 1e-8, step: 1))
            _ = other.scalars
        }
    }
}
