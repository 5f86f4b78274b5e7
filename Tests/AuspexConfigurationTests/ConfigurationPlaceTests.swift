import AuspexConfiguration
import Foundation
import TestSupport
import Testing

@Suite("Every error of a configuration names the file and the key")
struct ConfigurationPlaceTests {
    /// Wrong in kind, in range, in combination, in form: the key, and lines of YAML below it.
    static let damages: [(key: String, yaml: String)] = [
        ("model.size", "model:\n  size: 44"), ("model.size", "model:\n  size: -64"), ("model.size", "model: {size: x}"),
        ("model.kernelSize", "model:\n  kernelSize: 4"), ("model.outputKernelSize", "model:\n  outputKernelSize: 0"),
        ("model.channels", "model:\n  channels: 0"), ("model.contextFrames", "model:\n  contextFrames: -1"),
        ("model.predictedFrames", "model:\n  predictedFrames: 0"), ("model.classes", "model:\n  classes: 1"),
        ("model.latentSize", "model:\n  latentSize: 0"), ("model.unit", "model:\n  unit: tsru-d"),
        ("model.chanels", "model:\n  chanels: 4"), ("training.steps", "training:\n  steps: 0"),
        ("training.batch", "training:\n  batch: -1"), ("training.warmUpSteps", "training:\n  warmUpSteps: -1"),
        ("training.beta1", "training:\n  beta1: 1"), ("training.epsilon", "training:\n  epsilon: 0"),
        ("training.generatorLearningRate", "training:\n  generatorLearningRate: -0.1"),
        ("training.averaging.decay", "training:\n  averaging: {decay: 2}"),
        ("training.pixelWeight", "training:\n  pixelWeight: -1"),
        ("training.precision", "training:\n  precision: half"),
        ("training.seed", "training:\n  seed: -1"), ("data.source", "data:\n  source: ''"),
        ("data.validationShare", "data:\n  validationShare: 1.5"), ("data.range", "data:\n  range: [1, 0]"),
        ("data.range", "data:\n  range: [1]"), ("data.frameStride", "data:\n  frameStride: 0"),
        ("data.frameIntervalSeconds", "data:\n  frameIntervalSeconds: -1"), ("data.crop", "data:\n  crop: left"),
        ("data.loaderThreads", "data:\n  loaderThreads: 0"), ("data.queuedBatches", "data:\n  queuedBatches: 0"),
        ("data.camera", "data:\n  camera: 1.5"),
        ("discriminators.channels", "discriminators:\n  channels: 0"),
        ("discriminators.views[0].count", "discriminators:\n  views: [{kind: frames, count: 0}]"),
        (
            "discriminators.views[1].scale",
            "discriminators:\n  views:\n    - {kind: clip}\n    - {kind: clip, scale: 3}"
        ),
        ("discriminators.views[0]", "discriminators:\n  views: [{kind: clip, scale: 64}]"),
    ]

    private func message(_ file: String, _ assignments: [String] = []) -> String {
        do {
            _ = try Configuration(file, assignments: assignments)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test(arguments: damages) func inAFile(key: String, yaml: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data(("# mine\n" + yaml + "\n").utf8), as: "mine.yaml")
        let message = message(file)
        #expect(message.hasPrefix(file + ", line "), "\(message)")
        #expect(message.contains(key), "\(message)")
    }

    /// A value that an assignment gave is the assignment's fault, not the file's.
    @Test func inAnAssignment() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Data("model:\n  size: 32\n".utf8), as: "mine.yaml")
        #expect(message(file, ["model.size=44"]).hasPrefix("model.size=44: model.size is 44: "))
        #expect(
            message(file, ["data.frameStride=2", "data.frameIntervalSeconds=0.1"])
                .hasPrefix("data.frameStride=2: data.frameStride is 2"))
        #expect(
            message(file, ["discriminators.views=[{kind: frames, count: 0}]"])
                .hasPrefix("discriminators.views=[{kind: frames, count: 0}]: discriminators.views[0].count is 0"))
    }

    /// What only together is wrong names all that was read.
    @Test func inADefault() {
        let message = message("trivd-tiny", ["model.contextFrames=1", "model.predictedFrames=1"])
        #expect(
            message.hasPrefix(
                "preset trivd-tiny, model.contextFrames=1, model.predictedFrames=1: discriminators.views["),
            "\(message)")
    }

    @Test func theNearestKeyIsFoundByItsWords() {
        #expect(
            message("trivd-tiny", ["training.learningRate=1"]).hasSuffix("did you mean training.generatorLearningRate?")
        )
        #expect(message("trivd-tiny", ["training.size=32"]).hasSuffix("did you mean model.size?"))
        #expect(message("trivd-tiny", ["model.frames=4"]).contains("did you mean model."))
        #expect(message("trivd-tiny", ["data.bogus=1"]).contains("the keys here are source, validation, "))
    }
}
