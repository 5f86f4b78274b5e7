import AuspexModels
import AuspexSupport
import AuspexTensors
import AuspexVideo

/// What a configuration's sizes take, computed before a network is built or a clip is read.
extension Configuration {
    /// More than any machine that trains on processors has: what needs this much is a slip of the keyboard.
    private static let absurdBytes = 1e13

    /// Refuses sizes with which no network can be built anywhere: the numbers of their elements would overflow.
    ///
    /// - Throws: `ConfigurationError` naming the field and the memory that it would need.
    func refuseAbsurdSizes() throws { try check(sizes: needs, limit: Self.absurdBytes, whose: "no machine has that") }

    /// Refuses a training that needs more memory than the process may use.
    ///
    /// - Throws: as `refuseAbsurdSizes`.
    public func refuseWhatDoesNotFit() throws {
        try check(
            sizes: needs, limit: MachineMemory.bytes,
            whose: "this process may use \(HumanUnits.bytes(MachineMemory.bytes))")
    }

    /// Refuses a model whose weights alone need more memory than the process may use: a checkpoint's documents may be damaged.
    package func refuseModelThatDoesNotFit(of run: String) throws {
        var generator = self
        // No discriminators, and one of the five copies that training keeps.
        generator.training.adversarialWeight = 0
        let bytes = LeastMemory(generator).parameterBytes / 5
        guard bytes > MachineMemory.bytes else { return }
        throw ConfigurationError(
            "\(run): a model of \(model.channels) channels takes at least \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                + "\(HumanUnits.bytes(MachineMemory.bytes)); predict on a larger machine")
    }

    /// Refuses a prediction whose frames alone need more memory than the process may use.
    ///
    /// - Parameters:
    ///   - clips: how many futures are held at once.
    ///   - option: what makes it that large.
    package func refusePredictionThatDoesNotFit(frames: Int, clips: Int, option: String) throws {
        let pixels = Double(model.size) * Double(model.size) * Double(model.frameChannels)
        let bytes = (Double(model.contextFrames) + Double(frames)) * Double(clips) * pixels
        guard bytes > MachineMemory.bytes else { return }
        throw ConfigurationError(
            "\(option): the predicted frames would take at least \(HumanUnits.bytes(bytes)) of memory, and this process may use "
                + "\(HumanUnits.bytes(MachineMemory.bytes)); ask for fewer")
    }

    private struct Need {
        let field: String
        let value: Int
        let bytes: Double
        let advice: String
    }

    private func check(sizes: [Need], limit: Double, whose: String) throws {
        let total = sizes.reduce(0) { $0 + $1.bytes }
        guard total > limit, let largest = sizes.max(by: { $0.bytes < $1.bytes }) else { return }
        throw ConfigurationError(
            "\(largest.field) is \(largest.value): a training step would take at least \(HumanUnits.bytes(total)) of memory, and "
                + "\(whose); \(largest.advice)")
    }

    /// Lower bounds in `Double`, which no size overflows.
    private var needs: [Need] {
        let least = LeastMemory(self)
        let pixels = Double(model.size) * Double(model.size) * Double(model.frameChannels)
        let clipBytes = Double(model.contextFrames + model.predictedFrames) * pixels
        let batchBytes = Double(training.batch) * clipBytes
        let widest = 8 * Double(model.channels)
        func square(_ side: Int) -> Double { Double(side) * Double(side) }
        let copies = 5.0 * 4
        var needs = [
            Need(
                field: "model.channels", value: model.channels, bytes: least.parameterBytes,
                advice: "lower it: the weights grow with its square"),
            Need(
                field: "training.batch", value: training.batch, bytes: least.clipBytes,
                advice: "lower it, and raise training.accumulation to keep the clips of an update"),
            Need(
                field: "training.standingStatisticsBatches", value: training.standingStatisticsBatches,
                bytes: Double(training.standingStatisticsBatches) * batchBytes, advice: "lower it: 16 are enough"),
            Need(
                field: "data.queuedBatches", value: data.queuedBatches,
                bytes: Double(data.queuedBatches) * batchBytes, advice: "lower it: 4 are enough"),
            Need(
                field: "model.latentSize", value: model.latentSize,
                bytes: Double(model.latentSize) * 16 * widest * copies, advice: "lower it"),
            Need(
                field: "model.embeddingSize", value: model.embeddingSize,
                bytes: Double(model.classes) * Double(model.embeddingSize) * copies, advice: "lower it or model.classes"
            ),
        ]
        // Other sources have no more clips than they have.
        if (data.validation ?? data.source).hasPrefix(SyntheticSources.prefix) {
            needs.append(
                Need(
                    field: "training.validationClips", value: training.validationClips,
                    bytes: Double(training.validationClips) * clipBytes, advice: "lower it"))
        }
        if [.tsruC, .tsruP, .tsruS].contains(model.unit), model.warp == .kernel {
            needs.append(
                Need(
                    field: "model.kernelSize", value: model.kernelSize,
                    bytes: 9 * widest * square(model.kernelSize) * copies,
                    advice: "lower it: 3 is published"))
        }
        if model.output == .move {
            needs.append(
                Need(
                    field: "model.outputKernelSize", value: model.outputKernelSize,
                    bytes: 9 * Double(model.channels) * square(model.outputKernelSize) * copies
                        + Double(training.batch) * Double(model.size) * Double(model.size)
                        * square(model.outputKernelSize) * 4,
                    advice: "lower it: 5 is the default"))
        }
        if model.unit == .trajGRU {
            needs.append(
                Need(
                    field: "model.links", value: model.links, bytes: 3 * Double(model.links) * widest * widest * copies,
                    advice: "lower it: 13 is published"))
        }
        return needs
    }
}
