import AuspexLayers
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import Testing

@Suite("Optimizers and schedules go as PyTorch's")
struct OptimizerTests {
    /// One vector of parameters.
    private final class Vector: Layer {
        let weight: Parameter
        init(_ start: [Float]) { weight = Parameter(Tensor(start, shape: [start.count])) }
    }

    private func golden(_ name: String) throws -> [Float] {
        let url = try #require(Bundle.module.url(forResource: "Golden/optimizers", withExtension: "safetensors"))
        return try #require(try SafeTensors(readingFrom: url.path).tensors[name]).scalars
    }

    /// Twelve steps with changing rates; what is scaled down on the way in was scaled up before.
    @Test(arguments: ["sgd", "adamw"], [Float(1), 0.25]) func trajectories(name: String, scale: Float) throws {
        let (start, gradients) = (try golden("\(name).start"), try golden("\(name).gradients"))
        let (rates, expected) = (try golden("\(name).rates"), try golden("\(name).trajectory"))
        let network = Vector(start)
        let optimizer: any Optimizer =
            name == "sgd"
            ? MomentumDescent(network.parameters, momentum: 0.9, weightDecay: 0.01)
            : Adam(network.parameters, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1)
        let count = start.count
        for step in rates.indices {
            let gradient = gradients[step * count..<(step + 1) * count].map { $0 / scale }
            // Half way the state goes through a checkpoint.
            if step == rates.count / 2 { try optimizer.load(optimizer.state, updates: step) }
            optimizer.update(
                [Tensor(gradient, shape: [count])], learningRate: Double(rates[step]), gradientScale: Double(scale))
            for (ours, theirs) in zip(network.weight.value.scalars, expected[step * count..<(step + 1) * count]) {
                #expect(abs(ours - theirs) <= 2e-6 * max(1, abs(theirs)), "step \(step)")
            }
        }
        #expect(zip(network.weight.value.scalars, start).map { abs($0 - $1) }.max() ?? 0 > 1e-3)
    }

    @Test(arguments: [10, 97]) func oneCycle(steps: Int) throws {
        let expected = try golden("one-cycle.\(steps)")
        for step in 0..<steps {
            let factor = OneCycleSchedule().factor(atStep: step, of: steps)
            #expect(abs(factor - Double(expected[step])) < 1e-6, "step \(step) of \(steps): \(factor)")
        }
    }

    @Test func warmUpsAndDecays() {
        let schedule = WarmUpSchedule(warmUpSteps: 4, decay: .cosine)
        #expect((0..<4).map { schedule.factor(atStep: $0, of: 12) } == [0.25, 0.5, 0.75, 1])
        #expect(abs(schedule.factor(atStep: 8, of: 12) - 0.5) < 1e-12)
        #expect(WarmUpSchedule(decay: .linear).factor(atStep: 3, of: 12) == 0.75)
        #expect(WarmUpSchedule().factor(atStep: 11, of: 12) == 1)
    }
}
