import AuspexConfiguration
import AuspexEvaluation
import AuspexLayers
import AuspexTensors
import AuspexVideo
import Foundation
import OwnParts
import Testing

@Suite("Custom parts do what the package's do", .serialized)
struct OwnPartsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "own-parts-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    @Test func aClipIsAFunctionOfItsNumber() {
        let stream = RandomStream(seed: 7, name: "clips")
        func frames(_ index: Int, _ count: Int) -> [UInt8] {
            FallingDisc().clip(at: index, from: stream, request: ClipRequest(frames: count, size: FrameSize(16)))
                .frames.scalars()
        }
        #expect(frames(3, 2) == frames(3, 2) && frames(3, 2) != frames(4, 2))
        #expect(frames(3, 5).starts(with: frames(3, 2)), "a longer clip begins with the shorter one")
    }

    @Test func unrollingAUnitIsSteppingIt() {
        var initializer = Initializer(seed: 1)
        let unit = LeakyUnit(stateChannels: 3, inputChannels: 2, using: &initializer)
        let start = RandomStream(seed: 1, name: "state").normal([2, 4, 5, 3])
        let inputs = RandomStream(seed: 1, name: "inputs").normal([3 * 2, 4, 5, 2])
        let unrolled = unit.unrolled(from: start, inputs: inputs, steps: 3, Pass(.inference))
        var state = start
        for step in 0..<3 {
            let x = inputs.sliced(0, from: 2 * step, count: 2)
            state = unit.unrolled(from: state, inputs: x, steps: 1, Pass(.inference))
            #expect(state.scalars == unrolled.sliced(0, from: 2 * step, count: 2).scalars)
        }
    }

    /// A frame of one clip is off by a fifth of the full range.
    @Test func theWorstFrameCounts() throws {
        let real = Tensor([UInt8](repeating: 0, count: 2 * 3 * 4), shape: [2, 3, 2, 2, 1])
        var pixels = [UInt8](repeating: 0, count: 2 * 3 * 4)
        for pixel in 4..<8 { pixels[pixel] = 51 }
        let found = try scores(real: real, predicted: Tensor(pixels, shape: real.shape), metrics: "mse:worst,mse")
        #expect(abs((found["mse:worst"]?.value ?? 0) - 0.04 / 2) < 1e-7, "the mean over clips of their worst frames")
        #expect(abs((found["mse"]?.value ?? 0) - 0.04 / 6) < 1e-7)
        let floats = Tensor(repeating: 0, shape: real.shape)
        #expect(throws: (any Error).self) { try scores(real: real, predicted: floats, metrics: "mse:worst") }
    }

    @Test func aModelTrainsPredictsAndIsEvaluated() throws {
        let model = try train("drift", in: folder + "/run", steps: 30)
        #expect(model.generator is Drift && model.step == 30)
        let report = try evaluate(model, clips: 4)
        #expect(report.clips == 4 && report.names.first == "model" && report.names.contains("copy-last"))
        let errors = report.models.mapValues { $0.metrics["mse:worst"]?.value ?? .nan }
        #expect(errors.values.allSatisfy { $0.isFinite && $0 > 0 })
        #expect(report.text.contains("mse:worst"))
    }

    @Test func aUnitIsNamedInAConfiguration() throws {
        let configuration = try Configuration(
            "trivd-tiny", assignments: ["model.unit=leaky", "model.channels=1"], registry: models)
        var initializer = Initializer(seed: 1)
        let names = configuration.model.makeGenerator(using: &initializer).parameters.map(\.name)
        #expect(names.contains("stages.0.unit.retention"))
        let error = #expect(throws: (any Error).self) {
            try Configuration("trivd-tiny", assignments: ["model.unit=leaky"])
        }
        #expect("\(String(describing: error))".contains("model.unit is leaky; expected one of"))
    }

    @Test func arraysOfFilesAreScored() throws {
        let clips = RandomStream(seed: 1, name: "pixels").uniform([2, 3, 8, 8, 3])
        try (clips * 2 - 1).valuesAsPixels().writeNumPy(to: folder + "/a.npy")
        try (clips * 1.9 - 1).valuesAsPixels().writeNumPy(to: folder + "/b.npy")
        let report = try score(folder + "/a.npy", beside: folder + "/b.npy", metrics: ["psnr", "mse:worst"])
        #expect(report.clips == 2 && report.metrics.count == 2 && report.text.contains("mse:worst"))
    }
}
