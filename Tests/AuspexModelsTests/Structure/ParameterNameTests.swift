import AuspexLayers
import AuspexModels
import AuspexSupport
import AuspexTensors
import Foundation
import Testing

extension ModelTests {
    /// Names and shapes of parameters and buffers are stored in checkpoints: they may change only on purpose.
    ///
    /// `AUSPEX_RECORD_SNAPSHOTS=1` rewrites the files; the test that records always fails.
    @Suite struct ParameterNameTests {
        @Test func generator() throws {
            try expectFrozen(lines(of: Tiny.generator(published), ""), as: "generator-64")
        }

        @Test func generatorWithClassesThatMovesFrames() throws {
            var model = published
            (model.output, model.classes, model.size) = (.move, 4, 32)
            try expectFrozen(lines(of: Tiny.generator(model), ""), as: "generator-32-move-classes")
        }

        @Test func units() throws {
            let all = RecurrentUnitRegistry.standard.kinds.flatMap { kind in
                Warp.allCases.flatMap { warp in
                    var model = published
                    (model.unit, model.warp) = (kind, warp)
                    var initializer = Initializer(seed: 1)
                    let unit = model.makeUnit(stateChannels: 3, inputChannels: 2, using: &initializer)
                    return lines(of: unit, "\(kind.name)/\(warp.rawValue) ")
                }
            }
            try expectFrozen(all, as: "units")
        }

        @Test func discriminators() throws {
            let all = DiscriminatorsConfiguration.Preset.allCases.flatMap {
                lines(of: Tiny.discriminators($0, for: published), "\($0.rawValue) ")
            }
            var model = published
            model.classes = 4
            let withClasses = lines(of: Tiny.discriminators(.trivd, for: model), "trivd with classes ")
            try expectFrozen(all + withClasses.filter { $0.contains("mbedding") }, as: "discriminators-64")
        }

        @Test func simVP() throws {
            var small = SimVPConfiguration()
            (small.spatialChannels, small.temporalChannels, small.contextFrames) = (8, 16, 2)
            var initializer = Initializer(seed: 1)
            try expectFrozen(lines(of: SimVP(small, using: &initializer), ""), as: "simvp-64")
        }

        @Test func motionLayers() throws {
            var initializer = Initializer(seed: 1)
            try expectFrozen(
                lines(of: MotionLayers(MotionLayersConfiguration(), using: &initializer), ""), as: "motion-layers-32")
        }

        @Test func convGRUMSE() throws {
            var small = ConvGRUMSEConfiguration()
            small.channels = 2
            var initializer = Initializer(seed: 1)
            try expectFrozen(lines(of: ConvGRUMSE(small, using: &initializer), ""), as: "conv-gru-mse-64")
        }

        /// The published model but for its width.
        private var published: TrIVDGANConfiguration {
            var model = TrIVDGANConfiguration()
            model.channels = 2
            return model
        }

        private func lines(of layer: some Layer, _ prefix: String) -> [String] {
            layer.parameters.map { "\(prefix)\($0.name) \($0.parameter.value.shape)" }
                + layer.buffers.map { "\(prefix)\($0.name) \($0.buffer.value.shape) buffer" }
        }

        private func expectFrozen(_ lines: [String], as name: String) throws {
            #expect(Set(lines).count == lines.count, "two parameters have one name")
            let text = lines.joined(separator: "\n") + "\n"
            let file = "parameter-names-\(name).txt"
            if ProcessInfo.processInfo.environment["AUSPEX_RECORD_SNAPSHOTS"] == "1" {
                let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                    .appendingPathComponent("../Golden/\(file)").standardizedFileURL
                try text.write(to: place, atomically: true, encoding: .utf8)
                Issue.record(
                    "recorded \(file): look at the difference, then run the test without AUSPEX_RECORD_SNAPSHOTS")
                return
            }
            let url = try #require(
                Bundle.module.url(forResource: "Golden/\(file)", withExtension: nil), "no snapshot \(file)")
            let frozen = try String(contentsOf: url, encoding: .utf8)
            guard frozen != text else { return }
            let (old, new) = (Set(frozen.split(separator: "\n").map(String.init)), Set(lines))
            Issue.record(
                """
                \(file): parameters are not what checkpoints hold.
                gone: \(old.subtracting(new).sorted().prefix(10))
                new: \(new.subtracting(old).sorted().prefix(10))
                (AUSPEX_RECORD_SNAPSHOTS=1 records them again; old checkpoints will then not load.)
                """)
        }
    }
}
