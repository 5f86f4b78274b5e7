import AuspexLayers
import AuspexModels
import AuspexTensors
import Testing

extension ModelTests {
    /// What `startsStill` promises for untrained units.
    @Suite struct IdentityInitializationTests {
        /// A small state at one place, after one step without input: how much of it is still there.
        private func kept(_ unit: RecurrentUnitKind, startsStill: Bool) -> Float {
            var model = TrIVDGANConfiguration()
            (model.unit, model.startsStill, model.links) = (unit, startsStill, 3)
            var initializer = Initializer(seed: 3)
            let made = model.makeUnit(stateChannels: 1, inputChannels: 1, using: &initializer)
            var scalars = [Float](repeating: 0, count: 49)
            scalars[24] = 0.01
            let state = RecurrentState(hidden: Tensor(scalars, shape: [1, 7, 7, 1]))
            let started = unit == .convLSTM ? made.initialState(state.hidden) : state
            let pass = Pass(.inference)
            let next = made.step(started, StepInput(Tensor(zeros: [1, 7, 7, 1])), pass)
            return (next.cell ?? next.hidden).scalars[24] / 0.01
        }

        @Test(arguments: RecurrentUnitRegistry.standard.kinds)
        func untrainedUnitKeepsItsState(unit: RecurrentUnitKind) {
            #expect(kept(unit, startsStill: true) > 0.6)
        }

        @Test(arguments: [RecurrentUnitKind.tsruC, .tsruP, .tsruS])
        func publishedStartBlursIt(unit: RecurrentUnitKind) {
            #expect(kept(unit, startsStill: false) < 0.3)
        }
    }
}
