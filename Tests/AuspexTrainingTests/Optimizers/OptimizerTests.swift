import AuspexLayers
import AuspexSupport
import AuspexTensors
import AuspexTraining
import Foundation
import Testing

@Suite("Optimizers and schedules match PyTorch's")
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

    /// Twelve steps with changing rates; gradients were scaled up before and are scaled down again.
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

    /// Kernels of several shapes between a first one and a bias.
    private final class Network: Layer {
        let first: Parameter
        let tall: Parameter
        let flat: Parameter
        let long: Parameter
        let bias: Parameter

        init(_ start: (String) throws -> Tensor) rethrows {
            (first, tall, flat) = (
                try Parameter(start("first")), try Parameter(start("tall")), try Parameter(start("flat"))
            )
            (long, bias) = (try Parameter(start("long")), try Parameter(start("bias")))
        }

        var hiddenKernels: [Parameter] { [tall, flat, long] }
    }

    /// Twelve steps of Muon for three kernels and AdamW for the rest, both at the rates of one schedule.
    @Test(arguments: [Float(1), 0.25]) func muon(scale: Float) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/optimizers", withExtension: "safetensors"))
        let file = try SafeTensors(readingFrom: url.path).tensors
        func tensor(_ name: String) throws -> Tensor { try #require(file["muon." + name]) }
        let network = try Network { try tensor($0 + ".start") }
        var configuration = OptimizerConfiguration()
        configuration.name = .muon
        (configuration.learningRate, configuration.adamLearningRate) = (0.02, 0.003)
        (configuration.momentum, configuration.weightDecay, configuration.adamWeightDecay) = (0.95, 0.01, 1e-4)
        (configuration.beta1, configuration.beta2) = (0.9, 0.99)
        var optimizer = configuration.optimizer(of: network)
        for (step, rate) in try tensor("rates").scalars.enumerated() {
            // Half way another optimizer takes over from a checkpoint.
            if step == 6 {
                let state = optimizer.state
                #expect(state["tall.momentum"] != nil && state["tall.mean"] == nil && state["bias.square"] != nil)
                optimizer = configuration.optimizer(of: network)
                try optimizer.load(state, updates: step)
            }
            let gradients = try network.parameters.map {
                let all = try tensor($0.name + ".gradients")
                return all.sliced(0, from: step, count: 1).reshaped(to: Array(all.shape.dropFirst())) * (1 / scale)
            }
            optimizer.update(gradients, learningRate: Double(rate), gradientScale: Double(scale))
            for entry in network.parameters {
                let expected = try tensor(entry.name + ".trajectory").sliced(0, from: step, count: 1).scalars
                for (ours, theirs) in zip(entry.parameter.value.scalars, expected) {
                    #expect(abs(ours - theirs) <= 1e-5 * max(1, abs(theirs)), "\(entry.name), step \(step)")
                }
            }
        }
        for entry in network.parameters {
            let moved = zip(entry.parameter.value.scalars, try tensor(entry.name + ".start").scalars).map {
                abs($0 - $1)
            }
            #expect(moved.max() ?? 0 > 0.01, "\(entry.name)")
        }
    }

    @Test("Hidden kernels are those between the first and the last, unless a network says otherwise")
    func hiddenKernels() {
        final class Plain: Layer {
            let first = Parameter(Tensor(zeros: [3, 3, 2, 4]))
            let bias = Parameter(Tensor(zeros: [4]))
            let square = Parameter(Tensor(zeros: [3, 3, 4, 4]))
            let flat = Parameter(Tensor(zeros: [1, 1, 4, 4]))
            let volume = Parameter(Tensor(zeros: [3, 3, 3, 4, 4]))
            let linear = Parameter(Tensor(zeros: [4, 4]))
            let last = Parameter(Tensor(zeros: [3, 3, 4, 2]))
        }
        let plain = Plain()
        #expect(
            plain.hiddenKernels.map(ObjectIdentifier.init) == [plain.square, plain.volume].map(ObjectIdentifier.init))
    }

    @Test("A gradient of zero, or of one number only, gives a finite step") func degenerateMatrices() {
        #expect(orthogonalized(Tensor(zeros: [3, 5])).scalars == [Float](repeating: 0, count: 15))
        #expect(abs(orthogonalized(Tensor([-7] as [Float], shape: [1, 1])).scalar + 1) < 0.35)
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
