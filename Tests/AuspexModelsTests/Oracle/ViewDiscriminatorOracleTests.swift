import Testing

import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors

extension ModelTests {
    /// Discriminators alone against PyTorch, with and without classes: scores, and every gradient, the video's too, for a random upstream.
    @Suite struct ViewDiscriminatorOracleTests {
        struct Case: CustomTestStringConvertible {
            let name: String
            let kind: View.Kind
            let side: Int
            let classes: Int
            var testDescription: String { name }
        }

        static let cases = [
            Case(name: "frames", kind: .frames, side: 8, classes: 0),
            Case(name: "frames-classes", kind: .frames, side: 8, classes: 3),
            Case(name: "clip", kind: .clip, side: 8, classes: 0),
            Case(name: "clip-classes", kind: .clip, side: 16, classes: 3),
            Case(name: "clip-side-4", kind: .clip, side: 4, classes: 0),
        ]

        @Test(arguments: cases) func agreesWithTheOracle(_ discriminatorCase: Case) throws {
            let (golden, name) = (try Golden("view-discriminators"), discriminatorCase.name)
            var initializer = Initializer(seed: 1)
            var view = View()
            view.kind = discriminatorCase.kind
            let discriminator = ViewDiscriminator(
                of: view, size: FrameSize(discriminatorCase.side), channels: 2, frameChannels: 2,
                classes: discriminatorCase.classes,
                using: &initializer)
            try golden.initialise(discriminator, as: name)
            let parameters = discriminator.parameters
            let pass = Pass(.training, differentiating: parameters)
            let video = pass.watch(
                Formula.clip("\(name).clip", batch: 2, time: 5, size: discriminatorCase.side, channels: 2))
            let scores = discriminator.scores(of: video, classes: discriminatorCase.classes > 0 ? [2, 0] : nil, pass)
            expectClose(scores, try golden["scores.\(name)"], "\(name): scores", within: 1e-5)
            let leaves = parameters.map { pass.read($0.parameter) } + [video]
            let gradients = pass.gradients(
                of: scores, upstream: Formula.uniform("\(name).upstream", scores.shape), at: leaves)
            golden.expectGradients(Array(zip(parameters.map(\.name) + ["video"], gradients)), of: name, within: 2e-5)
        }
    }
}
