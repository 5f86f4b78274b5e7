import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors

extension ModelTests {
    /// Unrolling a unit gives what stepping it gives: states, and gradients at parameters, features and inputs.
    @Suite struct UnrollingTests {
        @Test(arguments: RecurrentUnitRegistry.standard.kinds, Warp.allCases)
        func equalsStepping(kind: RecurrentUnitKind, warp: Warp) {
            let (unit, inputs) = (unit(kind, warp), Formula.uniform("inputs", [4, 2, 5, 3, 2]))
            let (unrolled, ofUnrolled) = run(unit, inputs) { features, inputs, pass in
                unit.unrolled(from: features, inputs: inputs.reshaped(to: [8, 5, 3, 2]), steps: 4, pass)
            }
            let (stepped, ofStepped) = run(unit, inputs) { features, inputs, pass in
                step(unit, from: features, through: inputs.unstacked(), pass)
            }
            expectSame(kind, (unrolled, ofUnrolled), (stepped, ofStepped))
        }

        @Test(arguments: RecurrentUnitRegistry.standard.kinds)
        func oneInputForEveryStepEqualsItsCopies(kind: RecurrentUnitKind) {
            let (unit, input) = (unit(kind, .kernel), Formula.uniform("inputs", [2, 5, 3, 2]))
            let once = run(unit, input) { features, input, pass in
                unit.unrolled(from: features, inputs: input, steps: 4, pass)
            }
            let copies = run(unit, input) { features, input, pass in
                unit.unrolled(from: features, inputs: joined([input, input, input, input], along: 0), steps: 4, pass)
            }
            expectSame(kind, once, copies)
        }

        private func unit(_ kind: RecurrentUnitKind, _ warp: Warp) -> any RecurrentUnit {
            var configuration = TrIVDGANConfiguration()
            (configuration.unit, configuration.warp, configuration.links) = (kind, warp, 2)
            var initializer = Initializer(seed: 3)
            return configuration.makeUnit(stateChannels: 3, inputChannels: 2, using: &initializer)
        }

        private func step(
            _ unit: any RecurrentUnit, from features: Tensor, through inputs: [Tensor], _ pass: Pass
        ) -> Tensor {
            var state = unit.initialState(features)
            var hidden: [Tensor] = []
            for input in inputs {
                state = unit.step(state, StepInput(input), pass)
                hidden.append(state.hidden)
            }
            return joined(hidden, along: 0)
        }

        private func run(
            _ unit: any RecurrentUnit, _ inputs: Tensor, _ body: (Tensor, Tensor, Pass) -> Tensor
        ) -> (states: Tensor, gradients: [Tensor]) {
            // Spectral norms as stored: both ways see the same weights.
            let pass = Pass(.inference, differentiating: unit.parameters)
            let features = pass.watch(Formula.uniform("features", [2, 5, 3, 3]))
            let watched = pass.watch(inputs)
            let states = body(features, watched, pass)
            let leaves = unit.parameters.map { pass.read($0.parameter) } + [features, watched]
            return (
                states,
                pass.gradients(of: states, upstream: Formula.uniform("upstream", states.shape), at: leaves)
            )
        }

        private func expectSame(
            _ kind: RecurrentUnitKind, _ a: (states: Tensor, gradients: [Tensor]),
            _ b: (states: Tensor, gradients: [Tensor])
        ) {
            expectClose(a.states, b.states, "\(kind): states", within: 1e-6)
            #expect(a.gradients.count == b.gradients.count)
            for (position, (one, other)) in zip(a.gradients, b.gradients).enumerated() {
                expectClose(one, other, "\(kind): gradient \(position)", within: 1e-5)
            }
        }
    }
}
