import Testing

import AuspexLayers
import AuspexModels
import AuspexTensors

extension ModelTests {
    /// Recurrent units alone against PyTorch: three steps' states, and every gradient for a random upstream.
    @Suite struct UnitOracleTests {
        struct Case: CustomTestStringConvertible {
            let name: String
            let configuration: TrIVDGANConfiguration
            var testDescription: String { name }

            init(
                _ name: String, _ unit: RecurrentUnitKind, _ change: (inout TrIVDGANConfiguration) -> Void = { _ in }
            ) {
                self.name = name
                var configuration = TrIVDGANConfiguration()
                configuration.unit = unit
                change(&configuration)
                self.configuration = configuration
            }
        }

        static let cases = [
            Case("conv-gru", .convGRU), Case("conv-lstm", .convLSTM), Case("traj-gru", .trajGRU) { $0.links = 2 },
            Case("tsru-c", .tsruC), Case("tsru-p", .tsruP), Case("tsru-s", .tsruS),
            Case("tsru-c-previous", .tsruC) { $0.mix = .previous },
            Case("tsru-s-previous", .tsruS) { $0.mix = .previous },
            Case("tsru-c-flow", .tsruC) { $0.warp = .flow }, Case("tsru-p-flow", .tsruP) { $0.warp = .flow },
            Case("tsru-c-kernel-5", .tsruC) { $0.kernelSize = 5 },
        ]

        @Test(arguments: cases) func agreesWithTheOracle(_ unitCase: Case) throws {
            let (golden, name) = (try Golden("units"), unitCase.name)
            var initializer = Initializer(seed: 1)
            let unit = unitCase.configuration.makeUnit(stateChannels: 3, inputChannels: 2, using: &initializer)
            try golden.initialise(unit, as: name)
            let parameters = unit.parameters
            let pass = Pass(.training, differentiating: parameters)
            let features = pass.watch(Formula.uniform("\(name).features", [2, 5, 6, 3]))
            let inputs = pass.watch(Formula.uniform("\(name).inputs", [3, 2, 5, 6, 2]))
            let states = unit.unrolled(
                from: features, inputs: inputs.reshaped(to: [6, 5, 6, 2]), steps: 3, pass
            ).reshaped(to: [3, 2, 5, 6, 3])
            expectClose(states, try golden["states.\(name)"], "\(name): states", within: 1e-5)
            let leaves = parameters.map { pass.read($0.parameter) } + [features, inputs]
            let gradients = pass.gradients(
                of: states, upstream: Formula.uniform("\(name).upstream", states.shape), at: leaves)
            let names = parameters.map(\.name) + ["features", "inputs"]
            golden.expectGradients(Array(zip(names, gradients)), of: name, within: 1e-5)
        }
    }
}
